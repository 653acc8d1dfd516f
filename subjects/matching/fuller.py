"""What a subject's rows leave out is read from its fuller rows: a gap vouches for nobody. Pure.

A row that joined by its number without a given name, or with a year of birth alone, agrees with everybody of that family name
or year. Whoever says more is held against what the subject's other rows say in its place: else the twin of somebody once
written FNU, on the papers of both, would be taken for that person, and whether a person is asked would hang on which row came
first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from subjects.matching.births import Birth, compare_births, says_the_day
from subjects.matching.names import AGREEING, compare_parts
from subjects.matching.records import Person


def in_full(person: Person, others: Iterable[Person]) -> Iterator[Person]:
    """The names that stand for a subject, as `person` is to be held against them."""
    names = list(others)
    if len(names) < 2:
        yield from names
        return
    for name in names:
        fuller = [found for found in (_filled(name, person, each) for each in names if each is not name) if found != name]
        yield from fuller or (name,)


def _filled(name: Person, person: Person, other: Person) -> Person:
    """`name`, with the given name and the birth of `other` where it leaves out what `person` and `other` both say."""
    if name.family and other.family and compare_parts(name.family, other.family) not in AGREEING:
        return name
    filled = name
    if _leaves_out(name.given, person.given) and _leaves_out(name.given, other.given):
        filled = replace(filled, given=other.given)
    if not says_the_day(name) and says_the_day(person) and says_the_day(other) and compare_births(name, other) is not Birth.DIFFERENT:
        filled = replace(filled, born=other.born, born_text="")
    return filled


def _leaves_out(given: str, longer: str) -> bool:
    return set(given.split()) < set(longer.split())
