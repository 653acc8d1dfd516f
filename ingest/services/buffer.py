"""The buffer: rows that flag nobody, found again by their keyed hashes, until they become facts or their time is over."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from django.db import connection

from foundation.copying import rows_by_keys
from ingest.sources.registry import SOURCES

GRACE_DAYS = 30  # that a row is here at least when it waits again: so long a person has to say whose it is
_WITH_KEYS = """
SELECT b.source_row_id FROM {wanted} CROSS JOIN LATERAL (
    SELECT b.source_row_id FROM ingest_bufferkey b WHERE b.key = wanted.key OFFSET 0) b
"""
# a row leaves together with its keys; the array of the row says which they are
_FORGET_KEYS = """
DELETE FROM ingest_bufferkey b
USING (SELECT id, unnest(identifier_keys) AS key FROM ingest_sourcerow WHERE id = ANY (%(rows)s)) gone
WHERE b.key = gone.key AND b.source_row_id = gone.id
"""

_ENTER = """
UPDATE ingest_sourcerow r SET state = 'buffered', identifier_keys = %(keys)s::int8[],
    buffered_until = greatest((e.as_of AT TIME ZONE 'UTC')::date + %(days)s, %(grace)s)
FROM ingest_extract e WHERE r.id = %(row)s AND e.id = coalesce(r.restated_in_id, r.extract_id)
"""


_FIND_AGAIN = """
INSERT INTO ingest_bufferkey (key, source_row_id, class_id)
SELECT unnest(identifier_keys), id, class_id FROM ingest_sourcerow WHERE id = ANY (%s) AND state = 'buffered'
ON CONFLICT DO NOTHING
"""


def buffered_with(keys: Sequence[int]) -> list[int]:
    """The ids of the buffered rows that hold any of these numbers (or coarse keys of name and birth date)."""
    return sorted({row[0] for row in rows_by_keys(_WITH_KEYS, keys)})


def leave_buffer(row_ids: Sequence[int], *, uncounted: AbstractSet[int] = frozenset()) -> None:
    """Buffered rows became facts; the counts of their extracts follow, except for rows that no count holds yet."""
    if not row_ids:
        return
    rows = {"rows": list(row_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_KEYS, rows)
        cursor.execute(
            "UPDATE ingest_sourcerow SET state = 'applied', buffered_until = NULL WHERE id = ANY (%(rows)s) AND state = 'buffered'", rows
        )
        cursor.execute(
            """
            UPDATE ingest_extract e SET rows_applied = rows_applied + moved.rows, rows_buffered = rows_buffered - moved.rows
            FROM (SELECT extract_id, count(*) AS rows FROM ingest_sourcerow WHERE id = ANY (%(rows)s) GROUP BY extract_id) moved
            WHERE e.id = moved.extract_id
            """,
            {"rows": [row_id for row_id in row_ids if row_id not in uncounted]},
        )


def enter_buffer(row_id: int, source: str, keys: Sequence[int], *, now: datetime) -> None:
    """A row that had become facts waits again under `keys`, for as long as if it had never left, but not less than `GRACE_DAYS`
    from `now`; its extract's counts follow."""
    row = {"row": row_id}
    grace = (now + timedelta(days=GRACE_DAYS)).date()
    held = list(dict.fromkeys(keys))
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, {"row": row_id, "keys": held, "days": SOURCES[source].buffer_days, "grace": grace})
        cursor.execute(
            """
            INSERT INTO ingest_bufferkey (key, source_row_id, class_id)
            SELECT unnest(identifier_keys), id, class_id FROM ingest_sourcerow WHERE id = %(row)s
            """,
            row,
        )
        cursor.execute(
            """
            UPDATE ingest_extract e SET rows_applied = rows_applied - 1, rows_buffered = rows_buffered + 1
            FROM ingest_sourcerow r WHERE r.id = %(row)s AND e.id = r.extract_id
            """,
            row,
        )


def remove_from_buffer(row_ids: Sequence[int]) -> int:
    """Delete buffered rows (taken back, or over); returns how many went."""
    if not row_ids:
        return 0
    rows = {"rows": list(row_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_KEYS, rows)
        cursor.execute("DELETE FROM ingest_sourcerow WHERE id = ANY (%(rows)s) AND state = 'buffered'", rows)
        return int(cursor.rowcount)


def put_behind(row_ids: Sequence[int]) -> None:
    """A newer row of their record waits or became facts: nothing finds these any more. They wait out their own time, in case
    the newer row is taken back (`find_again`)."""
    if row_ids:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET_KEYS, {"rows": list(row_ids)})


def find_again(row_ids: Sequence[int]) -> None:
    """The newer row is gone: these are found by their keys as before."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND_AGAIN, [list(row_ids)])


def take_back_buffered() -> int:
    """Delete the buffered rows that no extract states any more (`source_rows.unstate`); returns how many went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM ingest_sourcerow r JOIN unstated u ON u.id = r.id WHERE r.state = 'buffered' AND u.left_in IS NULL"
        )
        return remove_from_buffer([row[0] for row in cursor.fetchall()])


def hold_row(row_id: int) -> bool:
    """Lock one row for the rest of the transaction, so that its time does not end meanwhile; False when it has gone already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ingest_sourcerow WHERE id = %s FOR UPDATE", [row_id])
        return cursor.fetchone() is not None


def rows_over(now: datetime, most: int) -> list[int]:
    """Buffered rows whose last day is over on the day of `now`, locked for the rest of the transaction, at most `most`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM ingest_sourcerow WHERE state = 'buffered' AND buffered_until < %s LIMIT %s FOR UPDATE SKIP LOCKED",
            [now.date(), most],
        )
        return [row[0] for row in cursor.fetchall()]
