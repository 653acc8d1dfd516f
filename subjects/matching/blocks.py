"""Coarse texts of a person that two rows of one person usually share: whom to compare at all. Pure.

Each covers what the others miss: a wrong given name, a wrong family name, a wrong day of birth. Names in each other's
place and day and month in each other's place give the same texts.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from subjects.matching.names import sound
from subjects.matching.records import Person


def block_texts(person: Person) -> tuple[str, ...]:
    """At most three texts; none without a date of birth or at least its year."""
    family, given = person.family, person.given
    if person.born is not None:
        year, day = _day_texts(person.born)
        if family and given:
            one, other = sound(family.partition(" ")[0]), sound(given.partition(" ")[0])
            if one == other:
                return f"{day}|{one}", f"{year}|{one}|{one}"
            return f"{day}|{one}", f"{day}|{other}", f"{year}|{one}|{other}" if one < other else f"{year}|{other}|{one}"
        return (f"{day}|{sound((family or given).partition(' ')[0])}",) if family or given else ()
    year = person.born_text[:4]
    if len(year) != 4 or not year.isdigit() or not (family and given):
        return ()
    one, other = sorted((sound(family.partition(" ")[0]), sound(given.partition(" ")[0])))
    return (f"{year}|{one}|{other}",)


@lru_cache(maxsize=65_536)  # the birthdays of two hundred years
def _day_texts(born: date) -> tuple[str, str]:
    """The year, and the day with day and month in either order."""
    low, high = sorted((born.month, born.day))
    return f"{born.year:04d}", f"{born.year:04d}-{low}-{high}"
