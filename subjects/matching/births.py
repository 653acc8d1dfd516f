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
    first = left.born.isoformat() if left.born else left.born_text
    second = right.born.isoformat() if right.born else right.born_text
    shorter = min(len(first), len(second))
    if shorter < 4:  # one of them does not even say the year
        return Birth.UNKNOWN
    if first[:shorter] == second[:shorter]:
        return Birth.PART
    return Birth.UNKNOWN if first[:4] == second[:4] else Birth.DIFFERENT


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
