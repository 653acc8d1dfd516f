"""Records that their source no longer reports: a full extract that came later holds every record, and not this one.

Absence is no proof of anything: the record may have been merged, corrected or withdrawn. So nothing is deleted or taken
back; the link of the record says since when it is missing, its person is judged again, and a lead that rests on it gets a
stop sign. A delta says nothing of what it leaves out.

Since when a record is missing follows from what the extracts say and not from the order in which they came: it is the
as-of day of the first full extract after the last extract that stated the record. A full extract with rows in quarantine
speaks of the other records only where each such row still names its record; an empty one speaks of none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Max

from foundation.copying import wanted_keys
from ingest.models import Extract
from ingest.states import ExtractState
from subjects.services.lines import Line

_TELL = """
WITH full_ones AS MATERIALIZED (
    SELECT e.id, e.as_of FROM ingest_extract e
    WHERE e.source = %(source)s AND e.kind = 'full' AND e.state = 'applied' AND e.row_count > 0
      AND e.rows_quarantined = (SELECT count(*) FROM ingest_quarantinedrow q
                                WHERE q.extract_id = e.id AND q.outcome = '' AND q.record_key IS NOT NULL)
), stated AS (
    SELECT l.id, l.record_key, max(e.as_of) AS last_on
    FROM subjects_identitylink l
    JOIN ingest_sourcerow r ON r.source = l.source AND r.record_key = l.record_key
    JOIN ingest_extract e ON e.id = coalesce(r.restated_in_id, r.extract_id) AND e.state <> 'unimported'
    WHERE l.source = %(source)s AND l.closed_at IS NULL AND {scope}
    GROUP BY l.id, l.record_key
), missing AS (
    SELECT s.id, (
        SELECT (min(f.as_of) AT TIME ZONE 'UTC')::date FROM full_ones f
        WHERE f.as_of > s.last_on
          AND NOT EXISTS (SELECT 1 FROM ingest_quarantinedrow q WHERE q.extract_id = f.id AND q.record_key = s.record_key)
    ) AS since_on FROM stated s
)
UPDATE subjects_identitylink l SET unreported_since = m.since_on FROM missing m
WHERE l.id = m.id AND l.unreported_since IS DISTINCT FROM m.since_on
RETURNING l.subject_id
"""
_TOUCH = "UPDATE subjects_subject SET touched_at = %s WHERE id = ANY (%s)"
_MISSING_NOW = "l.unreported_since IS NOT NULL"


def tell_after(extract: Extract, *, now: datetime) -> set[int]:
    """An extract was applied, or a row of it repaired: what it says of missing records. Returns whose they are; these are
    judged again. The caller holds `one_writer`."""
    return _tell(extract.source, "TRUE" if extract.kind == "full" else _MISSING_NOW, now)


def tell_again(source: str, *, now: datetime) -> set[int]:
    """An extract of the source was taken back: the same for all records of the source."""
    return _tell(source, "TRUE", now)


def tell_of(lines: Sequence[Line], *, now: datetime) -> set[int]:
    """Rows that became somebody's just now, some of them older than a full extract without their record."""
    found: set[int] = set()
    newest = _newest_full({line.source for line in lines})
    for source, as_of in newest.items():
        late = sorted({line.record_key for line in lines if line.source == source and line.as_of < as_of})
        if late:
            fragment, parameters = wanted_keys(late)
            scope = f"l.record_key IN (SELECT key FROM {fragment.replace('%s', '%(keys)s')})"  # noqa: S608  # words of ours
            found |= _tell(source, scope, now, keys=parameters[0] if parameters else [])
    return found


def _newest_full(sources: set[str]) -> dict[str, datetime]:
    if not sources:
        return {}
    full = Extract.objects.filter(source__in=sources, kind="full", state=ExtractState.APPLIED)
    return dict(full.order_by().values_list("source").annotate(Max("as_of")))


def _tell(source: str, scope: str, now: datetime, *, keys: Sequence[int] = ()) -> set[int]:
    if not _newest_full({source}) and scope != "TRUE":
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_TELL.replace("{scope}", scope), {"source": source, "keys": list(keys)})
        found = {row[0] for row in cursor.fetchall()}
        if found:
            cursor.execute(_TOUCH, [now, sorted(found)])
    return found
