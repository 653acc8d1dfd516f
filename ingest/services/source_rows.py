"""Source rows in the database: sealed under their extract's key, found again by keyed hashes, in the buffer or as facts."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import chain, repeat
from typing import Any

from django.db import connection

from audit.keys import existing_key, indexer
from foundation.copying import copy_encoded, rows_by_keys
from foundation.crypto import Sealer, unseal
from ingest.drops import printable
from ingest.states import RowState

ROW_CONTEXT = b"source row"
STATEMENTS_KEPT = 60  # of one row, beside the newest: a row that came every day stands where its last two months are taken back


@dataclass(slots=True)
class NewRow:
    """A source row about to be stored; `id` was drawn with `next_row_ids`."""

    id: int
    extract_id: int
    line: int
    source: str
    class_id: int
    record_key: int
    content_key: int
    keys: list[int]
    sealed: bytes
    state: RowState
    buffered_until: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest row that is here of one record: what a further row of the record is compared with."""

    id: int
    content_key: int
    state: str
    as_of: datetime
    extract_id: int
    line: int


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A stored row read back."""

    id: int
    extract_id: int
    extract_uuid: uuid.UUID
    line: int
    source: str
    record_key: int
    content_key: int
    as_of: datetime
    text: str


def record_key(source: str, key: str) -> int:
    """The keyed hash of a source's own key of a record."""
    return indexer().index(f"record:{source}", key)


def record_keys(source: str) -> Callable[[str], int]:
    """`record_key` of one source, for many records."""
    return indexer().of_kind(f"record:{source}")


def content_keys(source: str) -> Callable[[str], int]:
    """The keyed hash of a whole row of a source: an equal row of the same record says nothing new."""
    return indexer().of_kind(f"row:{source}")


def seal_row(sealer: Sealer, text: str) -> bytes:
    """One row's text, sealed under its extract's key."""
    return sealer.seal(printable(text).encode(), ROW_CONTEXT)


def next_row_ids(count: int) -> list[int]:
    """Ids for rows that are written later in this transaction, so that facts can name them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH own AS MATERIALIZED (SELECT pg_get_serial_sequence('ingest_sourcerow', 'id')::regclass AS sequence) "
            "SELECT nextval(own.sequence) FROM own, generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def standing_rows(source: str, record_keys: Sequence[int]) -> dict[int, Standing]:
    """The newest row of each record, whether fact or buffer; rows of un-imported extracts do not count."""
    return {row[0]: Standing(*row[1:]) for row in rows_by_keys(_STANDING, record_keys, [source])}


def store_rows(rows: Iterable[NewRow]) -> None:
    """Write new source rows of one extract in one go; the buffered ones can be found by their keys from then on."""
    copy_encoded("new_source_rows", _NEW_COLUMNS, map(_encoded, rows))
    _execute(_STORE)
    _execute(_STORE_KEYS)


_STANDING = """
SELECT DISTINCT ON (r.record_key) r.record_key, r.id, r.content_key, r.state, e.as_of, r.extract_id, r.line
FROM {wanted} CROSS JOIN LATERAL (
    SELECT * FROM ingest_sourcerow r WHERE r.source = %s AND r.record_key = wanted.key OFFSET 0) r
JOIN ingest_extract e ON e.id = coalesce(r.restated_in_id, r.extract_id)
WHERE e.state <> 'unimported'
ORDER BY r.record_key, e.as_of DESC, e.id DESC, r.line DESC
"""
_NEW_COLUMNS = (
    ("id", "int8"),
    ("extract_id", "int8"),
    ("line", "int8"),
    ("class_id", "int8"),
    ("record_key", "int8"),
    ("content_key", "int8"),
    ("buffered_until", "int4"),  # days since 1 January 2000, as the database counts them; NULL: the row became facts
    ("source", "text"),
    ("identifier_keys", "int8[]"),
    ("sealed", "bytea"),
)
_STORE = """
INSERT INTO ingest_sourcerow
    (id, extract_id, line, class_id, record_key, content_key, source, identifier_keys, sealed, state, buffered_until)
SELECT id, extract_id, line, class_id, record_key, content_key, source, identifier_keys, sealed,
    CASE WHEN buffered_until IS NULL THEN 'applied' ELSE 'buffered' END, date '2000-01-01' + buffered_until
FROM new_source_rows
"""
# in the order of the keys: the index takes neighbors together
_STORE_KEYS = """
INSERT INTO ingest_bufferkey (key, source_row_id, class_id)
SELECT unnest(identifier_keys) AS key, id, class_id FROM new_source_rows WHERE buffered_until IS NOT NULL ORDER BY key
"""
_REMARK = """
WITH said AS (
    UPDATE ingest_sourcerow r SET remarks = n.remarks FROM unnest(%s::int8[], %s::text[]) AS n (id, remarks)
    WHERE r.id = n.id AND r.remarks = '' RETURNING r.extract_id
)
UPDATE ingest_extract e SET rows_remarked = rows_remarked + counted.rows
FROM (SELECT extract_id, count(*) AS rows FROM said GROUP BY extract_id) counted WHERE e.id = counted.extract_id
"""
_UNSTATED = """
CREATE TEMPORARY TABLE unstated ON COMMIT DROP AS
SELECT r.id, r.source, r.record_key, (
    SELECT e.id FROM ingest_extract e
    WHERE e.id = ANY (r.restated_before || r.restated_in_id || r.extract_id) AND e.state <> 'unimported'
    ORDER BY e.as_of DESC, e.id DESC LIMIT 1) AS left_in
FROM ingest_sourcerow r
WHERE r.source = %(source)s AND (r.extract_id = %(extract)s OR r.restated_in_id = %(extract)s OR %(extract)s = ANY (r.restated_before))
"""
_STATED_STILL = """
UPDATE ingest_sourcerow r SET restated_in_id = nullif(u.left_in, r.extract_id),
    restated_before = array_remove(array_remove(array_remove(r.restated_before || r.restated_in_id, %(extract)s), u.left_in), NULL)
FROM unstated u WHERE r.id = u.id
"""
_DAY_ZERO = date(2000, 1, 1).toordinal()


def _encoded(row: NewRow) -> bytes:
    """The row as COPY wants it in binary: each field led by its length; an array of int8 (type 20) by its shape."""
    keys = list(dict.fromkeys(row.keys))
    count, source = len(keys), row.source.encode()
    head = (10, 8, row.id, 8, row.extract_id, 8, row.line, 8, row.class_id, 8, row.record_key, 8, row.content_key)
    day = (-1,) if row.buffered_until is None else (4, row.buffered_until.toordinal() - _DAY_ZERO)
    shape = (20 + 12 * count, 1, 0, 20, count, 1) if keys else (12, 0, 0, 20)
    pack = _layout(len(day), len(source), count)
    sized = chain.from_iterable(zip(repeat(8), keys))  # repeat ends never
    return pack(*head, *day, len(source), source, *shape, *sized, len(row.sealed)) + row.sealed


@cache
def _layout(day: int, source: int, keys: int) -> Callable[..., bytes]:
    """What packs the fields before the sealed text, for so many fields of a day, characters of a source and keys."""
    array = "6i" + "iq" * keys if keys else "4i"
    return struct.Struct(f">hiqiqiqiqiqiq{day}ii{source}s{array}i").pack


def restate(row_ids: Sequence[int], extract_id: int, buffered_until: date) -> None:
    """An extract stated these very rows again: they live on, the buffered ones as long as if they had come with it."""
    _execute(
        """
        UPDATE ingest_sourcerow SET restated_in_id = %s,
            restated_before = CASE WHEN restated_in_id IS NULL THEN restated_before
                ELSE (array_append(restated_before, restated_in_id))[greatest(1, cardinality(restated_before) - %s):] END,
            buffered_until = CASE WHEN state = 'buffered' THEN greatest(buffered_until, %s) END
        WHERE id = ANY (%s)
        """,
        [extract_id, STATEMENTS_KEPT - 2, buffered_until, list(row_ids)],
    )


def restated_late(row_ids: Sequence[int], extract_id: int) -> None:
    """An extract that is older than the one that stated these rows last stated them too."""
    _execute(
        "UPDATE ingest_sourcerow SET restated_before = array_append(restated_before, %s) WHERE id = ANY (%s)", [extract_id, list(row_ids)]
    )


def unstate(source: str, extract_id: int) -> None:
    """An extract counts no more: each row that it stated is of the newest extract that is left. One temporary table, `unstated`,
    says which rows these are (`id`, `source`, `record_key`), and which extract states each now (`left_in`, NULL: none)."""
    _execute("DROP TABLE IF EXISTS pg_temp.unstated")
    _execute(_UNSTATED, {"source": source, "extract": extract_id})
    _execute(_STATED_STILL, {"extract": extract_id})


def remark(remarks: Mapping[int, Sequence[str]]) -> None:
    """Keep what could not be read in rows that became facts, a line each, and count these rows with their extracts."""
    if not remarks:
        return
    _execute(_REMARK, [list(remarks), ["\n".join(dict.fromkeys(notes)) for notes in remarks.values()]])


def kept_rows(row_ids: Sequence[int]) -> list[KeptRow]:
    """Stored rows by id."""
    key_of = lru_cache(maxsize=512)(existing_key)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, r.extract_id, e.uuid, r.line, r.source, r.record_key, r.content_key, e.as_of, r.sealed
            FROM ingest_sourcerow r JOIN ingest_extract e ON e.id = r.extract_id
            WHERE r.id = ANY (%s) ORDER BY e.as_of, e.id, r.line
            """,
            [list(row_ids)],
        )
        found = cursor.fetchall()
    return [
        KeptRow(
            id=row[0],
            extract_id=row[1],
            extract_uuid=row[2],
            line=row[3],
            source=row[4],
            record_key=row[5],
            content_key=row[6],
            as_of=row[7],
            text=unseal(key_of(row[2]), row[8], ROW_CONTEXT).decode(),
        )
        for row in found
    ]


def _execute(statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
