"""A live hold finds its records batch by batch, so that one on everything keeps nobody waiting. Kill it anywhere and run it again.

From the moment the hold is placed no record is removed until it has found them all: the database refuses, and workers that
carry out runs do this first. What the litigation of a hold changes of a record's days is changed in the same batch.
"""

from __future__ import annotations

import time
from datetime import datetime

from celery import current_app
from django.db import transaction

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from leads.models import Lead
from retention.hold_query import HoldQuery
from retention.models import ArchivePackage, DispositionItem, Hold, RetentionClock
from retention.removal.holding import Among, hold_matching
from retention.services.clocks import share_dating
from retention.states import OPEN_RUNS, ItemOutcome

BATCH_RECORDS = 5_000  # a few tenths of a second when all of them match
AT_ONCE_SECONDS = 1.0  # that the person who places a hold waits; workers find the others
GATHER = "retention.tasks.gather_holds"


def begin_gathering(hold: Hold, query: HoldQuery, *, now: datetime) -> None:
    """The first records of a hold that was just placed: what open runs list, and batches for a second; workers do the rest.

    Call as the retention service, in the transaction that places the hold.
    """
    hold.records = RetentionClock.objects.count() + ArchivePackage.objects.count()
    hold.save(update_fields=["records"])
    listed = DispositionItem.objects.filter(outcome=ItemOutcome.PENDING, disposition__state__in=OPEN_RUNS)
    hold_matching(hold, query, now=now, among=Among(leads=list(listed.values_list("lead_uuid", flat=True))))
    enough = time.monotonic() + AT_ONCE_SECONDS
    while (more := gather_batch(hold, now=now)) and time.monotonic() < enough:
        continue
    if more:
        transaction.on_commit(lambda: current_app.send_task(GATHER, kwargs={"actor": "svc-retention"}), robust=True)


def gather_batch(hold: Hold, *, now: datetime) -> bool:
    """Ask the next records; False when there were none left. As the retention service; one call, one transaction.

    Records that are born meanwhile are held by the transaction that creates them.
    """
    share_dating()  # before any record is locked
    rows = list(Lead.objects.filter(pk__gt=hold.after_lead).order_by("pk").values_list("pk", flat=True)[:BATCH_RECORDS])
    if rows:
        among, hold.after_lead = Among(live=(hold.after_lead, rows[-1])), rows[-1]
    else:
        sealed = ArchivePackage.objects.filter(pk__gt=hold.after_package).order_by("pk")
        rows = list(sealed.values_list("pk", flat=True)[:BATCH_RECORDS])
        among, hold.after_package = Among(sealed=(hold.after_package, rows[-1] if rows else 0)), rows[-1] if rows else 0
    if rows:
        hold_matching(hold, HoldQuery.from_json(hold.query or {}), now=hold.placed_at, among=among)
    else:
        hold.gathered_at = now
        record(Act.HOLD_PLACED, object_kind="hold", object_uuid=hold.uuid, fields=["gathered"])
    hold.seen += len(rows)
    hold.save(update_fields=["seen", "after_lead", "after_package", "gathered_at"])
    return bool(rows)


def finish_gathering(*, now: datetime) -> int:
    """Find the records of every hold that has not found all of them yet; returns how many were looked at."""
    seen, more = 0, True
    while more:
        with acting_as(service_actor("retention")):
            waiting = Hold.objects.select_for_update(of=("self",)).filter(gathered_at=None, released_at=None)
            hold = waiting.order_by("pk").first()
            more = hold is not None
            if hold is not None:
                before = hold.seen
                gather_batch(hold, now=now)
                seen += hold.seen - before
    return seen


def is_gathering() -> bool:
    """Whether a live hold is still finding its records: until it has, no run is carried on."""
    return Hold.objects.filter(gathered_at=None, released_at=None).exists()
