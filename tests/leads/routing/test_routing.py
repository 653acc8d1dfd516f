"""The newest good address leads to one office, with a reason; what cannot be told goes to a queue, not to a default."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ingest.codes.states import STATES
from ingest.facts import Address, AddressKind
from leads.routing.addresses import rank_addresses
from leads.routing.areas import OfficeKind, area_of, areas, county_sets, offices
from leads.routing.route import MILITARY_POST, route
from leads.rules.snapshot import Known

ON = date(2026, 11, 22)
TABLE = Path(__file__).parents[2] / "tables" / "routing.csv"


def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def known(
    fact_id: str, kind: AddressKind, seen: date | None, *, state: str = "MA", county: str = "", confirmed: bool = False
) -> Known[Address]:
    fact = Address(line="1 EXAMPLE WAY", state=state, county=county, kind=kind, last_seen=seen, confirmed=confirmed)
    return Known(fact, fact_id, "commercial", ON, datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize("row", [pytest.param(row, id=row["case"]) for row in _rows()])
def test_a_place_belongs_to_the_office_that_the_table_names(row: dict[str, str]) -> None:
    found = area_of(OfficeKind(row["kind"]), row["state"], row["county"], date.fromisoformat(row["on"]), row["zip"])
    assert (found[0].office if found else "") == row["office"]


@pytest.mark.parametrize("kind", list(OfficeKind))
def test_every_state_is_covered_by_exactly_one_row_per_county_on_every_boundary_day(kind: OfficeKind) -> None:
    days = {area.effective_from for area in areas()} | {area.effective_until for area in areas() if area.effective_until} | {ON}
    for state in STATES - MILITARY_POST:
        sets = {name for name, (of, _) in county_sets().items() if of == state} or {""}
        for on in days:
            rows = [area for area in areas() if area.kind is kind and area.state == state and area.holds_on(on)]
            for name in sets:
                assert len([area for area in rows if not area.county_sets or name in area.county_sets]) == 1, (state, name, on)


@pytest.mark.parametrize(("state", "counties"), [("TX", 254), ("CA", 58), ("NY", 62), ("FL", 67)])
def test_split_states_have_all_their_counties_once(state: str, counties: int) -> None:
    names = [county for of, listed in county_sets().values() if of == state for county in listed]
    assert len(names) == len(set(names)) == counties


def test_every_area_names_an_office_that_exists_then() -> None:
    for area in areas():
        office = offices()[area.office]
        assert office.kind is area.kind
        assert office.effective_from <= area.effective_from


@pytest.mark.parametrize(
    ("addresses", "best"),
    [
        # (kind, confirmed, days ago)
        ([("residence", True, 100), ("residence", False, 10)], 0),  # 90 days later is no better
        ([("residence", True, 101), ("residence", False, 10)], 1),
        ([("residence", True, 700), ("residence", False, 7)], 1),
        ([("commercial", True, 60), ("residence", False, 1)], 0),
        ([("residence", False, 729), ("school_reported", False, 1)], 1),
        ([("residence", False, 20), ("school_reported", False, 1)], 1),
        ([("residence", False, 1), ("school_reported", False, 1)], 0),
        ([("residence", False, 365), ("commercial", False, 1)], 0),
        ([("residence", False, 366), ("commercial", False, 1)], 1),
        ([("residence", False, 366), ("employer", False, 1)], 0),
        ([("benefit", False, 30), ("commercial", False, 10)], 1),
        ([("employer", False, 400), ("arrival", False, 1)], 1),
        ([("residence", False, 731), ("arrival", False, 700)], 1),
    ],
)
def test_the_newest_good_address_is_chosen(addresses: list[tuple[str, bool, int]], best: int) -> None:
    found = [
        known(str(number), AddressKind(kind), ON - timedelta(days=ago), confirmed=confirmed)
        for number, (kind, confirmed, ago) in enumerate(addresses)
    ]
    for order in (found, found[::-1]):
        chosen = rank_addresses(order, ON)[0]
        assert chosen.fact_id == str(best)


@pytest.mark.parametrize(("kind", "ago", "strong"), [("residence", 180, True), ("residence", 181, False), ("commercial", 1, False)])
def test_only_a_home_seen_within_half_a_year_is_strong(kind: str, ago: int, *, strong: bool) -> None:
    chosen = rank_addresses([known("a", AddressKind(kind), ON - timedelta(days=ago))], ON)[0]
    assert chosen.strong is strong


def test_the_kinds_of_address_come_in_their_order() -> None:
    kinds = [
        AddressKind.ARRIVAL,
        AddressKind.EMPLOYER,
        AddressKind.COMMERCIAL,
        AddressKind.BENEFIT,
        AddressKind.SCHOOL_REPORTED,
        AddressKind.RESIDENCE,
    ]
    found = [known(kind.value, kind, date(2026, 10, 1)) for kind in kinds]
    while found:
        chosen = rank_addresses(found, ON)[0]
        assert chosen.fact_id == kinds.pop().value
        found = [each for each in found if each.fact_id != chosen.fact_id]


def test_an_address_not_seen_for_two_years_stands_behind_a_fresh_one() -> None:
    old = known("old", AddressKind.RESIDENCE, date(2024, 11, 21), confirmed=True)
    fresh = known("fresh", AddressKind.COMMERCIAL, date(2026, 10, 1))
    chosen = rank_addresses([old, fresh], ON)[0]
    assert chosen.fact_id == "fresh"


def test_within_a_kind_the_newest_wins() -> None:
    chosen = rank_addresses([known("a", AddressKind.BENEFIT, date(2026, 1, 1)), known("b", AddressKind.BENEFIT, date(2026, 2, 1))], ON)[0]
    assert chosen.fact_id == "b"


def test_the_route_says_why() -> None:
    found = route([known("a", AddressKind.RESIDENCE, date(2026, 11, 20), state="CA", county="Orange", confirmed=True)], ON)
    assert found.office_code == "HSI-LOS"
    assert found.reason == "Confirmed residence, last seen 20 Nov 2026, 2 days ago; Orange County, CA belongs to HSI Los Angeles."
    assert not found.weak


def test_an_arrival_hotel_alone_is_a_weak_route() -> None:
    found = route([known("a", AddressKind.ARRIVAL, date(2026, 1, 10), state="NV")], ON)
    assert found.office_code == "HSI-LVG"
    assert found.weak


def test_an_address_without_a_place_is_passed_over_and_said_so() -> None:
    found = route([known("a", AddressKind.RESIDENCE, date(2026, 11, 1), state="TX"), known("b", AddressKind.BENEFIT, date(2026, 1, 1))], ON)
    assert found.office_code == "HSI-BOS"
    assert "passed over" in found.reason


def test_what_cannot_be_told_is_not_routed() -> None:
    assert not route([], ON).routable
    assert route([], ON).reason == "No address in the country is known."
    nowhere = route([known("a", AddressKind.RESIDENCE, ON, state="TX")], ON)
    assert not nowhere.routable
    assert "depends on the county" in nowhere.reason


def test_the_order_of_addresses_never_matters() -> None:
    found = [known(kind.value, kind, date(2026, 10, 1)) for kind in AddressKind]
    assert route(found, ON) == route(list(reversed(found)), ON)
