"""A row that leaves something out vouches for nobody whom a fuller row of the same subject contradicts."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.facts import IdentifierKind
from subjects.matching.births import Birth
from subjects.matching.decide import candidate, choose_by_number
from subjects.matching.fuller import in_full
from subjects.matching.names import Part
from subjects.matching.records import Known, Person
from subjects.matching.score import best_score
from tests.subjects.matching.test_score import ANA, record

BLANK = Person("example", "", date(1991, 2, 17), "", "PRT")
YEAR = Person("example", "ana maria", None, "1991", "PRT")
TWIN = Person("example", "leonor", date(1991, 2, 17), "", "PRT")
NAMESAKE = Person("example", "ana maria", date(1991, 8, 30), "", "PRT")
PASSPORT = frozenset({IdentifierKind.PASSPORT})


@pytest.mark.parametrize(("vague", "person"), [(BLANK, TWIN), (YEAR, NAMESAKE), (Person("example", "ana maria"), NAMESAKE)])
def test_whoever_contradicts_the_fuller_row_is_a_doubt_whatever_the_vague_one_leaves_open(vague: Person, person: Person) -> None:
    found = candidate(record(person), Known(7, [ANA, vague]), PASSPORT)

    assert choose_by_number([found]).chosen is None
    assert choose_by_number([found]).doubts == (found,)


def test_alone_a_vague_row_still_joins_by_its_number() -> None:
    found = candidate(record(TWIN), Known(7, [BLANK]), PASSPORT)

    assert choose_by_number([found]).chosen is found


@pytest.mark.parametrize("person", [BLANK, YEAR, ANA])
def test_whoever_says_no_more_than_a_row_is_held_against_that_row(person: Person) -> None:
    found = best_score(person, [ANA, person])

    assert found is not None
    assert (found.birth, found.given) != (Birth.DIFFERENT, Part.DIFFERENT)
    assert person in list(in_full(person, [ANA, person]))


def test_another_family_name_lends_nothing() -> None:
    """A name that the person bore before says nothing of what a row under the new one left out."""
    assert list(in_full(TWIN, [Person("newname", "ana maria", date(1991, 2, 17)), BLANK]))[1] == BLANK
