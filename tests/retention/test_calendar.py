"""Anniversaries by the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from retention.calendar import Dates, anniversary, dates_under


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2006, 3, 14), 20, date(2026, 3, 14)),
        (date(2006, 12, 31), 25, date(2031, 12, 31)),
        (date(2004, 2, 29), 20, date(2024, 2, 29)),
        (date(2004, 2, 29), 25, date(2029, 3, 1)),
        (date(2004, 2, 28), 25, date(2029, 2, 28)),
        (date(2004, 3, 1), 25, date(2029, 3, 1)),
    ],
)
def test_the_anniversary_of_a_leap_day_falls_on_the_first_of_march_where_there_is_none(day: date, years: int, expected: date) -> None:
    assert anniversary(day, years) == expected


def test_twenty_active_and_five_archived_years() -> None:
    assert dates_under(date(2006, 3, 14), active_years=20, archived_years=5) == Dates(date(2026, 3, 14), date(2031, 3, 14))


def test_a_schedule_without_an_archived_phase_has_no_archive_date() -> None:
    assert dates_under(date(2006, 3, 14), active_years=75, archived_years=0) == Dates(None, date(2081, 3, 14))
