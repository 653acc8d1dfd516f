"""Schedules: a change is a new version; only an approved one acts; approving one supersedes its predecessor."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, Forbidden, InvalidInput
from retention.models import Schedule
from retention.services.clocks import recompute_clocks

if TYPE_CHECKING:
    from access.models import User

FICTIONAL_AUTHORITY = "FICTIONAL AUTHORITY - DEMONSTRATION"


@transaction.atomic
def propose_schedule(*, actor: User, title: str, active_years: int, archived_years: int, series: str = "leads") -> Schedule:
    """Write a new proposed version of a series. It dates nothing; it can be simulated.

    Raises `InvalidInput` when the years make no sense.
    """
    require(actor, Permission.MANAGE_SCHEDULE)
    if not 1 <= active_years <= 200 or not 0 <= archived_years <= 200:
        message = "Give the active years (1 to 200) and the archived years (0 to 200)."
        raise InvalidInput(message, field="active_years")
    newest = Schedule.objects.select_for_update().filter(series=series).order_by("-version").first()
    schedule = Schedule.objects.create(
        series=series,
        version=newest.version + 1 if newest else 1,
        title=title.strip(),
        status=Schedule.Status.PROPOSED,
        active_years=active_years,
        archived_years=archived_years,
        proposed_by=actor,
    )
    record(Act.SCHEDULE_CHANGED, object_kind="schedule", object_uuid=schedule.uuid, payload={"proposed": str(schedule)})
    return schedule


@transaction.atomic
def approve_schedule(*, actor: User, schedule: Schedule, authority: str, now: datetime, fictional: bool = False) -> Schedule:
    """Put a proposed version in force under a typed authority, and date every clock by it.

    Two people: whoever proposed it may not approve it. A fictional authority is refused outside the demonstration.
    Raises `Conflict` (not proposed any more), `Forbidden` (same person), `InvalidInput` (no authority).
    """
    require(actor, Permission.APPROVE_SCHEDULE)
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
    if (fictional or FICTIONAL_AUTHORITY in authority.upper()) and not settings.DEMO:
        message = "A fictional authority is accepted in the demonstration only."
        raise InvalidInput(message, field="authority")
    Schedule.objects.filter(series=schedule.series, status=Schedule.Status.APPROVED).update(status=Schedule.Status.SUPERSEDED)
    schedule.status = Schedule.Status.APPROVED
    schedule.authority = authority.strip()
    schedule.fictional = fictional or FICTIONAL_AUTHORITY in authority.upper()
    schedule.approved_by = actor
    schedule.approved_at = now
    schedule.effective_from = now.date()
    schedule.save(update_fields=["status", "authority", "fictional", "approved_by", "approved_at", "effective_from"])
    record(
        Act.SCHEDULE_CHANGED, object_kind="schedule", object_uuid=schedule.uuid, payload={"approved": str(schedule), "authority": authority}
    )
    recompute_clocks(actor=actor, schedule=schedule, now=now)
    return schedule
