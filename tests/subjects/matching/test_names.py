"""Names of two people that look like one misspelt, and of one that look like two."""

from __future__ import annotations

from datetime import date

import pytest

from subjects.matching.decide import choose_by_score
from subjects.matching.names import Part, compare_given
from subjects.matching.records import Known, Person
from tests.subjects.matching.test_score import record


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("paulo", "paula", Part.ALIKE),
        ("daniel", "daniela", Part.ALIKE),
        ("ana daniel", "ana daniela", Part.ALIKE),
        ("mohammed", "mohamed", Part.CLOSE),
        ("ana", "ana maria", Part.SUBSET),
        ("daniela", "daniela", Part.EXACT),
    ],
)
def test_a_name_for_the_other_sex_is_no_slip(left: str, right: str, level: Part) -> None:
    assert compare_given(left, right) is compare_given(right, left) is level


@pytest.mark.parametrize(("one", "other"), [("hassan", "hussein"), ("paulo", "paula"), ("maria ana", "maria eva")])
def test_brothers_and_sisters_born_on_one_day_are_left_to_a_person(one: str, other: str) -> None:
    first, second = (Person("barrovic", given, date(1991, 2, 17), "", "PRT") for given in (one, other))

    choice = choose_by_score(record(second), {7: Known(7, [first])})

    assert choice.chosen is None
    assert [found.known.subject for found in choice.doubts] == [7]


def test_names_in_each_others_place_are_one_person_also_where_the_two_are_alike() -> None:
    first = Person("jokineva", "josefina", date(1976, 5, 23), "", "PRT")
    second = Person("josefina", "jokineva", date(1976, 5, 23), "", "PRT")

    choice = choose_by_score(record(second), {7: Known(7, [first])})

    assert choice.chosen is not None
    assert choice.chosen.known.subject == 7
