"""The versioned crosswalk from three colliding country code systems to one: ISO 3166-1 alpha-3 (with the ICAO extras).

Systems (domain.md 4.3): `i94`, the three-digit legacy codes of I-94 and ADIS; `sevis`, two letters in the manner of
FIPS 10-4 (CH is China there, GM Germany); `icao`, the codes of travel documents. The table lies in `countries.csv`, one
row per code and period, so that a code that meant another country before a date stays right for old records.

A code that the table does not know is no error: the caller keeps the raw code and says so. The published I-94 table
lacks codes that one row in eight uses (domain.md 0.8).
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

System = Literal["i94", "sevis", "icao"]
TABLE = Path(__file__).with_name("countries.csv")


class Entry(NamedTuple):
    """One code in one period; both ends are included, None is open."""

    iso3: str
    label: str
    valid_from: date | None
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the code had this meaning on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)


@cache
def entries() -> dict[tuple[str, str], tuple[Entry, ...]]:
    """The whole table: (system, code) to its entries in the order of time."""
    found: dict[tuple[str, str], list[Entry]] = {}
    with TABLE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            entry = Entry(row["iso3"], row["label"], _day(row["valid_from"]), _day(row["valid_until"]))
            found.setdefault((row["system"], row["code"]), []).append(entry)
    return {key: tuple(sorted(values, key=lambda entry: entry.valid_from or date.min)) for key, values in found.items()}


@lru_cache(maxsize=65_536)
def iso3(system: System, code: str, on: date | None = None) -> str:
    """The ISO alpha-3 code for `code` on the day `on` (any period when None); empty when the table does not know it."""
    known = entries().get((system, code))
    if not known:
        return ""
    if on is None:
        return known[-1].iso3
    return next((entry.iso3 for entry in known if entry.holds_on(on)), "")


def label(system: System, code: str) -> str:
    """The latest label for a code, or the code itself where the table does not know it."""
    known = entries().get((system, code))
    return known[-1].label if known else code


@cache
def names() -> dict[str, str]:
    """ISO alpha-3 to the country's name in US English."""
    return {key[1]: values[-1].label for key, values in entries().items() if key[0] == "icao"}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
