"""Rows into a temporary table by binary COPY. COPY straight into a table under row-level security is refused by
PostgreSQL; `COPY` into a temporary table and `INSERT .. SELECT` keeps most of its speed (design 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

ANALYZED_FROM = 500  # below it the planner's guess does no harm


def copy_rows(table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> int:
    """Make the temporary table `table`, gone at the end of the transaction, and fill it; returns the number of rows.

    `columns` are pairs of name and PostgreSQL type, `rows` tuples in their order. Names come from code, never from input.
    An older table of that name in the same transaction is replaced.
    """
    layout = ", ".join(f"{name} {kind}" for name, kind in columns)
    count = 0
    with connection.cursor() as wrapper:
        wrapper.execute(
            f"SET LOCAL client_min_messages = warning; DROP TABLE IF EXISTS pg_temp.{table};"
            f"CREATE TEMPORARY TABLE {table} ({layout}) ON COMMIT DROP"
        )
        cursor: Any = wrapper.cursor  # the driver's own cursor: Django's has no COPY
        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([kind for _, kind in columns])
            for row in rows:
                copy.write_row(row)
                count += 1
        if count >= ANALYZED_FROM:
            wrapper.execute(f"ANALYZE {table}")
    return count
