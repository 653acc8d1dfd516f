"""Calendar arithmetic on federal business days, months and years. Pure: dates in, dates out, no clock, no time zone.

Federal holidays come from the `holidays` package (public category, with the observed day when one falls on a weekend).
A closing of the government by executive order is not among them: no source lists those ahead of time.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import lru_cache

import holidays

DAY = timedelta(days=1)


@lru_cache(maxsize=256)
def federal_holidays(year: int) -> frozenset[date]:
    """Return the federal holidays of `year` as observed, among them a New Year's Day observed on 31 December."""
    listed = holidays.country_holidays("US", years=(year, year + 1))
    return frozenset(day for day in listed if day.year == year)


def is_business_day(day: date) -> bool:
    """Return whether `day` is neither a Saturday, a Sunday nor a federal holiday."""
    return day.weekday() < 5 and day not in federal_holidays(day.year)


def next_business_day(day: date) -> date:
    """Return the first business day after `day`."""
    following = day + DAY
    while not is_business_day(following):
        following += DAY
    return following


def add_business_days(start: date, count: int) -> date:
    """Return the day on which a clock of `count` business days ends; the day of receipt itself is not counted.

    Source: 5 USC 552a(d)(2) ("excluding Saturdays, Sundays, and legal public holidays"), key PA-D2.
    Raises ValueError when `count` is negative.
    """
    if count < 0:
        raise ValueError("A clock counts forward: the number of business days must not be negative.")
    day = start
    for _ in range(count):
        day = next_business_day(day)
    return day


def business_days_between(start: date, end: date) -> int:
    """Return how many business days lie after `start` up to and including `end`; negative when `end` is earlier."""
    if end < start:
        return -business_days_between(end, start)
    days = (start + DAY * n for n in range(1, (end - start).days + 1))
    return sum(is_business_day(day) for day in days)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` calendar months later (or earlier), or that month's last day if it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_years(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February becomes 1 March in a common year.

    The later of the two choices: a record is never archived or destroyed, and a stay never ends, a day too soon.
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
