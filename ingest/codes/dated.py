"""Tables of codes as data: one row a code and period, in a CSV file beside this module.

A code that meant something else before a date stays right for old records. A code that a table does not know is no error:
whoever asks keeps the raw code and says so.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    """What one code means in one period, by column; both ends are included, None is open."""

    says: Mapping[str, str]
    valid_from: date | None
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the code had this meaning on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)


class Table:
    """The codes of one file, by their key columns; `key` of one column too."""

    def __init__(self, entries: Mapping[tuple[str, ...], tuple[Entry, ...]]) -> None:
        self.entries = entries

    def get(self, *key: str, on: date | None = None) -> Entry | None:
        """The meaning of a code on a day, the latest one when no day is given; None where the table does not know it."""
        known = self.entries.get(key)
        if not known:
            return None
        if on is None:
            return known[-1]
        return next((entry for entry in known if entry.holds_on(on)), None)


@cache
def table(name: str, *key: str) -> Table:
    """The table in `<name>.csv`, by its key columns; raises `ValueError` when two periods of a code overlap."""
    found: dict[tuple[str, ...], list[Entry]] = {}
    with Path(__file__).with_name(f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            entry = Entry(row, _day(row["valid_from"]), _day(row["valid_until"]))
            found.setdefault(tuple(row[column] for column in key), []).append(entry)
    for code, entries in found.items():
        entries.sort(key=lambda entry: entry.valid_from or date.min)
        for earlier, later in pairwise(entries):
            if earlier.valid_until is None or later.valid_from is None or later.valid_from <= earlier.valid_until:
                message = f"{name}.csv: two meanings of {' '.join(code)} overlap"
                raise ValueError(message)
    return Table({code: tuple(entries) for code, entries in found.items()})


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
