"""Codes of the rules in the words of the desk."""

from __future__ import annotations

from typing import Final

from django import template
from django.forms import BoundField

from leads.rules.freshness import WORDS

register = template.Library()

SIGNS: Final = {
    "source_stale": "Source is old",
    "identity_weak": "Identity match",
    "identity_doubt": "Identity match",
    "in_custody": "Custody",
    "in_proceedings": "Proceedings",
    "person_decides": "Needs a person",
    "presence_unseen": "Presence check",
    "departure_date_impossible": "Departure check",
}
BEGINNINGS: Final = {
    "departure": "Departure check",
    "filing": "Benefit pending",
    "adjustment": "Benefit pending",
    "protection": "Benefit pending",
    "parole": "Benefit pending",
    "reinstatement": "Benefit pending",
    "settled": "Settled before",
    "us_person": "US person",
    "citizen": "US person",
    "grace": "Grace period",
    "student": "Student record",
}
EFFECTS: Final = {"closes": "answers it", "holds": "holds it until something changes", "blocks": "blocks referral, does not close"}


@register.filter
def sign_name(code: str) -> str:
    """The short name of a stop sign."""
    if code in SIGNS:
        return SIGNS[code]
    found = next((name for beginning, name in BEGINNINGS.items() if code.startswith(beginning)), "")
    return found or code.replace("_", " ").capitalize()


@register.filter
def source_name(code: str) -> str:
    """The short name of a source: `ADIS`."""
    return WORDS.get(code, code)


@register.filter
def typed(field: BoundField) -> str:
    """What a person entered, in the words that the form showed."""
    value = field.value()
    listed = dict(getattr(field.field, "choices", ()))
    return str(listed.get(value, "" if value is None else value))


@register.filter
def effect_words(effect: str) -> str:
    """What a rebuttal does to the finding."""
    return EFFECTS.get(str(effect), "")
