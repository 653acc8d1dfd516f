"""The legal sources that rules cite, by key: citation, operative words, what they do to a date, and how well we read them.

The table is `data/authorities.csv`. None of the copies read was the live text: before release, every row whose status is
`read in a summary` must be read again, and rows `not found` leave their rule unverified.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources


class Reading(StrEnum):
    """How well an authority was read."""

    CONFIRMED = "confirmed"  # the operative words, or a full reproduction of them
    SUMMARY = "summary"  # an official summary or a close paraphrase
    NOT_FOUND = "not found"  # nothing usable: what rests on it is unverified

    @property
    def words(self) -> str:
        """Return the desk's words for it."""
        return {"confirmed": "confirmed", "summary": "read in a summary", "not found": "unverified: text not found"}[self.value]


@dataclass(frozen=True, slots=True)
class Source:
    """One authority of the table."""

    key: str
    citation: str
    says: str
    effect_on_dates: str
    status: Reading
    read_in: str


class UnknownAuthority(LookupError):
    """No authority has that key."""


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """Return every authority by key."""
    text = resources.files("leads.rules").joinpath("data/authorities.csv").read_text(encoding="utf-8")
    found = (Source(**{**row, "status": Reading(row["status"])}) for row in csv.DictReader(text.splitlines()))  # type: ignore[arg-type]
    return {source.key: source for source in found}


def source(key: str) -> Source:
    """Return the authority with that key. Raises UnknownAuthority."""
    try:
        return sources()[key]
    except KeyError:
        raise UnknownAuthority(key) from None
