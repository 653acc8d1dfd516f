"""Records that their source no longer reports: a full extract that came later holds every record, and not this one.

Absence is no proof of anything: the record may have been merged, corrected or withdrawn. So nothing is deleted or taken
back; the link of the record says since when it is missing, its person is judged again, and a lead that rests on it gets a
stop sign. A delta says nothing of what it leaves out.

Since when a record is missing follows from what the extracts say and not from the order in which they came: it is the
as-of day of the first full extract after the last extract that stated the record. A row in quarantine states its record all
the same, also after it has expired there (`SourceRow.named_in`). A full extract with a row whose record cannot be read says
nothing of missing records until that row is repaired (`Extract.rows_unnamed`); an empty one says nothing at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Max

from ingest.models import Extract
from ingest.states import ExtractState
from subjects.services.lines import Line

_TELL = """
WITH full_ones AS MATERIALIZED (
    SELECT e.id, e.as_of FROM ingest_extract e
    WHERE e.source = %(source)s AND e.kind = 'full' AND e.state = 'applied' AND e.row_count > 0
      AND e.rows_unnamed = 0
), unusable AS MATERIALIZED (
    SELECT q.record_key, max(e.as_of) AS last_on
    FROM ingest_quarantinedrow q JOIN ingest_extract e ON e.id = q.extract_id
    WHERE e.source = %(source)s AND e.state <> 'unimported' AND q.outcome = '' AND q.record_key IS NOT NULL
    GROUP BY q.record_key
)
SELECT id, since_on FROM (
    SELECT l.id, l.unreported_since, (
        SELECT (min(f.as_of) AT TIME ZONE 'UTC')::date FROM full_ones f
        WHERE f.as_of > greatest(said.last_on, said.named_on, unusable.last_on)
    ) AS since_on
    FROM subjects_identitylink l
    CROSS JOIN LATERAL (
        SELECT max(e.as_of) AS last_on, max(named.as_of) AS named_on
        FROM ingest_sourcerow r
        JOIN ingest_extract e ON e.id = coalesce(r.restated_in_id, r.extract_id) AND e.state <> 'unimported'
        LEFT JOIN ingest_extract named ON named.id = r.named_in_id AND named.state <> 'unimported'
        WHERE r.source = l.source AND r.record_key = l.record_key
    ) said
    LEFT JOIN unusable ON unusable.record_key = l.record_key
    WHERE l.source = %(source)s AND l.closed_at IS NULL AND said.last_on IS NOT NULL AND {scope}
) stated WHERE unreported_since IS DISTINCT FROM since_on
"""  # record by record: a first load is judged before its tables have statistics, and a join planned without them never ends
_MARK = """
UPDATE subjects_identitylink l SET unreported_since = m.since_on FROM unnest(%s::bigint[], %s::date[]) AS m (id, since_on)
WHERE l.id = m.id RETURNING l.subject_id
"""
_TOUCH = "UPDATE subjects_subject SET touched_at = %s WHERE id = ANY (%s)"
_MISSING_NOW = "l.unreported_since IS NOT NULL"


def tell_after(extract: Extract, *, now: datetime) -> set[int]:
    """An extract was applied: what it says of missing records. Returns whose they are; these are judged again. The caller
    holds `one_writer`."""
    return _tell(extract.source, "TRUE" if extract.kind == "full" else _MISSING_NOW, now)


def tell_repaired(extract: Extract, named: int | None, record_key: int, *, now: datetime) -> set[int]:
    """A row of the extract left quarantine as the record `record_key`; before, it named the record `named`, or none.

    It speaks of these records alone, until the last row that named none is repaired: then its extract speaks of all. The caller
    holds `one_writer`.
    """
    if named is None and extract.kind == "full" and Extract.objects.filter(pk=extract.pk, rows_unnamed=0).exists():
        return _tell(extract.source, "TRUE", now)
    return _tell_keys(extract.source, {record_key} if named is None else {record_key, named}, now)


def tell_again(source: str, *, now: datetime) -> set[int]:
    """An extract of the source was taken back: the same for all records of the source."""
    return _tell(source, "TRUE", now)


def tell_of(lines: Sequence[Line], *, now: datetime) -> set[int]:
    """Rows that became somebody's just now, some of them older than a full extract without their record."""
    found: set[int] = set()
    newest = _newest_full({line.source for line in lines})
    for source, as_of in newest.items():
        late = {line.record_key for line in lines if line.source == source and line.as_of < as_of}
        if late:
            found |= _tell_keys(source, late, now)
    return found


def _tell_keys(source: str, keys: Collection[int], now: datetime) -> set[int]:
    return _tell(source, "l.record_key = ANY (%(keys)s)", now, keys=sorted(keys))


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
        changed = dict(cursor.fetchall())
        if not changed:
            return set()
        cursor.execute(_MARK, [list(changed), list(changed.values())])
        found = {row[0] for row in cursor.fetchall()}
        cursor.execute(_TOUCH, [now, sorted(found)])
    return found
