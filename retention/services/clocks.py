"""The clock of each record: set when a lead is created, and again for all of them when another schedule version takes over.

A record whose conditions change is dated anew by the database in that very transaction (`retention.series_sql`).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from celery import current_app
from django.db import connection, transaction

from access.context import acting_as, through_service
from access.selectors import class_for, service_actor
from audit.acts import Act
from audit.services import record
from leads.models import Lead
from retention.calendar import dates_under
from retention.models import ArchivePackage, Restatement, RetentionClock, Schedule
from retention.selectors import schedule_in_force
from retention.series_sql import DATING

if TYPE_CHECKING:
    from access.models import User

BATCH_RECORDS = 5_000  # a few tenths of a second
RESTATE = "retention.tasks.restate_clocks"


def start_clocks(kind: str, ids: list[int], now: datetime) -> None:
    """Give new leads their dates under the schedules in force; runs in the transaction that creates them (registry `births`)."""
    if kind != "lead" or not ids:
        return
    share_dating()
    schedule = schedule_in_force()
    leads = list(Lead.objects.filter(pk__in=ids).values_list("pk", "number", "record_created_on", "access_class__compartments"))
    classes = {marks: class_for(audience="records", compartments=marks) for marks in {tuple(marks) for *_, marks in leads}}
    RetentionClock.objects.bulk_create(
        _clock(number, lead_id, created_on, schedule, classes[tuple(marks)], now) for lead_id, number, created_on, marks in leads
    )
    with connection.cursor() as cursor:  # most new leads meet no condition and stay as they are
        cursor.execute("SELECT retention_restate(%s, %s)", [ids, now])


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


def hold_dates() -> bool:
    """Keep the days of all records as the schedules stand until this transaction ends; False while they are being dated anew."""
    share_dating()
    return not Restatement.objects.filter(finished_at=None).exists()


def share_dating() -> None:
    """Keep approvals of schedules out until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [DATING])


def ask_restatement(*, actor: User, schedule: Schedule, now: datetime) -> Restatement:
    """All records, live and sealed, are to be dated anew; the first batch is dated at once, workers do the others.

    Call in the transaction that changed what dates them, with `DATING` held.
    """
    with through_service(service_actor("retention")):
        asked = Restatement.objects.create(
            schedule=schedule,
            asked_by=actor,
            asked_at=now,
            records=RetentionClock.objects.count() + ArchivePackage.objects.count(),
        )
        while (more := restate_batch(asked, now=now)) and asked.seen < BATCH_RECORDS:
            continue
    if more:
        transaction.on_commit(lambda: current_app.send_task(RESTATE, kwargs={"actor": "svc-retention"}), robust=True)
    return asked


def restate_batch(asked: Restatement, *, now: datetime) -> bool:
    """Date the next records anew; False when that was the last batch. As the retention service; one call, one transaction.

    No run is removing records at this moment: the approval waited for the batches that were (`DATING`), and no other begins
    until the restatement is finished (`hold_dates`).
    """
    clocks = RetentionClock.objects.filter(pk__gt=asked.after_lead).order_by("pk")
    leads = list(clocks.values_list("pk", flat=True)[:BATCH_RECORDS])
    sealed = ArchivePackage.objects.filter(pk__gt=asked.after_package).order_by("pk") if not leads else ArchivePackage.objects.none()
    packages = list(sealed.values_list("pk", flat=True)[:BATCH_RECORDS])
    with connection.cursor() as cursor:
        if leads:
            cursor.execute("SELECT retention_restate(%s, %s)", [leads, now])
        else:
            cursor.execute("SELECT retention_restate_sealed(%s)", [packages])
        changed = int(cursor.fetchone()[0])
    asked.after_lead, asked.after_package = (leads or [asked.after_lead])[-1], (packages or [asked.after_package])[-1]
    asked.seen += len(leads) + len(packages)
    if not leads and not packages:
        asked.finished_at = now
    asked.save(update_fields=["after_lead", "after_package", "seen", "finished_at"])
    record(Act.RETENTION_DATED, object_kind="schedule", object_uuid=asked.schedule.uuid, payload={"clocks": changed})
    return asked.finished_at is None


def finish_restatement(*, now: datetime) -> int:
    """Date the rest of the records anew, batch after batch; returns how many were looked at. Kill it anywhere and run it again."""
    seen, more = 0, True
    while more:
        with acting_as(service_actor("retention")):
            asked = Restatement.objects.select_for_update(of=("self",)).select_related("schedule").filter(finished_at=None).first()
            if asked is None:
                return seen
            before = asked.seen
            more = restate_batch(asked, now=now)
            seen += asked.seen - before
    return seen
