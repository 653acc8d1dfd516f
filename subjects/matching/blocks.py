"""Coarse texts of a person that two rows of one person usually share: whom to compare at all. Pure.

Each covers what the others miss: a wrong given name, a wrong family name, a wrong day of birth. Names in each other's
place and day and month in each other's place give the same texts.
"""

from __future__ import annotations

from subjects.matching.names import sound
from subjects.matching.records import Person


def block_texts(person: Person) -> tuple[str, ...]:
    """At most three texts; none without a date of birth or at least its year."""
    year = f"{person.born.year:04d}" if person.born else person.born_text[:4]
    if len(year) != 4 or not year.isdigit():
        return ()
    sounds = [sound(name.split()[0]) for name in (person.family, person.given) if name]
    found = []
    if person.born is not None:
        low, high = sorted((person.born.month, person.born.day))
        found += [f"{year}-{low}-{high}|{code}" for code in sounds]
    if len(sounds) == 2:
        found.append(f"{year}|{'|'.join(sorted(sounds))}")
    return tuple(dict.fromkeys(found))
