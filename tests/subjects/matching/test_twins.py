"""Twins: two who share birth date, family name and often papers are not taken for one by a number alone."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.facts import IdentifierKind
from subjects.matching.decide import candidate, choose_by_number, flags, speaks_against
from subjects.matching.records import JOINING, Known, Person
from tests.subjects.matching.test_score import ANA, record

TWIN = Person("example", "leonor", date(1991, 2, 17), "", "PRT")


@pytest.mark.parametrize("kind", sorted(JOINING - {IdentifierKind.FIN}))
def test_a_number_that_twins_may_have_been_mixed_up_by_is_a_flagged_doubt(kind: IdentifierKind) -> None:
    """One birth date, one family name, given names that have nothing in common, and one number: the papers of two people mixed up."""
    found = candidate(record(TWIN), Known(7, [ANA]), frozenset({kind}))

    choice = choose_by_number([found])

    assert choice.chosen is None
    assert choice.doubts == (found,)
    assert flags(found.kinds, found.score) == ["shared_identifier"]


@pytest.mark.parametrize(
    "kinds",
    [{IdentifierKind.FIN}, {IdentifierKind.PASSPORT, IdentifierKind.A_NUMBER}],
)
def test_fingerprints_and_two_numbers_are_one_persons_whatever_the_given_name(kinds: set[IdentifierKind]) -> None:
    found = candidate(record(TWIN), Known(7, [ANA]), frozenset(kinds))

    assert choose_by_number([found]).chosen is found


@pytest.mark.parametrize("given", ["", "ana", "anna maria", "maria ana"])
def test_a_given_name_left_out_or_written_otherwise_makes_no_twin(given: str) -> None:
    found = candidate(record(Person("example", given, date(1991, 2, 17))), Known(7, [ANA]), frozenset({IdentifierKind.PASSPORT}))

    assert choose_by_number([found]).chosen is found


def test_a_record_that_corrects_a_given_name_stays_with_its_person() -> None:
    assert not speaks_against(candidate(record(TWIN), Known(7, [ANA]), frozenset({IdentifierKind.PASSPORT})))
