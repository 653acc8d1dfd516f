"""People and their codes in words, for every page that prints a person."""

from __future__ import annotations

from django import template

from subjects import words
from subjects.models import Judgement, PossibleRecord
from subjects.selectors import judging
from subjects.selectors.comparison import Comparison
from subjects.speaking import SPEAKS_OF

register = template.Library()

LEVELS = {
    "exact": "the same",
    "agrees": "the same",
    "subset": "with a part left out",
    "close": "spelled differently",
    "alike": "sounds alike",
    "swapped": "",
    "one_digit": "differs in one digit",
    "part": "fits, but is partial",
    "different": "differs",
    "differs": "differs",
    "another": "is another",
}
SWAPPED = {"names swapped": "names in each other's place", "date of birth": "day and month of birth swapped"}


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
def stake_words(rank: int) -> str:
    """What hangs on a pair: `an open lead`, ..."""
    return judging.stake_words(rank)


@register.filter
def speaks_of_words(code: str) -> str:
    """What a waiting record tells of: `a departure`, ..."""
    return SPEAKS_OF[code]


@register.filter
def relation_words(code: str) -> str:
    """`spouse`, `employer`, ..."""
    return words.RELATIONS.get(code, code)


@register.simple_tag
def cell_label(comparison: Comparison, place: int) -> str:
    """The source that heads a column, for the cards of a narrow screen."""
    return comparison.sources[place][1]


@register.filter
def why_asked(judgement: Judgement | PossibleRecord) -> str:
    """Why the machine asks about a pair or a record, from the levels that it kept: `same passport; date of birth differs`."""
    numbers = judgement.explanation.get("numbers", [])
    said = [f"same {words.identifier_words(kind)}" for kind in numbers]
    for name, found in judgement.explanation.get("fields", {}).items():
        level = found.get("level", "")
        if level in LEVELS:
            common = ", which many bear" if found.get("common") else ""
            said.append(SWAPPED.get(name, "") if level == "swapped" else f"{name} {LEVELS[level]}{common}")
    text = "; ".join(said) or "held against each other by hand"
    return text[:1].upper() + text[1:]
