"""The stated lives of what is not a record: buffered rows, quarantined rows, drop files. Counts stay, rows go (design 4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from audit.acts import Act
from audit.services import record
from ingest.models import Extract, PreviewedRow, QuarantinedRow
from ingest.services import store
from ingest.services.buffer import remove_from_buffer, rows_over
from ingest.services.previewed import forget_previewed
from ingest.services.receive import refuse
from ingest.states import ExtractState

BATCH_ROWS = 10_000
_STAY_NAMED = """
UPDATE ingest_sourcerow r SET named_in_id = newest.extract_id
FROM (SELECT DISTINCT ON (e.source, q.record_key) e.source, q.record_key, e.id AS extract_id, e.as_of
      FROM ingest_quarantinedrow q JOIN ingest_extract e ON e.id = q.extract_id
      WHERE q.recorded_at < %s AND q.outcome = '' AND q.record_key IS NOT NULL AND e.state <> 'unimported'
      ORDER BY e.source, q.record_key, e.as_of DESC, e.id DESC) newest
WHERE r.source = newest.source AND r.record_key = newest.record_key
  AND NOT EXISTS (SELECT 1 FROM ingest_extract kept
                  WHERE kept.id = r.named_in_id AND kept.as_of > newest.as_of AND kept.state <> 'unimported')
"""


@transaction.atomic
def expire_buffer(*, now: datetime) -> int:
    """Delete buffered rows whose last day is over, at most `BATCH_ROWS` a call; returns how many went."""
    gone = remove_from_buffer(rows_over(now, BATCH_ROWS))
    if gone:
        record(Act.ROWS_EXPIRED, object_kind="buffer", payload={"rows": gone})
    return gone


@transaction.atomic
def expire_quarantine(*, now: datetime) -> int:
    """Delete quarantined rows older than `QUARANTINE_DAYS`, and previews of that age; returns how many of the first went.

    That an extract stated a record, if only badly, stays with the record's own rows; of records that are not here nothing does.
    """
    before = now - timedelta(days=settings.QUARANTINE_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_STAY_NAMED, [before])
    gone, _ = QuarantinedRow.objects.filter(recorded_at__lt=before).delete()
    PreviewedRow.objects.filter(recorded_at__lt=before).delete()
    if gone:
        record(Act.ROWS_EXPIRED, object_kind="quarantine", payload={"rows": gone})
    return gone


@transaction.atomic
def expire_unused(*, now: datetime) -> int:
    """Discard checked extracts that nobody applied within `UNUSED_DROP_DAYS` of their receipt; returns how many."""
    before = now - timedelta(days=settings.UNUSED_DROP_DAYS)
    unused = Extract.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=ExtractState.CHECKED, wanted="", received_at__lt=before
    )
    found = list(unused)
    for extract in found:
        forget_previewed(extract)
        refuse(extract, f"Nobody applied it within {settings.UNUSED_DROP_DAYS} days; its rows were thrown away. It can be received again.")
    return len(found)


@transaction.atomic
def expire_drop_files(*, now: datetime) -> int:
    """Remove the sealed parts of extracts that need them no more, and files that no extract knows; returns how many.

    Parts are needed until an extract is applied and kept `DROP_FILE_DAYS` longer, so that an operator can look; those of an
    extract that nobody applies go with `expire_unused`.
    """
    before = now - timedelta(days=settings.DROP_FILE_DAYS)
    lasting = set(
        Extract.objects.exclude(state__in=[ExtractState.REFUSED, ExtractState.UNIMPORTED])
        .exclude(state=ExtractState.APPLIED, applied_at__lt=before)
        .values_list("file_name", flat=True)
    )
    gone = [name for name in store.names_in_store() if name not in lasting and store.is_older(name, before)]
    for name in gone:
        store.forget(name)
    if gone:
        record(Act.ROWS_EXPIRED, object_kind="drop files", payload={"files": len(gone)})
    return len(gone)
