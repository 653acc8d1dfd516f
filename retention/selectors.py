"""What is due, under which schedule, in which year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet

from foundation.errors import NotFound
from retention.calendar import anniversary
from retention.models import RetentionClock, Schedule

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


def due_for(user: User, *, what: str, as_of: date, after: tuple[date, int] | None = None) -> list[RetentionClock]:
    """A page of clocks that are due on or before `as_of`: `what` is "archive" or "destroy"; keyset by (date, lead)."""
    field = "archive_on" if what == "archive" else "destroy_on"
    rows = RetentionClock.objects.filter(**{f"{field}__lte": as_of}).select_related("schedule").order_by(field, "lead_id")
    if what == "archive":
        rows = rows.filter(destroy_on__gt=as_of)  # what may be destroyed is listed there
    if after is not None:
        day, lead_id = after
        rows = rows.filter(**{f"{field}__gte": day}).exclude(**{field: day, "lead_id__lte": lead_id})
    return list(rows[: PAGE_ROWS + 1])


def due_counts(as_of: date) -> tuple[int, int]:
    """(due for archive, due for destruction) on `as_of`."""
    clocks = RetentionClock.objects
    return clocks.filter(archive_on__lte=as_of, destroy_on__gt=as_of).count(), clocks.filter(destroy_on__lte=as_of).count()


def years_under(schedule: Schedule) -> dict[int, Year]:
    """Leads by the year in which they become due under `schedule`, whether it is in force or only considered.

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
    return {year: Year(year, archive.get(year, 0), destroy.get(year, 0)) for year in sorted({*archive, *destroy})}


def compare_years(in_force: Schedule, considered: Schedule | None) -> list[YearBesideYear]:
    """Year by year, the two schedules side by side; years without a due lead in either are left out."""
    now, then = years_under(in_force), years_under(considered) if considered else {}
    return [
        YearBesideYear(year, now.get(year, Year(year, 0, 0)), then.get(year, Year(year, 0, 0)) if considered else None)
        for year in sorted({*now, *then})
    ]
