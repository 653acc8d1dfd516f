"""What becomes due when, under the schedules in force and beside them under others: by year, by month, record by record.

Schedules stand together: of those that apply to a record, by the conditions that it meets, the longest counts. Counted from
creation days and sets of conditions (few distinct ones), not lead by lead. A sealed record waits for its destruction only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import combinations
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from retention.calendar import Dates, dates_under
from retention.conditions import CODES
from retention.longest import longest
from retention.models import ArchivePackage, RetentionClock, Schedule
from retention.selectors.due import schedules_in_force

if TYPE_CHECKING:
    from access.models import User

LISTED_ROWS = 50
Met = tuple[str, ...]  # the conditions that a record meets
Cursor = tuple[date, str]  # creation day and number of the last record on the page before


@dataclass(frozen=True, slots=True)
class Period:
    """How many records become due in one year, or in one month of it, under one schedule."""

    archive: int = 0
    destroy: int = 0


@dataclass(frozen=True, slots=True)
class PeriodBesidePeriod:
    """The schedules in force beside those being considered. `month` is 0 for a whole year."""

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
    """One record under two sets of schedules, and the version that dates it in each."""

    number: str
    created_on: date
    sealed: bool
    old: Dates
    new: Dates
    old_version: Schedule
    new_version: Schedule


def in_place(*versions: Schedule) -> list[Schedule]:
    """The schedules in force, with `versions` in the place of those of their series, or added where there was none."""
    series = {version.series for version in versions}
    return [*(each for each in schedules_in_force() if each.series not in series), *versions]


def both_ways(old: Schedule, new: Schedule) -> tuple[list[Schedule], list[Schedule]]:
    """What is compared when two versions are: each beside whatever else is in force, of whatever series the two are."""
    return in_place(old), in_place(new)


def compare_years(in_force: Sequence[Schedule], considered: Sequence[Schedule] | None) -> list[PeriodBesidePeriod]:
    """Year by year, two sets of schedules side by side; years without a due record in either are left out."""
    return _beside(in_force, considered, lambda day: (day.year, 0))


def compare_months(in_force: Sequence[Schedule], considered: Sequence[Schedule] | None, year: int) -> list[PeriodBesidePeriod]:
    """The twelve months of a year; months without a due record in either are left out."""
    return _beside(in_force, considered, lambda day: (day.year, day.month) if day.year == year else None)


def _beside(
    in_force: Sequence[Schedule], considered: Sequence[Schedule] | None, period: Callable[[date], tuple[int, int] | None]
) -> list[PeriodBesidePeriod]:
    records = _records_by_kind()
    now, then = _due(records, in_force, period), _due(records, considered, period) if considered else {}
    return [
        PeriodBesidePeriod(*key, now.get(key, Period()), then.get(key, Period()) if considered else None) for key in sorted({*now, *then})
    ]


def _records_by_kind() -> list[tuple[date, Met, int, int]]:
    """(creation day, conditions met, live records, sealed records)."""
    live, sealed = (
        Counter(
            {
                (day, tuple(met)): records
                for day, met, records in model.objects.values_list("record_created_on", "conditions")
                .annotate(records=Count("*"))
                .order_by()
            }
        )
        for model in (RetentionClock, ArchivePackage)
    )
    return [(day, met, live[day, met], sealed[day, met]) for day, met in sorted({*live, *sealed})]


def _due(
    records: list[tuple[date, Met, int, int]], schedules: Sequence[Schedule], period: Callable[[date], tuple[int, int] | None]
) -> dict[tuple[int, int], Period]:
    archive: Counter[tuple[int, int]] = Counter()
    destroy: Counter[tuple[int, int]] = Counter()
    wins = {met: longest(schedules, met) for met in {met for _, met, _, _ in records}}
    for created_on, met, live, sealed in records:
        schedule = wins[met]
        if schedule is None:
            continue
        dates = _dates(created_on, schedule)
        if live and dates.archive_on and (key := period(dates.archive_on)):
            archive[key] += live
        if key := period(dates.destroy_on):
            destroy[key] += live + sealed
    return {key: Period(archive[key], destroy[key]) for key in {*archive, *destroy}}


def _dates(created_on: date, schedule: Schedule) -> Dates:
    return dates_under(created_on, active_years=schedule.active_years, archived_years=schedule.archived_years)


def changes_for(
    user: User,
    *,
    old: Sequence[Schedule],
    new: Sequence[Schedule],
    what: str,
    year: int,
    before: bool = False,
    after: Cursor | None = None,
) -> list[Change]:
    """A page of the records that `new` makes due for `what` in `year`, or with `before` those that `old` does, each with its
    days under both; one more than a page.

    By creation day and number. (Permission of the view: VIEW_RETENTION.)
    """
    by = old if before else new
    found = [(row, False) for row in _due_in(RetentionClock.objects.all(), by, what, year, after)]
    if what == "destroy":
        found += [(row, True) for row in _due_in(ArchivePackage.objects.all(), by, what, year, after)]
    found.sort(key=lambda pair: (pair[0].record_created_on, pair[0].lead_number))
    return [_change(row, old, new, sealed=sealed) for row, sealed in found[: LISTED_ROWS + 1]]


def _due_in(rows: QuerySet[Any], schedules: Sequence[Schedule], what: str, year: int, after: Cursor | None) -> list[Any]:
    """An anniversary keeps its year: for records that meet the same conditions a year of due days is a year of creation days."""
    asked = []
    for met in _sets_of_conditions():
        schedule = longest(schedules, met)
        if schedule is None or (what == "archive" and not schedule.archived_years):
            continue
        years = schedule.active_years if what == "archive" else schedule.total_years
        asked.append(Q(conditions=list(met), record_created_on__year=year - years))
    if not asked:
        return []
    rows = rows.filter(reduce(or_, asked)).order_by("record_created_on", "lead_number")
    if after is not None:
        day, number = after
        rows = rows.filter(record_created_on__gte=day).exclude(record_created_on=day, lead_number__lte=number)
    return list(rows[: LISTED_ROWS + 1])


def _sets_of_conditions() -> list[Met]:
    """Every set of conditions that a record can meet, none included: few, and each is looked up by an index."""
    return [met for size in range(len(CODES) + 1) for met in combinations(CODES, size)]


def _change(row: Any, old: Sequence[Schedule], new: Sequence[Schedule], *, sealed: bool) -> Change:
    before, after = longest(old, row.conditions), longest(new, row.conditions)
    if before is None or after is None:
        message = "one schedule applies to every record"
        raise LookupError(message)
    days = _dates(row.record_created_on, before), _dates(row.record_created_on, after)
    return Change(row.lead_number, row.record_created_on, sealed, *days, before, after)
