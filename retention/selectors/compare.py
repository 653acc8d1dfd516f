"""What becomes due when, under one schedule and beside it under another: by year, by month, and record by record.

Counted from the creation days (few distinct ones), not lead by lead. A sealed record waits for its destruction only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet

from retention.calendar import Dates, dates_under
from retention.models import ArchivePackage, RetentionClock, Schedule

if TYPE_CHECKING:
    from access.models import User

LISTED_ROWS = 50
Cursor = tuple[date, str]  # creation day and number of the last record on the page before


@dataclass(frozen=True, slots=True)
class Period:
    """How many records become due in one year, or in one month of it, under one schedule."""

    archive: int = 0
    destroy: int = 0


@dataclass(frozen=True, slots=True)
class PeriodBesidePeriod:
    """The schedule in force beside the one being considered. `month` is 0 for a whole year."""

    year: int
    month: int
    in_force: Period
    considered: Period | None

    @property
    def label(self) -> str:
        """`2031`, or `Mar 2031`."""
        return f"{date(self.year, self.month, 1):%b %Y}" if self.month else str(self.year)


@dataclass(frozen=True, slots=True)
class Change:
    """One record under two schedules."""

    number: str
    created_on: date
    sealed: bool
    old: Dates
    new: Dates


def compare_years(in_force: Schedule, considered: Schedule | None) -> list[PeriodBesidePeriod]:
    """Year by year, the two schedules side by side; years without a due record in either are left out."""
    return _beside(in_force, considered, lambda day: (day.year, 0))


def compare_months(in_force: Schedule, considered: Schedule | None, year: int) -> list[PeriodBesidePeriod]:
    """The twelve months of a year; months without a due record in either are left out."""
    return _beside(in_force, considered, lambda day: (day.year, day.month) if day.year == year else None)


def _beside(in_force: Schedule, considered: Schedule | None, period: Callable[[date], tuple[int, int] | None]) -> list[PeriodBesidePeriod]:
    days = _creation_days()
    now, then = _due(days, in_force, period), _due(days, considered, period) if considered else {}
    return [
        PeriodBesidePeriod(*key, now.get(key, Period()), then.get(key, Period()) if considered else None) for key in sorted({*now, *then})
    ]


def _creation_days() -> list[tuple[date, int, int]]:
    """(creation day, live records, sealed records)."""
    live, sealed = (
        Counter(dict(model.objects.values_list("record_created_on").annotate(records=Count("pk")).order_by()))
        for model in (RetentionClock, ArchivePackage)
    )
    return [(day, live[day], sealed[day]) for day in sorted({*live, *sealed})]


def _due(
    days: list[tuple[date, int, int]], schedule: Schedule, period: Callable[[date], tuple[int, int] | None]
) -> dict[tuple[int, int], Period]:
    archive: Counter[tuple[int, int]] = Counter()
    destroy: Counter[tuple[int, int]] = Counter()
    for created_on, live, sealed in days:
        dates = dates_under(created_on, active_years=schedule.active_years, archived_years=schedule.archived_years)
        if live and dates.archive_on and (key := period(dates.archive_on)):
            archive[key] += live
        if key := period(dates.destroy_on):
            destroy[key] += live + sealed
    return {key: Period(archive[key], destroy[key]) for key in {*archive, *destroy}}


def changes_for(user: User, *, old: Schedule, new: Schedule, what: str, year: int, after: Cursor | None = None) -> list[Change]:
    """A page of the records that `new` makes due for `what` in `year`, each with its days under `old`; one more than a page.

    By creation day and number. (Permission of the view: VIEW_RETENTION.)
    """
    years = new.active_years if what == "archive" else new.total_years
    if what == "archive" and not new.archived_years:
        return []
    found = [(row, False) for row in _created_in(RetentionClock.objects.all(), year - years, after)]
    if what == "destroy":
        found += [(row, True) for row in _created_in(ArchivePackage.objects.all(), year - years, after)]
    found.sort(key=lambda pair: (pair[0].record_created_on, pair[0].lead_number))
    return [_change(row, old, new, sealed=sealed) for row, sealed in found[: LISTED_ROWS + 1]]


def _created_in(rows: QuerySet[Any], year: int, after: Cursor | None) -> list[Any]:
    """An anniversary keeps its year, so a year of due days is a year of creation days."""
    rows = rows.filter(record_created_on__year=year).order_by("record_created_on", "lead_number")
    if after is not None:
        day, number = after
        rows = rows.filter(record_created_on__gte=day).exclude(record_created_on=day, lead_number__lte=number)
    return list(rows[: LISTED_ROWS + 1])


def _change(row: Any, old: Schedule, new: Schedule, *, sealed: bool) -> Change:
    before, after = (
        dates_under(row.record_created_on, active_years=each.active_years, archived_years=each.archived_years) for each in (old, new)
    )
    return Change(row.lead_number, row.record_created_on, sealed, before, after)
