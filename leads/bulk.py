"""Many rows with one statement and one array a column: neither query text nor parameters grow with the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its SQL type; an array type travels as text."""

    name: str
    kind: str

    @property
    def travels_as(self) -> str:
        """The type of one element on the way."""
        return "text" if self.kind.endswith("[]") else self.kind


def array_of(words: Iterable[str]) -> str:
    """Words of ours (no comma, quote or space in them) as a text that becomes an array in the database."""
    return f"{{{','.join(sorted(words))}}}"


def insert_rows(table: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> list[int]:
    """Insert the rows and return their ids in the same order. `table` and `columns` are constants of the caller."""
    if not rows:
        return []
    names = ", ".join(column.name for column in columns)
    values = ", ".join(f"new.{column.name}::{column.kind}" for column in columns)
    arrays = ", ".join(f"%s::{column.travels_as}[]" for column in columns)
    sql = (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM unnest({arrays}) WITH ORDINALITY AS new ({names}, position) "  # noqa: S608
        "ORDER BY position RETURNING id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])
        return [row[0] for row in cursor.fetchall()]
