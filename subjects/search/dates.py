"""Dates of birth as people type them: whole, only a year, a year and a month; and what each matches. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

_WHOLE = ("%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d")
_MONTH = ("%b %Y", "%B %Y", "%Y-%m", "%m/%Y")
OLDEST_YEAR = 1900


class UnreadableDate(ValueError):
    """The text is no date of birth; the message shows the forms that are."""


@dataclass(frozen=True, slots=True)
class Birth:
    """The days on which somebody may have been born: `first` to `last`, both included."""

    first: date
    last: date

    @property
    def is_whole(self) -> bool:
        """Whether one day is meant."""
        return self.first == self.last

    @property
    def swapped(self) -> date | None:
        """The same date with day and month exchanged, where that is another date."""
        if not self.is_whole or self.first.day > 12 or self.first.day == self.first.month:
            return None
        return date(self.first.year, self.first.day, self.first.month)

    def nearby(self) -> tuple[date, date]:
        """The days to look through: one day to either side of a whole date."""
        if not self.is_whole:
            return self.first, self.last
        return self.first - timedelta(days=1), self.last + timedelta(days=1)

    def agreement(self, known: date | None) -> str:
        """How a known date agrees: `same`, `swapped`, `near` (a day off), `missing` or `differs`."""
        if known is None:
            return "missing"
        if self.first <= known <= self.last:
            return "same"
        if known == self.swapped:
            return "swapped"
        first, last = self.nearby()
        return "near" if first <= known <= last else "differs"


def read_birth(text: str) -> Birth:
    """Read `3 Mar 1991`, `1991-03-03`, `03/03/1991`, `Mar 1991`, `1991-03` or `1991`; raises `UnreadableDate`."""
    cleaned = " ".join(text.split())
    if re.fullmatch(r"\d{4}", cleaned) and int(cleaned) >= OLDEST_YEAR:
        return Birth(date(int(cleaned), 1, 1), date(int(cleaned), 12, 31))
    for pattern in _MONTH:
        found = _parse(cleaned, pattern)
        if found:
            return Birth(found, found.replace(day=monthrange(found.year, found.month)[1]))
    for pattern in _WHOLE:
        found = _parse(cleaned, pattern)
        if found:
            return Birth(found, found)
    raise UnreadableDate("Enter a date such as 3 Mar 1991 or 1991-03-03, or only Mar 1991 or 1991.")


def _parse(text: str, pattern: str) -> date | None:
    try:
        found = datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a calendar date has no zone
    except ValueError:
        return None
    return found if found.year >= OLDEST_YEAR else None
