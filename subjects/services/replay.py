"""Rows that a person has repaired go the way of every other row of their extract."""

from __future__ import annotations

from datetime import datetime

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from ingest.drops import split_text
from ingest.models import QuarantinedRow
from ingest.services.parts import checked
from ingest.services.quarantine import leave_quarantine, next_repaired, raw_text
from ingest.sources.outline import OutlinedRow
from ingest.sources.registry import SOURCES
from ingest.states import RowState
from subjects.services.absence import tell_repaired
from subjects.services.lines import new_lines
from subjects.services.settle import settle


def replay_next(*, now: datetime) -> bool:
    """Apply one repaired row in a transaction of its own; False when none waits."""
    actor = service_actor("ingest")
    with acting_as(actor):
        row = next_repaired()
        if row is None:
            return False
        (line,) = new_lines(row.extract, [_checked(row)])
        settled = settle([line], actor=actor, now=now)
        outcome = RowState.APPLIED if settled.counts.applied else RowState.BUFFERED if settled.counts.buffered else RowState.UNCHANGED
        leave_quarantine(row, outcome)
        tell_repaired(row.extract, row.record_key, line.record_key, now=now)
        record(Act.ROW_REPLAYED, object_kind="quarantined_row", object_uuid=row.uuid, payload={"outcome": outcome.label})
    return True


def _checked(row: QuarantinedRow) -> OutlinedRow:
    """The repaired row, outlined; `repair` has checked it against this very contract."""
    (found,) = checked(SOURCES[row.extract.source], [split_text(0, row.line, raw_text(row))], row.extract.as_of)
    if not isinstance(found, OutlinedRow):
        message = "a repaired row does not pass the contract that accepted it"
        raise TypeError(message)
    return found
