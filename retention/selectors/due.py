"""What is due, under which schedule, in which year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Least

from foundation.errors import NotFound
from retention.calendar import anniversary
from retention.models import ArchivePackage, RetentionClock, Schedule

if TYPE_CHECKING:
    import uuid

    from access.models import User

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Year:
    """How many leads become due in one year under one schedule."""

    year: int
    archive: int
    destroy: int


@dataclass(frozen=True, slots=True)
class YearBesideYear:
    """The schedule in force beside the one being considered."""

    year: int
    in_force: Year
    considered: Year | None


def schedule_in_force(series: str = "leads") -> Schedule:
    """The approved version of a series; raises `Schedule.DoesNotExist` when there is none (nothing may then be dated)."""
    return Schedule.objects.get(series=series, status=Schedule.Status.APPROVED)


def schedules_for(user: User) -> QuerySet[Schedule]:
    """Every version, newest first, for the schedule page (permission of the view: VIEW_RETENTION)."""
    return Schedule.objects.select_related("approved_by", "proposed_by").order_by("series", "-version")


def get_schedule_for(user: User, schedule_uuid: uuid.UUID) -> Schedule:
    """One version, or `NotFound`."""
    found = schedules_for(user).filter(uuid=schedule_uuid).first()
    if found is None:
        raise NotFound
    return found


def clock_of(lead_id: int) -> RetentionClock | None:
    """The clock of a lead that the user of the current context may see."""
    return RetentionClock.objects.select_related("schedule").filter(pk=lead_id).first()


@dataclass(frozen=True, slots=True)
class Due:
    """One record that is due: a live lead or a sealed one, by number and dates only."""

    number: str
    lead_uuid: uuid.UUID | None  # of a sealed record
    created_on: date
    archive_on: date | None
    destroy_on: date
    due_on: date
    schedule: Schedule
    sealed: bool


LEAVES = Least("archive_on", "destroy_on")  # when a live record is sealed; nulls are skipped: without archived years, on its last day


def due_for(user: User, *, what: str, as_of: date, after: tuple[date, str] | None = None) -> list[Due]:
    """A page of records that are due on or before `as_of`, one more than a page when there are more; keyset by (day, number).

    "archive": live leads to be sealed. "destroy": sealed records whose last day has come, and live ones that were due for it
    and must be sealed first.
    """
    clocks = RetentionClock.objects.select_related("schedule").annotate(day=LEAVES if what == "archive" else F("destroy_on"))
    rows = [_live(clock) for clock in _page(clocks, "day", as_of, after)]
    if what == "destroy":
        packages = ArchivePackage.objects.select_related("schedule").annotate(day=F("destroy_on"))
        rows += [_sealed(package) for package in _page(packages, "day", as_of, after)]
    return sorted(rows, key=lambda row: (row.due_on, row.number))[: PAGE_ROWS + 1]


def _page(rows: QuerySet[Any], field: str, as_of: date, after: tuple[date, str] | None) -> list[Any]:
    rows = rows.filter(**{f"{field}__lte": as_of}).order_by(field, "lead_number")
    if after is not None:
        day, number = after
        rows = rows.filter(**{f"{field}__gte": day}).exclude(**{field: day, "lead_number__lte": number})
    return list(rows[: PAGE_ROWS + 1])


def _live(clock: Any) -> Due:
    return Due(
        clock.lead_number, None, clock.record_created_on, clock.archive_on, clock.destroy_on, clock.day, clock.schedule, sealed=False
    )


def _sealed(package: Any) -> Due:
    return Due(
        package.lead_number,
        package.lead_uuid,
        package.record_created_on,
        package.sealed_at.date(),
        package.destroy_on,
        package.day,
        package.schedule,
        sealed=True,
    )


def due_counts(as_of: date) -> tuple[int, int]:
    """(live leads to be sealed, sealed records due for destruction) on `as_of`."""
    return (
        RetentionClock.objects.annotate(day=LEAVES).filter(day__lte=as_of).count(),
        ArchivePackage.objects.filter(destroy_on__lte=as_of).count(),
    )


def years_under(schedule: Schedule) -> dict[int, Year]:
    """Records by the year in which they become due under `schedule`, whether it is in force or only considered.

    A sealed record waits for its destruction only.

    Counted from the creation days (few distinct ones), not lead by lead.
    """
    archive: dict[int, int] = {}
    destroy: dict[int, int] = {}
    by_day = RetentionClock.objects.values_list("record_created_on").annotate(leads=Count("pk")).order_by("record_created_on")
    for created_on, leads in by_day:
        if schedule.archived_years:
            year = anniversary(created_on, schedule.active_years).year
            archive[year] = archive.get(year, 0) + leads
        year = anniversary(created_on, schedule.total_years).year
        destroy[year] = destroy.get(year, 0) + leads
    sealed = ArchivePackage.objects.values_list("record_created_on").annotate(leads=Count("pk")).order_by("record_created_on")
    for created_on, leads in sealed:
        year = anniversary(created_on, schedule.total_years).year
        destroy[year] = destroy.get(year, 0) + leads
    return {year: Year(year, archive.get(year, 0), destroy.get(year, 0)) for year in sorted({*archive, *destroy})}


def compare_years(in_force: Schedule, considered: Schedule | None) -> list[YearBesideYear]:
    """Year by year, the two schedules side by side; years without a due lead in either are left out."""
    now, then = years_under(in_force), years_under(considered) if considered else {}
    return [
        YearBesideYear(year, now.get(year, Year(year, 0, 0)), then.get(year, Year(year, 0, 0)) if considered else None)
        for year in sorted({*now, *then})
    ]
