"""Applying parts of extracts. A worker asks for the next part; what to do stands in the database, not in a message."""

from __future__ import annotations

from datetime import datetime

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from foundation.collection import collection_paused
from ingest.models import ExtractPart
from ingest.services.parts import Counts, checked_part, claim_part, finish_part
from ingest.services.quarantine import quarantine
from ingest.sources.base import RejectedRow
from ingest.sources.outline import OutlinedRow
from subjects.services.absence import tell_after
from subjects.services.lines import Line, new_lines
from subjects.services.settle import Settled, settle


def apply_next_part(*, now: datetime) -> bool:
    """Apply the next part that nobody else works on, in one transaction; False when there is none.

    A worker killed anywhere within leaves everything as it was, and the next one takes the part again.
    """
    actor = service_actor("ingest")
    with collection_paused(), acting_as(actor):
        part = claim_part()
        if part is None:
            return False
        lines, rejected = read_part(part)
        settled = settle(lines, actor=actor, now=now)
        close_part(part, settled, rejected, now)
    return True


def read_part(part: ExtractPart) -> tuple[list[Line], list[RejectedRow]]:
    """The rows of a part as lines under work, and those that cannot be used. The long half of the work, without locks."""
    rows = checked_part(part)
    good = [row for row in rows if isinstance(row, OutlinedRow)]
    return new_lines(part.extract, good), [row for row in rows if isinstance(row, RejectedRow)]


def close_part(part: ExtractPart, settled: Settled, rejected: list[RejectedRow], now: datetime) -> None:
    """Keep what was rejected, note the event, and count; with the last part, see which records the extract no longer has."""
    unnamed = quarantine(part.extract, rejected)
    figures = {"part": part.number, "subjects": settled.subjects_created, "facts": settled.facts_added, "promoted": settled.promoted}
    record(Act.SUBJECTS_LINKED, object_kind="extract", object_uuid=part.extract.uuid, payload=figures)
    counts = settled.counts
    if finish_part(part, Counts(counts.applied, counts.unchanged, counts.buffered, len(rejected), unnamed), now):
        tell_after(part.extract, now=now)
