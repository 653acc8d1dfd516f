"""How two birth dates compare, and how much it weighs when they differ."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subjects.matching.births import FIRST_OF_JANUARY, Birth, compare_births
from subjects.matching.records import Person
from subjects.matching.weights import WEIGHTS

ANA = Person("example", "ana maria", date(1991, 2, 17), "", "PRT")
AT_ANY_SPEED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines differ


@pytest.mark.parametrize(
    ("other", "level"),
    [
        (Person("x", "y", date(1991, 2, 17)), Birth.EXACT),
        (Person("x", "y", date(1991, 2, 18)), Birth.ONE_DIGIT),
        (Person("x", "y", date(1992, 2, 17)), Birth.ONE_DIGIT),
        (Person("x", "y", date(1975, 8, 1)), Birth.DIFFERENT),
        (Person("x", "y", date(1991, 1, 1)), Birth.PART),  # 1 January stands for a day that nobody knew
        (Person("x", "y", date(1990, 1, 1)), Birth.DIFFERENT),
        (Person("x", "y", None, "1991"), Birth.PART),
        (Person("x", "y", None, "1991-02"), Birth.PART),
        (Person("x", "y", None, "1992"), Birth.DIFFERENT),
        (Person("x", "y", None, "1991-00-00"), Birth.PART),  # zeros say nothing
        (Person("x", "y", None, "1991-02-00"), Birth.PART),
        (Person("x", "y", None, "1991-03-00"), Birth.UNKNOWN),
        (Person("x", "y", None, "1992-00-00"), Birth.DIFFERENT),
        (Person("x", "y", None, "1991-02-30"), Birth.UNKNOWN),
        (Person("x", "y", None, ""), Birth.UNKNOWN),
    ],
)
def test_births_agree_by_level(other: Person, level: Birth) -> None:
    assert compare_births(ANA, other) is level


@pytest.mark.parametrize("text", ["1991", "1991-02", "1991-00-00", "1991-02-00"])
def test_1_january_is_the_year_alone_beside_a_birth_known_in_part_too(text: str) -> None:
    unknown_day = Person("x", "y", date(1991, 1, 1))

    assert compare_births(unknown_day, Person("x", "y", None, text)) is Birth.PART


def test_with_another_birth_date_no_names_reach_the_middle_band() -> None:
    """The choice by score leaves out whoever was born on another day before it compares names."""
    assert WEIGHTS.most - WEIGHTS.birth[Birth.EXACT] + WEIGHTS.birth[Birth.DIFFERENT] < min(WEIGHTS.judge, WEIGHTS.accept - WEIGHTS.lead)


@AT_ANY_SPEED
@given(st.dates(date(1930, 1, 1), date(2010, 12, 31)), st.dates(date(1930, 1, 1), date(2010, 12, 31)))
def test_two_whole_birth_dates_agree_by_year_by_swap_or_but_for_one_digit(left: date, right: date) -> None:
    found = compare_births(Person("", "", left), Person("", "", right))
    digits = sum(one != other for one, other in zip(left.isoformat(), right.isoformat(), strict=True))

    assert (found is Birth.EXACT) == (left == right and (left.month, left.day) != FIRST_OF_JANUARY)
    assert found is not Birth.ONE_DIGIT or digits == 1
    assert found is not Birth.DIFFERENT or digits > 1
    assert compare_births(Person("", "", right), Person("", "", left)) is found
