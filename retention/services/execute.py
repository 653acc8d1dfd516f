"""Carrying out runs: batch after batch until none waits, then the certificate. Kill it anywhere and run it again."""

from __future__ import annotations

import time
import uuid
from datetime import datetime

from django.conf import settings

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from retention.models import Disposition, DispositionItem
from retention.removal import ledger
from retention.removal.archive import archive_batch
from retention.removal.destroy import database_now, destroy_batch, remove_files
from retention.removal.pace import Pace
from retention.services.certificates import issue_certificate
from retention.services.clocks import finish_restatement, hold_dates
from retention.services.gathering import finish_gathering, is_gathering
from retention.services.runs import log_size
from retention.services.schedules import require_no_fiction
from retention.states import RUN_MOVES, ItemOutcome, RunState
from subjects.search.services import forget_tokens

BATCH = {Disposition.Kind.ARCHIVE: archive_batch, Disposition.Kind.DESTROY: destroy_batch}


def usual_pace() -> Pace:
    """Batches whose locks stay well below half a second."""
    return Pace(goal_seconds=settings.DISPOSITION_BATCH_SECONDS, most=settings.DISPOSITION_BATCH_RECORDS)


def execute_run(run_id: int, *, now: datetime, pace: Pace | None = None) -> int:
    """Work a running run to its end; returns how many records left its list. Several workers may do it at once.

    `pace` says how large batches are, and afterwards how long the longest of them held its locks. Raises `Conflict` when the
    run's authority is fictional and this is no demonstration.
    """
    pace = pace or usual_pace()
    done = 0
    while (moved := _next_batch(run_id, pace, now=now)) is not None:
        done += moved
    return done


def _next_batch(run_id: int, pace: Pace, *, now: datetime) -> int | None:
    """How many records left the list; None when the run is over."""
    began = time.monotonic()
    with acting_as(service_actor("retention")):
        settled = hold_dates() and not is_gathering()
        run = Disposition.objects.select_related("schedule").get(pk=run_id)
        if run.state != RunState.RUNNING:
            return None
        require_no_fiction(run.schedule)
        moved = BATCH[Disposition.Kind(run.kind)](run, now=now, most=pace.records) if settled else 0
    if not settled:
        finish_restatement(now=now)
        finish_gathering(now=now)
        return 0
    pace.took(moved, time.monotonic() - began)
    removed = _remove_files(run)
    if moved or removed:
        return moved
    with acting_as(service_actor("retention")):
        forget_tokens()  # what search knew of the names that left
    with acting_as(service_actor("retention")):
        finished = finish_run(run)
    if not finished:
        _outwait_others(run)
    return None if finished else 0


def _remove_files(run: Disposition) -> int:
    if run.kind != Disposition.Kind.DESTROY:
        return 0
    with acting_as(service_actor("retention")):
        return remove_files(run)


def _outwait_others(run: Disposition) -> None:
    """Every waiting record is in somebody's hand, another worker's or a hold's that is being placed: wait until one is free.

    In a transaction of its own: whoever holds the record may be about to ask for the run.
    """
    with acting_as(service_actor("retention")):
        DispositionItem.objects.select_for_update().filter(disposition=run, outcome=ItemOutcome.PENDING).order_by("position").first()


def finish_run(run: Disposition) -> bool:
    """Close a run whose every record has an outcome and whose files are gone, and issue its certificate.

    When that was is told by the clock that told when keys and files went: a worker that began an hour ago would sign that the run
    was finished before its last record was destroyed. False while another worker still holds records, or when the run is not running.
    """
    run = Disposition.objects.select_for_update(of=("self",)).get(pk=run.pk)
    items = DispositionItem.objects.filter(disposition=run)
    waits = items.filter(outcome=ItemOutcome.PENDING).exists() or items.exclude(file_name="").exists()
    if run.state != RunState.RUNNING or waits:
        return False
    if run.kind == Disposition.Kind.DESTROY:
        ledger.take_back(run, set(items.exclude(outcome=ItemOutcome.DESTROYED).values_list("lead_uuid", flat=True)))
    run.state = RUN_MOVES.move(action="finish", source=run.state).target
    run.finished_at, run.log_size_after = database_now(), log_size()
    run.save(update_fields=["state", "finished_at", "log_size_after"])
    identity = uuid.uuid4()
    event = record(Act.DISPOSITION, object_kind="run", object_uuid=run.uuid, fields=["finished"], results=[identity])
    issue_certificate(run, identity=identity, event=event, now=run.finished_at)
    return True


def running_runs() -> list[int]:
    """Runs that wait for workers, oldest first."""
    with acting_as(service_actor("retention")):
        return list(Disposition.objects.filter(state=RunState.RUNNING).order_by("pk").values_list("pk", flat=True))
