"""Working days, months and years as the clocks of the house count them."""

from __future__ import annotations

from datetime import date

import pytest

from foundation.calendar import (
    add_business_days,
    add_months,
    add_years,
    business_days_between,
    federal_holidays,
    is_business_day,
    next_business_day,
)


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2026, 7, 2), True),
        (date(2026, 7, 3), False),  # Independence Day observed
        (date(2026, 7, 4), False),
        (date(2026, 7, 6), True),
        (date(2026, 11, 26), False),  # Thanksgiving
        (date(2021, 12, 31), False),  # New Year's Day 2022 observed
        (date(2022, 6, 20), False),  # Juneteenth observed
        (date(2020, 6, 19), True),  # not yet a holiday
    ],
)
def test_weekends_and_observed_holidays_are_no_business_days(day: date, open_: bool) -> None:
    assert is_business_day(day) is open_


def test_the_next_business_day_skips_a_holiday_weekend() -> None:
    assert next_business_day(date(2026, 7, 2)) == date(2026, 7, 6)
    assert next_business_day(date(2026, 7, 6)) == date(2026, 7, 7)


def test_the_day_of_receipt_does_not_count() -> None:
    assert add_business_days(date(2026, 11, 23), 1) == date(2026, 11, 24)
    assert add_business_days(date(2026, 11, 23), 10) == date(2026, 12, 8)
    assert add_business_days(date(2026, 11, 23), 0) == date(2026, 11, 23)


def test_a_clock_never_counts_backward() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_business_days(date(2026, 11, 23), -1)


def test_days_between_is_the_inverse_of_adding() -> None:
    start = date(2026, 11, 20)
    for count in range(40):
        assert business_days_between(start, add_business_days(start, count)) == count
    assert business_days_between(date(2026, 11, 24), date(2026, 11, 20)) == -2


def test_a_month_without_that_day_gives_its_last_day() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2026, 10, 15), 5) == date(2027, 3, 15)
    assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)


def test_a_leap_day_moves_to_1_march_and_never_to_february() -> None:
    assert add_years(date(2004, 2, 29), 20) == date(2024, 2, 29)
    assert add_years(date(2004, 2, 29), 25) == date(2029, 3, 1)
    assert add_years(date(2003, 3, 1), 25) == date(2028, 3, 1)


def test_holidays_of_a_year_lie_in_that_year() -> None:
    assert all(day.year == 2021 for day in federal_holidays(2021))
    assert date(2021, 12, 31) in federal_holidays(2021)
