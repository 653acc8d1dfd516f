"""How two dates of birth agree. Pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from rapidfuzz.distance import Hamming

from subjects.matching.records import Person


class Birth(StrEnum):
    """Levels of agreement, best first."""

    EXACT = "exact"
    SWAPPED = "swapped"  # day and month
    ONE_DIGIT = "one_digit"
    PART = "part"  # one is partial, or 1 January for a day that nobody knew, and fits
    UNKNOWN = "unknown"  # one is missing: neither for nor against
    DIFFERENT = "different"


FIRST_OF_JANUARY = (1, 1)  # written where only the year is known [own]: it says the year, and contradicts no other day of it


def compare_births(left: Person, right: Person) -> Birth:
    """The level of agreement; a missing date says nothing, a partial one that fits says a little."""
    if left.born is not None and right.born is not None:
        return _whole(left.born, right.born)
    first, second = _told(left), _told(right)
    shorter = min(len(first), len(second))
    if shorter < 4:  # one of them does not even say the year
        return Birth.UNKNOWN
    if first[:shorter] == second[:shorter]:
        return Birth.PART
    return Birth.UNKNOWN if first[:4] == second[:4] else Birth.DIFFERENT


def says_the_day(person: Person) -> bool:
    """Whether the birth is a whole date, and none that stands for an unknown day."""
    return person.born is not None and (person.born.month, person.born.day) != FIRST_OF_JANUARY


def _told(person: Person) -> str:
    """What is known of a birth beside one that is not whole: of 1 January the year, of a text what stands before its zeros."""
    if person.born is None:
        return person.born_text.partition("-00")[0]  # "1970-00-00" says the year, "1970-05-00" the month
    return person.born.isoformat() if says_the_day(person) else f"{person.born.year:04d}"


def _whole(left: date, right: date) -> Birth:
    if left.year == right.year:
        days = (left.month, left.day), (right.month, right.day)
        if FIRST_OF_JANUARY in days:
            return Birth.PART  # also when both say so: that is the year of one person, and of every namesake born in it
        if left == right:
            return Birth.EXACT
        if days[0] == days[1][::-1]:
            return Birth.SWAPPED
    return Birth.ONE_DIGIT if Hamming.distance(left.isoformat(), right.isoformat(), score_cutoff=1) == 1 else Birth.DIFFERENT
