"""Checking a batch column by column says of every row what checking it alone says."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.drops import RawRow, split_text
from ingest.sources.base import CheckedRow, RejectedRow, Source
from ingest.sources.batch import check_rows
from ingest.sources.outline import OutlinedRow, outline_of
from ingest.sources.registry import ORDERED

AS_OF = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
STRANGE: tuple[str, ...] = ("", " ", "\u00a0", "  A ", "x" * 41, "x" * 161, "x" * 501, "\u00e9" * 40)
STRANGE += ("2026-02-30", "2026-02-3", "2024-02-29", "20260401", "Y", "N", "y", "A", "S", "D/S", "N9900000123")
STRANGE += ("\x1cA", "A\x1f", "\u0661\u0662", "\x00", "[]", "[1]", '[{"relation": "spouse"}]', "101", "-1", "7")


def one_by_one(source: Source, rows: list[RawRow]) -> list[Any]:
    """The same work with the contract alone: what each row states, and the outline of just that."""
    found: list[Any] = []
    for raw in rows:
        row = source.check(raw)
        if isinstance(row, tuple):
            found.append(RejectedRow(raw.row, raw.line, raw.raw, row))
        else:
            stated = source.statements(row, AS_OF)
            found.append((CheckedRow(raw.row, raw.line, raw.raw, stated), outline_of(stated)))
    return found


def in_batch(source: Source, rows: list[RawRow]) -> list[Any]:
    """The work as the intake does it, and the statements that it reads only when it needs them."""
    return [
        (CheckedRow(row.row, row.line, row.raw, source.statements(row.values, AS_OF)), row.outline) if isinstance(row, OutlinedRow) else row
        for row in check_rows(source, rows, AS_OF)
    ]


def written(source: Source, cells: list[str], number: int) -> RawRow:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return split_text(number, number + 1, buffer.getvalue())


def drawn(source: Source, dice: random.Random) -> list[RawRow]:
    """Rows of examples in which some cells are empty and some are strange; and two that are no rows at all."""
    fields = source.contract.model_fields
    examples = [str(fields[name].examples[0]) for name in source.columns]
    rows = []
    for number in range(400):
        cells = [dice.choice(STRANGE) if dice.random() < 0.06 else "" if dice.random() < 0.3 else cell for cell in examples]
        for place, name in enumerate(source.columns):
            if fields[name].is_required() and dice.random() < 0.9:
                cells[place] = examples[place]
        rows.append(written(source, cells, number))
    return [*rows, written(source, ["too", "few"], 400), RawRow(401, 402, None, '"', "The quotation marks in this row are not in order.")]


@pytest.mark.parametrize("source", ORDERED, ids=lambda source: source.code)
def test_a_batch_says_what_each_row_says_alone(source: Source) -> None:
    rows = drawn(source, random.Random(7))  # noqa: S311  # made-up rows

    found = in_batch(source, rows)

    assert found == one_by_one(source, rows)
    assert {type(row) for row in found} == {tuple, RejectedRow}


@pytest.mark.parametrize("source", ORDERED, ids=lambda source: source.code)
@pytest.mark.parametrize("odd", ["", " lead", "trail ", "\u00a0", "00099"])
def test_a_plain_batch_says_the_same_with_one_odd_cell(source: Source, odd: str) -> None:
    """Batches without a space at a cell's edge, and columns of numbers in their normal form, are read by shorter ways."""
    fields = source.contract.model_fields
    examples = [str(fields[name].examples[0]).replace('"', "").replace(",", "") for name in source.columns]
    rows = [split_text(number, number + 1, ",".join(examples)) for number in range(20)]
    for place in range(len(examples)) if odd else ():
        rows.append(split_text(20 + place, 21 + place, ",".join([*examples[:place], odd, *examples[place + 1 :]])))

    assert in_batch(source, rows) == one_by_one(source, rows)


def test_an_empty_batch_is_empty() -> None:
    assert list(check_rows(ORDERED[0], [], AS_OF)) == []
