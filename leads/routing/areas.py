"""Which office covers a place on a day: states and county lists as effective-dated data (`data/*.csv`).

The areas of ERO follow a public county map; those of HSI are own knowledge and press reports and stay unverified (domain.md
5.2, gap list): `basis` says so row by row. Old referrals keep the office that covered the place when they were sent.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib import resources


class OfficeKind(StrEnum):
    """HSI investigates, ERO removes; their areas differ."""

    HSI = "hsi"
    ERO = "ero"


@dataclass(frozen=True, slots=True)
class FieldOffice:
    """One field office, and the days on which it exists (inclusive; None: open end)."""

    code: str
    kind: OfficeKind
    name: str
    city: str
    state: str
    effective_from: date
    effective_until: date | None


@dataclass(frozen=True, slots=True)
class Area:
    """One row of coverage: a state, or a set of its counties, belongs to an office between two days."""

    kind: OfficeKind
    state: str
    county_sets: frozenset[str]  # empty: the whole state
    office: str
    effective_from: date
    effective_until: date | None
    basis: str

    def holds_on(self, on: date) -> bool:
        """Return whether the row is in force on `on`."""
        return self.effective_from <= on and (self.effective_until is None or on <= self.effective_until)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address lies within its state, as far as that is known: a county set, and how it was recognized."""

    state: str
    county_set: str
    how: str


_ALIASES = {
    ("NY", "manhattan"): "new york",
    ("NY", "brooklyn"): "kings",
    ("NY", "staten island"): "richmond",
    ("NY", "the bronx"): "bronx",
    ("FL", "dade"): "miamidade",
}


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("leads.routing").joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=1)
def offices() -> dict[str, FieldOffice]:
    """Return every field office by code."""
    found = [
        FieldOffice(
            code=row["code"],
            kind=OfficeKind(row["kind"]),
            name=row["name"],
            city=row["city"],
            state=row["state"],
            effective_from=date.fromisoformat(row["effective_from"]),
            effective_until=_day(row["effective_until"]),
        )
        for row in _rows("offices")
    ]
    return {office.code: office for office in found}


@lru_cache(maxsize=1)
def areas() -> tuple[Area, ...]:
    """Return every row of coverage, one per state."""
    return tuple(
        Area(
            kind=OfficeKind(row["kind"]),
            state=state,
            county_sets=frozenset(row["county_set"].split()),
            office=row["office"],
            effective_from=date.fromisoformat(row["effective_from"]),
            effective_until=_day(row["effective_until"]),
            basis=row["basis"],
        )
        for row in _rows("areas")
        for state in row["states"].split()
    )


@lru_cache(maxsize=1)
def county_sets() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return (state, county names) by the name of the set; each split state is covered whole."""
    return {row["county_set"]: (row["state"], tuple(name.strip() for name in row["counties"].split(";"))) for row in _rows("county_sets")}


@lru_cache(maxsize=1)
def _set_of_county() -> dict[tuple[str, str], str]:
    return {(state, _plain(county)): name for name, (state, counties) in county_sets().items() for county in counties}


@lru_cache(maxsize=1)
def _set_of_prefix() -> dict[tuple[str, str], str]:
    return {(row["state"], prefix): row["county_set"] for row in _rows("zip_prefixes") for prefix in row["prefixes"].split()}


def _plain(county: str) -> str:
    """Return a county's name as it is compared: `St. Lucie County` and `Saint Lucie` are the same."""
    words = county.casefold().replace(".", " ").replace("county", " ").replace("parish", " ").split()
    joined = " ".join("st" if word == "saint" else word for word in words)
    return (
        joined.replace("-", "").replace("'", "")
        if joined.startswith("miami")
        else joined.replace("de witt", "dewitt").replace("de soto", "desoto")
    )


def is_split(state: str) -> bool:
    """Return whether the office depends on the county in that state."""
    return any(area.county_sets for area in areas() if area.state == state)


def place_of(state: str, county: str, postal_code: str = "") -> Place | None:
    """Return where in a split state an address lies: by county, else by the first three digits of its ZIP code.

    None when neither says: the office is then not guessed. A ZIP prefix that crosses a boundary is in no set.
    """
    plain = _plain(county)
    plain = _ALIASES.get((state, plain), plain)
    by_county = _set_of_county().get((state, plain.replace(" ", "") if state == "FL" and plain.startswith("miami") else plain))
    if by_county:
        return Place(state, by_county, f"{county} County" if "county" not in county.casefold() else county)
    by_prefix = _set_of_prefix().get((state, postal_code.strip()[:3]))
    return Place(state, by_prefix, f"ZIP codes {postal_code.strip()[:3]}xx") if by_prefix else None


def area_of(kind: OfficeKind, state: str, county: str, on: date, postal_code: str = "") -> tuple[Area, str] | None:
    """Return the row of coverage for a place on a day with the words for the place, or None when no row can be told."""
    rows = [area for area in areas() if area.kind is kind and area.state == state and area.holds_on(on)]
    whole = [area for area in rows if not area.county_sets]
    if whole:
        return whole[0], state
    place = place_of(state, county, postal_code) if rows else None
    if place is None:
        return None
    found = [area for area in rows if place.county_set in area.county_sets]
    return (found[0], f"{place.how}, {state}") if found else None
