"""Departure evidence is graded; weak evidence alone neither closes nor refers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ingest.facts import Identifier, IdentifierKind
from leads.rules.base import Strength
from leads.rules.departure import departure_rebuttals, exits, impossible_departures
from leads.rules.snapshot import Known
from leads.rules.stays import stays
from tests.leads.rules.scenario import snapshot

AS_OF = date(2026, 11, 22)
STAY = "admitted 2026-01-10 B2 until 2026-07-09"


@pytest.mark.parametrize(
    ("departure", "strength"),
    [
        ("departed 2026-07-01 biometric", "strong"),
        ("departed 2026-07-01 manifest_document passport P1", "strong"),
        ("departed 2026-07-01 manifest_document", "fair"),
        ("departed 2026-07-01 manifest_document passport P9", "weak"),
        ("departed 2026-07-01 manifest_name", "weak"),
        ("departed 2026-07-01 manifest_name passport P1", "weak"),
        ("departed 2026-07-01 manifest_name no A1", "fair"),
        ("departed 2026-07-01 land no A1", "fair"),
        ("departed 2026-07-01 land no A1 from sevis", "weak"),
        ("departed 2026-07-01 land", "weak"),
        ("departed 2026-07-01 land passport P1", "fair"),
        ("departed 2026-07-01 inferred", "weak"),
        ("departed 2026-07-01 reported from eid", "strong"),
        ("departed 2026-07-01 reported from manual", "fair"),
        ("departed 2026-07-01 reported from sevis", "weak"),
    ],
)
def test_each_kind_of_evidence_has_its_grade(departure: str, strength: str) -> None:
    given = snapshot(f"{STAY}; {departure}", AS_OF)
    assert [each.strength.value for each in exits(given, stays(given)[0])] == [strength]


@pytest.mark.parametrize(
    ("source", "told"), [("eid", "reported, EID"), ("claims3", "reported, CLAIMS 3"), ("manual", "reported, manual entry")]
)
def test_who_tells_of_a_departure_is_named_as_the_desk_names_it(source: str, told: str) -> None:
    given = snapshot(f"{STAY}; departed 2026-07-01 reported from {source}", AS_OF)
    assert [each.words for each in exits(given, stays(given)[0])] == [told]


def test_two_weak_kinds_on_nearly_the_same_day_make_fair_evidence() -> None:
    given = snapshot(f"{STAY}; departed 2026-07-01 land; departed 2026-07-04 manifest_name", AS_OF)
    assert {each.strength for each in exits(given, stays(given)[0])} == {Strength.FAIR}


def test_the_same_weak_kind_twice_stays_weak() -> None:
    given = snapshot(f"{STAY}; departed 2026-07-01 manifest_name; departed 2026-07-02 manifest_name", AS_OF)
    assert {each.strength for each in exits(given, stays(given)[0])} == {Strength.WEAK}


def test_two_weak_kinds_four_days_apart_stay_weak() -> None:
    given = snapshot(f"{STAY}; departed 2026-07-01 land; departed 2026-07-05 manifest_name", AS_OF)
    assert {each.strength for each in exits(given, stays(given)[0])} == {Strength.WEAK}


def test_a_later_entry_with_the_same_passport_is_strong() -> None:
    given = snapshot(f"{STAY}; admitted 2026-09-01 B2 until 2027-02-28 no A2 passport P1", AS_OF)
    assert [each.strength for each in exits(given, stays(given)[0])] == [Strength.STRONG]


def test_a_later_entry_of_a_doubtful_person_with_another_passport_is_weak() -> None:
    given = snapshot(f"{STAY}; admitted 2026-09-01 B2 until 2027-02-28 no A2 passport P2; weak-identity", AS_OF)
    assert [each.strength for each in exits(given, stays(given)[0])] == [Strength.WEAK]


def test_a_meeting_after_the_departure_contradicts_it() -> None:
    given = snapshot(f"{STAY}; departed 2026-07-01 biometric; met 2026-07-03 arrest", AS_OF)
    assert [each.contradicted_on for each in exits(given, stays(given)[0])] == [date(2026, 7, 3)]


def test_a_meeting_on_the_next_day_may_be_the_port_itself() -> None:
    given = snapshot(f"{STAY}; departed 2026-07-01 biometric; met 2026-07-02 inspection at MIA", AS_OF)
    assert [each.contradicted_on for each in exits(given, stays(given)[0])] == [None]


def test_a_case_file_is_no_meeting() -> None:
    given = snapshot(f"{STAY}; departed 2026-07-01 biometric; met 2026-09-03 case", AS_OF)
    assert [each.contradicted_on for each in exits(given, stays(given)[0])] == [None]


def test_an_office_that_found_the_person_contradicts_a_departure() -> None:
    given = snapshot(f"{STAY}; departed 2026-07-01 biometric; met 2026-09-03 outcome located", AS_OF)
    assert [each.contradicted_on for each in exits(given, stays(given)[0])] == [date(2026, 9, 3)]


@pytest.mark.parametrize(
    ("seen", "contradicted"),
    [
        ("worked reported from 2026-09-01", date(2026, 9, 1)),
        ("worked petition from 2026-09-01", None),  # an employer asks for somebody abroad
        ("worked reported from 2026-12-01", None),  # a day ahead
        ("lives last 2026-09-01", date(2026, 9, 1)),
        ("lives benefit last 2026-09-01", None),
    ],
)
def test_only_what_the_person_did_here_contradicts_a_departure(seen: str, contradicted: date | None) -> None:
    given = snapshot(f"{STAY}; departed 2026-07-01 land no A1; {seen}", AS_OF)
    assert [each.contradicted_on for each in exits(given, stays(given)[0])] == [contradicted]


def test_impossible_departures_are_named() -> None:
    given = snapshot(
        f"{STAY}; departed 2026-01-09 biometric no A1; departed 2084-01-01 biometric no A1; departed 2026-02-01 land no A1", AS_OF
    )
    assert [known.fact.departed_on.year for known in impossible_departures(given, stays(given)[0])] == [2026, 2084]


@pytest.mark.parametrize(("departed", "impossible"), [("2026-11-23", False), ("2026-11-24", True)])
def test_a_departure_may_lie_a_day_ahead_of_its_extract_and_not_two(departed: str, *, impossible: bool) -> None:
    given = snapshot(f"{STAY}; departed {departed} biometric no A1", AS_OF)
    assert bool(impossible_departures(given, stays(given)[0])) is impossible


@pytest.mark.parametrize(("number", "leaves"), [("A1", True), ("B9", True), ("A2", False)])
def test_a_departure_with_the_number_of_another_entry_ends_no_other_stay(number: str, *, leaves: bool) -> None:
    given = snapshot(f"admitted 2025-01-10 B2 until 2025-07-09 no A2; {STAY}; departed 2026-07-01 biometric no {number}", AS_OF)
    (stay,) = (each for each in stays(given) if each.arrived_on.year == 2026)
    assert bool(exits(given, stay)) is leaves


@pytest.mark.parametrize(("day", "strengths"), [("2026-03-08", ["strong", "strong"]), ("2026-03-09", ["strong"])])
def test_whoever_left_and_came_again_on_one_day_left_before(day: str, strengths: list[str]) -> None:
    given = snapshot(f"{STAY}; admitted 2026-03-08 B2 until 2026-09-07 no A2; departed {day} biometric no A1", AS_OF)
    (stay,) = (each for each in stays(given) if each.arrived_on == date(2026, 1, 10))
    assert [each.strength.value for each in exits(given, stay)] == strengths


@pytest.mark.parametrize(("number", "strength"), [("A1", "strong"), ("B9", "weak")])
def test_only_the_number_of_the_stay_makes_sure_whose_departure_it_is(number: str, strength: str) -> None:
    given = snapshot(f"{STAY}; departed 2026-07-01 biometric no {number}; weak-identity", AS_OF)
    assert [each.strength.value for each in exits(given, stays(given)[0])] == [strength]


def test_a_return_on_the_same_number_continues_the_stay() -> None:
    given = snapshot(f"{STAY}; admitted 2026-03-08 B2 until 2026-07-09", AS_OF)
    (stay,) = stays(given)
    assert (stay.arrived_on, stay.returned_on) == (date(2026, 1, 10), date(2026, 3, 8))


def test_the_same_number_after_the_stay_has_ended_is_another_stay() -> None:
    given = snapshot(f"{STAY}; admitted 2026-07-10 B2 until 2027-01-09", AS_OF)
    assert len(stays(given)) == 2


def test_two_rows_of_one_day_are_one_stay() -> None:
    given = snapshot(f"{STAY}; admitted 2026-01-10 B2 until 2026-07-09 no A2", AS_OF)
    assert len(stays(given)) == 1


def test_a_row_cannot_vouch_for_its_own_passport() -> None:
    given = snapshot(f"{STAY}; departed 2026-07-01 manifest_document passport P9", AS_OF)
    (departure,) = given.departures
    own = Known(Identifier(IdentifierKind.PASSPORT, "P9"), "f9", "adis", AS_OF, departure.known_at, departure.key)
    other = replace(own, record_key="another row")
    assert [each.strength for each in exits(replace(given, identifiers=(own,)), stays(given)[0])] == [Strength.WEAK]
    assert [each.strength for each in exits(replace(given, identifiers=(other,)), stays(given)[0])] == [Strength.STRONG]


def test_a_stay_that_a_later_entry_closes_cites_no_law() -> None:
    given = snapshot(f"{STAY}; admitted 2026-09-01 B2 until 2027-02-28 no A2", AS_OF)
    (rebuttal,) = departure_rebuttals(given, stays(given)[0], date(2026, 7, 9))
    assert (rebuttal.code, rebuttal.authority) == ("entered_again", "")  # an inference of ours; 8 CFR 217.3(b) is about readmission
