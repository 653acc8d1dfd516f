"""The versioned crosswalk from three colliding country code systems to one: ISO 3166-1 alpha-3 (with the ICAO extras).

Systems (domain.md 4.3): `i94`, the three-digit legacy codes of I-94 and ADIS; `sevis`, two letters in the manner of
FIPS 10-4 (CH is China there, GM Germany); `icao`, the codes of travel documents. The table lies in `countries.csv`, one
row per code and period, so that a code that meant another country before a date stays right for old records.

A code that the table does not know is no error: the caller keeps the raw code and says so. The published I-94 table
lacks codes that one row in eight uses (domain.md 0.8).
"""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from typing import Literal

from ingest.codes.dated import Table, table

System = Literal["i94", "sevis", "icao"]


def crosswalk() -> Table:
    """The whole table, by system and code."""
    return table("countries", "system", "code")


@lru_cache(maxsize=65_536)
def iso3(system: System, code: str, on: date | None = None) -> str:
    """The ISO alpha-3 code for `code` on the day `on` (any period when None); empty when the table does not know it."""
    entry = crosswalk().get(system, code, on=on)
    return entry.says["iso3"] if entry else ""


def label(system: System, code: str) -> str:
    """The latest label for a code, or the code itself where the table does not know it."""
    entry = crosswalk().get(system, code)
    return entry.says["label"] if entry else code


@cache
def names() -> dict[str, str]:
    """ISO alpha-3 to the country's name in US English."""
    latest = {code: entries[-1].says for (system, code), entries in crosswalk().entries.items() if system == "icao"}
    return {code: says["label"] for code, says in latest.items() if says["iso3"] == code}  # not ICAO's D, GBN and the like


def in_use(system: System) -> dict[str, str]:
    """ISO alpha-3 to the code that a system writes today, the first of several."""
    found: dict[str, str] = {}
    for (where, code), entries in crosswalk().entries.items():
        if where == system and entries[-1].valid_until is None:
            found.setdefault(entries[-1].says["iso3"], code)
    return found
