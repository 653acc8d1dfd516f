"""The clock of each lead: computed when the lead is created, and again when another schedule version takes over."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction

from access.permissions import Permission
from access.policy import require
from access.selectors import class_for
from audit.acts import Act
from audit.services import record
from leads.models import Lead
from retention.calendar import dates_under
from retention.models import RetentionClock, Schedule
from retention.selectors import schedule_in_force

if TYPE_CHECKING:
    from access.models import User

# The rule of retention.calendar in the database's words: PostgreSQL puts the anniversary of 29 February on 28 February,
# the rule on 1 March. A test compares the two on every day of eight years.
ANNIVERSARY = """
CASE WHEN extract(month FROM {day}) = 2 AND extract(day FROM {day}) = 29
          AND extract(day FROM {day} + make_interval(years => {years})) = 28
     THEN ({day} + make_interval(years => {years}) + interval '1 day')::date
     ELSE ({day} + make_interval(years => {years}))::date END
"""


def start_clocks(kind: str, ids: list[int], now: datetime) -> None:
    """Give new leads their dates under the schedule in force; runs in the transaction that creates them (registry `births`)."""
    if kind != "lead" or not ids:
        return
    schedule = schedule_in_force()
    leads = list(Lead.objects.filter(pk__in=ids).values_list("pk", "number", "record_created_on", "access_class__compartments"))
    classes = {marks: class_for(audience="records", compartments=marks) for marks in {tuple(marks) for *_, marks in leads}}
    RetentionClock.objects.bulk_create(
        _clock(number, lead_id, created_on, schedule, classes[tuple(marks)], now) for lead_id, number, created_on, marks in leads
    )


def _clock(number: str, lead_id: int, created_on: date, schedule: Schedule, class_id: int, now: datetime) -> RetentionClock:
    dates = dates_under(created_on, active_years=schedule.active_years, archived_years=schedule.archived_years)
    return RetentionClock(
        lead_id=lead_id,
        access_class_id=class_id,
        lead_number=number,
        record_created_on=created_on,
        schedule=schedule,
        archive_on=dates.archive_on,
        destroy_on=dates.destroy_on,
        computed_at=now,
    )


@transaction.atomic
def recompute_clocks(*, actor: User, schedule: Schedule, now: datetime) -> int:
    """Set every clock, of live and of sealed records, by `schedule`, which has just taken over; returns how many changed."""
    require(actor, Permission.APPROVE_SCHEDULE)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE retention_retentionclock
            SET schedule_id = %(schedule)s, computed_at = %(now)s,
                archive_on = CASE WHEN %(archived)s > 0 THEN {ANNIVERSARY.format(day="record_created_on", years="%(active)s")} END,
                destroy_on = {ANNIVERSARY.format(day="record_created_on", years="%(total)s")}
            WHERE schedule_id <> %(schedule)s
            """,  # noqa: S608  # the pieces are constants of this file
            {
                "schedule": schedule.pk,
                "now": now,
                "active": schedule.active_years,
                "archived": schedule.archived_years,
                "total": schedule.total_years,
            },
        )
        changed = int(cursor.rowcount)
        cursor.execute(
            f"""
            UPDATE retention_archivepackage
            SET schedule_id = %(schedule)s, destroy_on = {ANNIVERSARY.format(day="record_created_on", years="%(total)s")}
            WHERE schedule_id <> %(schedule)s
            """,  # noqa: S608  # the pieces are constants of this file
            {"schedule": schedule.pk, "total": schedule.total_years},
        )
        changed += int(cursor.rowcount)
    record(Act.RETENTION_DATED, object_kind="schedule", object_uuid=schedule.uuid, payload={"clocks": changed})
    return changed
