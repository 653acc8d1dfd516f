"""Many rows and many keys to the database in binary. COPY straight into a table under row-level security is refused by
PostgreSQL; `COPY` into a temporary table and `INSERT .. SELECT` keeps most of its speed (design 4)."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import psycopg
import psycopg.adapt
import psycopg.postgres
from django.db import connection

ANALYZED_FROM = 500  # below it the planner's guess does no harm
WANTED = "unnest(%s::int8[]) AS wanted (key)"
_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # PostgreSQL, "COPY", binary format: signature, flags, no extension
_TAIL = b"\xff\xff"
_INT8 = psycopg.postgres.types["int8"].oid
_ELEMENT = struct.pack(">iq", 8, 0)  # of an array: its length, its eight bytes


def copy_rows(table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], *, joined: bool = True) -> int:
    """Make the temporary table `table`, gone at the end of the transaction, and fill it; returns the number of rows.

    `columns` are pairs of name and PostgreSQL type, `rows` tuples in their order. Names come from code, never from input.
    An older table of that name in the same transaction is replaced. `joined`: it will be joined to others, for which the planner
    must know it; rows that are only read through need no such look.
    """
    count = 0
    with connection.cursor() as wrapper:
        _make(wrapper, table, columns)
        cursor: Any = wrapper.cursor  # the driver's own cursor: Django's has no COPY
        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([kind for _, kind in columns])
            for row in rows:
                copy.write_row(row)
                count += 1
        if joined and count >= ANALYZED_FROM:
            wrapper.execute(f"ANALYZE {table}")
    return count


def copy_encoded(table: str, columns: Sequence[tuple[str, str]], rows: Iterable[bytes]) -> None:
    """`copy_rows` for rows that are encoded already, each as the binary format of COPY wants it; not analyzed."""
    with connection.cursor() as wrapper:
        _make(wrapper, table, columns)
        cursor: Any = wrapper.cursor
        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(_HEAD)
            for block in _blocks(rows):
                copy.write(block)
            copy.write(_TAIL)


def rows_by_keys(statement: str, keys: Sequence[int], parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows that a statement finds by 64-bit keys. `{wanted}` in it names them `wanted (key)`, before all `parameters`.

    A statement that looks keys up in a large table does it `CROSS JOIN LATERAL (SELECT .. WHERE t.key = wanted.key OFFSET 0) t`:
    one look into the index for each key, whatever the planner believes of the table. With a plain join it takes the whole
    table as soon as it knows little of it (just loaded, or filtered by row-level security), and takes longer with each row.

    The keys go along as one array in binary: a temporary table of them costs a dozen rows of the catalog each time, and as
    text they cost ten times as much. Django's own cursors send text only.
    """
    connection.ensure_connection()
    plain: Any = connection.connection
    with connection.wrap_database_errors, psycopg.Cursor(plain) as cursor:
        cursor.adapters.register_dumper(_Keys, _KeysDumper)
        if connection.queries_logged:  # as Django's own cursors do: whoever counts queries counts this one
            connection.queries_log.append({"sql": statement, "time": ""})
        cursor.execute(statement.replace("{wanted}", WANTED).encode(), [_encoded_keys(keys), *parameters], prepare=False)
        return cursor.fetchall()


class _Keys(bytes):
    """An array of int8 in the binary format of PostgreSQL."""


class _KeysDumper(psycopg.adapt.Dumper):
    format = psycopg.pq.Format.BINARY
    oid = psycopg.postgres.types["int8"].array_oid

    def dump(self, obj: _Keys) -> bytes:
        return obj


def _encoded_keys(keys: Sequence[int]) -> _Keys:
    """Put together byte by byte of all keys at once: a tenth of packing each."""
    if not keys:
        return _Keys(struct.pack(">iii", 0, 0, _INT8))
    numbers = array("q", keys)
    if sys.byteorder == "little":
        numbers.byteswap()
    values = numbers.tobytes()
    elements = bytearray(_ELEMENT * len(keys))
    for place in range(8):
        elements[4 + place :: 12] = values[place::8]
    return _Keys(struct.pack(">iiiii", 1, 0, _INT8, len(keys), 1) + elements)


def _make(wrapper: Any, table: str, columns: Sequence[tuple[str, str]]) -> None:
    layout = ", ".join(f"{name} {kind}" for name, kind in columns)
    wrapper.execute(
        f"SET LOCAL client_min_messages = warning; DROP TABLE IF EXISTS pg_temp.{table};"
        f"CREATE TEMPORARY TABLE {table} ({layout}) ON COMMIT DROP"
    )


def _blocks(rows: Iterable[bytes]) -> Iterator[bytes]:
    walk = iter(rows)
    while block := b"".join(islice(walk, 1000)):
        yield block
