"""Carrying out runs: batch after batch until none waits, then the certificate. Kill it anywhere and run it again."""

from __future__ import annotations

import uuid
from datetime import datetime

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from retention.models import Disposition, DispositionItem
from retention.removal.archive import archive_batch
from retention.removal.destroy import destroy_batch, remove_files
from retention.services.certificates import issue_certificate
from retention.services.runs import log_size
from retention.states import RUN_MOVES, ItemOutcome, RunState

BATCH = {Disposition.Kind.ARCHIVE: archive_batch, Disposition.Kind.DESTROY: destroy_batch}


def execute_run(run_id: int, *, now: datetime) -> int:
    """Work a running run to its end; returns how many records left its list. Several workers may do it at once."""
    done = 0
    while moved := _next_batch(run_id, now=now):
        done += moved
    return done


def _next_batch(run_id: int, *, now: datetime) -> int:
    with acting_as(service_actor("retention")):
        run = Disposition.objects.get(pk=run_id)
        moved = BATCH[Disposition.Kind(run.kind)](run, now=now) if run.state == RunState.RUNNING else 0
    with acting_as(service_actor("retention")):
        removed = remove_files(run, now=now)
    if moved or removed:
        return moved or removed
    with acting_as(service_actor("retention")):
        finish_run(run, now=now)
    return 0


def finish_run(run: Disposition, *, now: datetime) -> bool:
    """Close a run whose every record has an outcome and whose files are gone, and issue its certificate.

    False while another worker still holds records, or when the run is not running.
    """
    run = Disposition.objects.select_for_update(of=("self",)).get(pk=run.pk)
    items = DispositionItem.objects.filter(disposition=run)
    waits = items.filter(outcome=ItemOutcome.PENDING).exists() or items.exclude(file_name="").exists()
    if run.state != RunState.RUNNING or waits:
        return False
    run.state = RUN_MOVES.move(action="finish", source=run.state).target
    run.finished_at, run.log_size_after = now, log_size()
    run.save(update_fields=["state", "finished_at", "log_size_after"])
    identity = uuid.uuid4()
    event = record(Act.DISPOSITION, object_kind="run", object_uuid=run.uuid, fields=["finished"], results=[identity])
    issue_certificate(run, identity=identity, event=event, now=now)
    return True


def running_runs() -> list[int]:
    """Runs that wait for workers, oldest first."""
    with acting_as(service_actor("retention")):
        return list(Disposition.objects.filter(state=RunState.RUNNING).order_by("pk").values_list("pk", flat=True))
