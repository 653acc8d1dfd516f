"""People and their codes in words, for every page that prints a person."""

from __future__ import annotations

from typing import Any

from django import template

from foundation.templatetags.desk import BLANK
from subjects import words
from subjects.selectors.comparison import Comparison

register = template.Library()


@register.filter
def person_name(person: Any) -> str:
    """`DOE EXAMPLE, Ana`, from anything with family_name and given_name; a nameless one says so."""
    family, given = person.family_name, person.given_name
    if family and given:
        return f"{family}, {given}"
    return family or given or getattr(person, "full_name_source_script", "") or "Name not known"


@register.filter
def country_name(iso3: str) -> str:
    """The country of an ISO code."""
    return words.country(iso3) if iso3 else ""


@register.filter
def number_kind(kind: str) -> str:
    """`passport`, `A-number`, ..."""
    return words.identifier_words(kind)


@register.filter
def source_words(code: str) -> str:
    """The name of a source."""
    return words.source_name(code)


@register.filter
def relation_words(code: str) -> str:
    """`spouse`, `employer`, ..."""
    return words.RELATIONS.get(code, code)


@register.filter
def address_kind(code: str) -> str:
    """`residence`, `arrival address`, ..."""
    return words.ADDRESSES.get(code, code)


@register.filter
def yes_no_words(value: bool | None) -> str:  # noqa: FBT001  # a template filter's own argument
    """Yes, no, or an en dash."""
    return words.yes_no(value) or BLANK


@register.simple_tag
def cell_label(comparison: Comparison, place: int) -> str:
    """The source that heads a column, for the cards of a narrow screen."""
    return comparison.sources[place][1]
