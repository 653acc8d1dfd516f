"""The parts of extracts under work: which is next, its rows checked, and its counts when it is done.

The stage above applies a part; everything about it happens in the transaction that claimed it, so a worker killed
anywhere leaves the part as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, Sum

from audit.acts import Act
from audit.services import record
from ingest.drops import RawRow
from ingest.models import Extract, ExtractPart
from ingest.services import store
from ingest.services.moves import move_extract
from ingest.sources.base import RejectedRow, Source
from ingest.sources.batch import check_rows
from ingest.sources.outline import OutlinedRow
from ingest.sources.registry import SOURCES
from ingest.states import ExtractState, PartState

# Extracts of one source are applied in the order of their as-of times; one that somebody wants applied but that is not
# checked yet keeps its place.
NEXT_PART = """
SELECT p.id
FROM ingest_extractpart p JOIN ingest_extract e ON e.id = p.extract_id
WHERE e.state = 'applying' AND p.state <> 'applied'
  AND NOT EXISTS (
      SELECT 1 FROM ingest_extract earlier
      WHERE earlier.source = e.source AND (earlier.as_of, earlier.id) < (e.as_of, e.id)
        AND (earlier.state = 'applying' OR (earlier.wanted = 'apply' AND earlier.state IN ('received', 'staged', 'checked'))))
ORDER BY e.as_of, e.id, p.number
LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of a part, or of a row that was repaired."""

    applied: int = 0
    unchanged: int = 0
    buffered: int = 0
    quarantined: int = 0
    unnamed: int = 0  # of the quarantined, those whose record cannot be read


def claim_part() -> ExtractPart | None:
    """Lock the next part that no other worker holds, for the rest of the transaction; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_PART + "FOR UPDATE OF p SKIP LOCKED")
        row = cursor.fetchone()
    return None if row is None else ExtractPart.objects.select_related("extract").get(pk=row[0])


def part_waits() -> bool:
    """Whether any part may be worked on now (it may be locked by a worker already)."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_PART)
        return cursor.fetchone() is not None


def claim_parts_of(extract: Extract) -> list[ExtractPart]:
    """All parts of an extract, locked for the rest of the transaction."""
    return list(ExtractPart.objects.select_for_update(of=("self",)).select_related("extract").filter(extract=extract).order_by("number"))


def checked_part(part: ExtractPart) -> list[OutlinedRow | RejectedRow]:
    """The rows of a part: each checked against its contract and outlined, or rejected with every reason."""
    extract = part.extract
    return checked(SOURCES[extract.source], store.read_part(extract, part.number), extract.as_of)


def checked(source: Source, rows: list[RawRow], as_of: datetime) -> list[OutlinedRow | RejectedRow]:
    """Raw rows against the contract of their source; `as_of` is the extract's."""
    return check_rows(source, rows, as_of)


def finish_part(part: ExtractPart, counts: Counts, now: datetime) -> bool:
    """Write the counts of a part, and close its extract when it was the last one; returns whether it was."""
    ExtractPart.objects.filter(pk=part.pk).update(
        state=PartState.APPLIED,
        rows_applied=counts.applied,
        rows_unchanged=counts.unchanged,
        rows_buffered=counts.buffered,
        rows_quarantined=counts.quarantined,
    )
    add_counts(part.extract, counts)
    if ExtractPart.objects.filter(extract=part.extract).exclude(state=PartState.APPLIED).exists():
        return False
    move_extract(part.extract, ExtractState.APPLIED, applied_at=now, wanted="", wanted_by=None, wanted_at=None)
    totals = ExtractPart.objects.filter(extract=part.extract).aggregate(
        applied=Sum("rows_applied"), unchanged=Sum("rows_unchanged"), buffered=Sum("rows_buffered"), quarantined=Sum("rows_quarantined")
    )
    record(Act.EXTRACT_APPLIED, object_kind="extract", object_uuid=part.extract.uuid, payload=totals)
    return True


def add_counts(extract: Extract, counts: Counts) -> None:
    """Add to (or, with negative numbers, take from) what an extract says became of its rows."""
    Extract.objects.filter(pk=extract.pk).update(
        rows_applied=F("rows_applied") + counts.applied,
        rows_unchanged=F("rows_unchanged") + counts.unchanged,
        rows_buffered=F("rows_buffered") + counts.buffered,
        rows_quarantined=F("rows_quarantined") + counts.quarantined,
        rows_unnamed=F("rows_unnamed") + counts.unnamed,
    )
