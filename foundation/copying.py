"""Rows into a temporary table by binary COPY. COPY straight into a table under row-level security is refused by
PostgreSQL; `COPY` into a temporary table and `INSERT .. SELECT` keeps most of its speed (design 4)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, repeat
from typing import Any

from django.db import connection

ANALYZED_FROM = 500  # below it the planner's guess does no harm
FEW = 500  # so many keys go along as an array; more are copied
_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # PostgreSQL, "COPY", binary format: signature, flags, no extension
_TAIL = b"\xff\xff"
_KEY = struct.Struct(">hiq").pack  # one field of eight bytes


def copy_rows(table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> int:
    """Make the temporary table `table`, gone at the end of the transaction, and fill it; returns the number of rows.

    `columns` are pairs of name and PostgreSQL type, `rows` tuples in their order. Names come from code, never from input.
    An older table of that name in the same transaction is replaced.
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
        if count >= ANALYZED_FROM:
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


def wanted_keys(keys: Sequence[int]) -> tuple[str, list[list[int]]]:
    """What a query joins to find rows by 64-bit keys: a fragment for its FROM that names them `wanted (key)`, and its
    parameters. Many keys are copied into a temporary table, which costs a tenth of sending them as text."""
    if len(keys) <= FEW:
        return "unnest(%s::int8[]) AS wanted (key)", [list(keys)]
    copy_encoded("wanted_keys", [("key", "int8")], map(_KEY, repeat(1), repeat(8), keys))
    return "wanted_keys AS wanted", []


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
