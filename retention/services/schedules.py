"""Schedules: a change is a new version; only an approved one acts; approving one supersedes its predecessor of the same series.

The series `leads` is for every record. A series with a condition is for those that meet it; the longest that applies wins.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, Forbidden, InvalidInput
from retention.conditions import BY_CODE, EVERY_RECORD
from retention.models import Restatement, Schedule
from retention.models.schedule import GENERAL
from retention.series_sql import DATING
from retention.services.clocks import ask_restatement

if TYPE_CHECKING:
    from access.models import User

FICTIONAL_AUTHORITY = "FICTIONAL AUTHORITY - DEMONSTRATION"


def require_no_fiction(schedule: Schedule) -> None:
    """Raise `Conflict` when nothing may be disposed of under `schedule`: a demonstration's authority outside the demonstration."""
    if schedule.fictional and not settings.DEMO:
        message = "The authority of this schedule is fictional: nothing is disposed of under it outside the demonstration."
        raise Conflict(message)


@transaction.atomic
def propose_schedule(
    *, actor: User, title: str, active_years: int, archived_years: int, condition: str = EVERY_RECORD, series: str = ""
) -> Schedule:
    """Write a new proposed version of a series. It dates nothing; it can be simulated.

    Without `series` the version belongs to the one of its condition: `leads` for every record. Raises `InvalidInput` when
    the years make no sense, the condition is not of the list, or the series asks nothing and is not `leads`.
    """
    require(actor, Permission.MANAGE_SCHEDULE)
    series = series or condition or GENERAL
    if (condition and condition not in BY_CODE) or (series == GENERAL) != (condition == EVERY_RECORD):
        message = "Choose the records that the schedule is for."
        raise InvalidInput(message, field="condition")
    if not 1 <= active_years <= 200 or not 0 <= archived_years <= 200:
        message = "Give the active years (1 to 200) and the archived years (0 to 200)."
        raise InvalidInput(message, field="active_years")
    newest = Schedule.objects.select_for_update().filter(series=series).order_by("-version").first()
    schedule = Schedule.objects.create(
        series=series,
        condition=condition,
        version=newest.version + 1 if newest else 1,
        title=title.strip(),
        status=Schedule.Status.PROPOSED,
        active_years=active_years,
        archived_years=archived_years,
        proposed_by=actor,
    )
    record(
        Act.SCHEDULE_CHANGED,
        object_kind="schedule",
        object_uuid=schedule.uuid,
        payload={"proposed": str(schedule), "for": schedule.applies_to},
    )
    return schedule


@transaction.atomic
def approve_schedule(*, actor: User, schedule: Schedule, authority: str, now: datetime) -> Schedule:
    """Put a proposed version in force under a typed authority, and begin to date every record anew.

    Two people: whoever proposed it may not approve it. A fictional authority is refused outside the demonstration.
    Raises `Conflict` (not proposed any more, or records are still being dated), `Forbidden` (same person), `InvalidInput`
    (no authority).
    """
    require(actor, Permission.APPROVE_SCHEDULE)
    with connection.cursor() as cursor:  # before anything else: no record is dated by the version that is just going
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DATING])
    if Restatement.objects.filter(finished_at=None).exists():
        message = "Records are still being dated by the version that was approved last. Try again when that is finished."
        raise Conflict(message)
    schedule = Schedule.objects.select_for_update().get(pk=schedule.pk)
    if schedule.status != Schedule.Status.PROPOSED:
        message = "This version is not waiting for approval any more."
        raise Conflict(message)
    if schedule.proposed_by_id == actor.pk:
        message = "You proposed this version: another records officer must approve it."
        raise Forbidden(message)
    if not authority.strip():
        message = "Type the authority: the number of the approved schedule."
        raise InvalidInput(message, field="authority")
    fictional = FICTIONAL_AUTHORITY in authority.upper()
    if fictional and not settings.DEMO:
        message = "A fictional authority is accepted in the demonstration only."
        raise InvalidInput(message, field="authority")
    Schedule.objects.filter(series=schedule.series, status=Schedule.Status.APPROVED).update(status=Schedule.Status.SUPERSEDED)
    schedule.status = Schedule.Status.APPROVED
    schedule.authority = authority.strip()
    schedule.fictional = fictional
    schedule.approved_by = actor
    schedule.approved_at = now
    schedule.effective_from = now.date()
    schedule.save(update_fields=["status", "authority", "fictional", "approved_by", "approved_at", "effective_from"])
    record(
        Act.SCHEDULE_CHANGED, object_kind="schedule", object_uuid=schedule.uuid, payload={"approved": str(schedule), "authority": authority}
    )
    ask_restatement(actor=actor, schedule=schedule, now=now)
    return schedule
