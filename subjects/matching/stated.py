"""The person of a row as it is compared: names romanized, without the words that stand where no name was known. Pure.

Consulates and ports write FNU (first name unknown) and LNU (last name unknown) for people with one name, and XXX or UNKNOWN [own].
Two people who share such a word share nothing. A single name is a family name, in whichever column it was written.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from subjects.matching.records import Person
from subjects.search.names import romanized

NO_NAME = frozenset({"fnu", "lnu", "nfn", "nln", "nmn", "unknown", "xxx", "xxxx"})


def stated_person(family: str, given: str, born: date | None, born_text: str, citizenship: str = "") -> Person:
    """Return the person of a row for the comparison; arguments as a source wrote them."""
    known, also = _named(family), _named(given)
    return Person(known or also, also if known else "", born, born_text, citizenship)


@lru_cache(maxsize=100_000)  # an extract repeats its names
def _named(text: str) -> str:
    plain = romanized(text)
    words = plain.split()
    return plain if NO_NAME.isdisjoint(words) else " ".join(word for word in words if word not in NO_NAME)
