"""Ten thousand damaged drops: each is refused in words or read to its end, and every row is good or says why it is not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random

import pytest

from ingest.drops import DropRefused, file_sha256, read_manifest, verify_data_file
from ingest.sources.base import RejectedRow, checked_rows
from ingest.sources.document import example_rows
from ingest.sources.registry import SOURCES, source_for

ROUNDS = 10_000
NASTY = [
    '"',
    ",",
    "\n",
    "\r",
    "\x00",
    "\ufeff",
    "é",
    "范",
    "\u202e",
    "-1",
    "9" * 400,
    "[]",
    "{",
    "NULL",
    "'; --",
    "\t",
    "٣",
    "1e9",
    "D/S",
    " ",
    "Y",
]


def damaged_text(dice: Random, text: str) -> str:
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(text))
        how = dice.randrange(4)
        if how == 0:
            text = text[:place] + dice.choice(NASTY) + text[place:]
        elif how == 1:
            text = text[:place] + text[place + dice.randint(1, 30) :]
        elif how == 2:
            end = place + dice.randint(1, 60)
            text = text[:place] + text[place:end] * dice.randint(2, 4) + text[end:]
        else:
            cells = text.split(",")
            cells[dice.randrange(len(cells))] = dice.choice(NASTY)
            text = ",".join(cells)
    return text or "\n"


def damaged_drop(dice: Random, folder: Path) -> Path:
    """Write one drop that something has happened to; gives the manifest's path."""
    source = dice.choice(list(SOURCES.values()))
    header, row = example_rows(source).split("\n", 1)
    text = header + "\n" + row * dice.randint(1, 3)
    if dice.random() < 0.8:
        text = damaged_text(dice, text) if dice.random() < 0.3 else header + "\n" + damaged_text(dice, row)
    content = text.encode("utf-8", "surrogatepass")
    if dice.random() < 0.1:
        content = content[: dice.randrange(len(content))] + bytes([dice.randrange(256)]) + content
    packed = bytearray(gzip.compress(content, mtime=0))
    if dice.random() < 0.1:
        packed[dice.randrange(len(packed))] ^= 1 << dice.randrange(8)
    if dice.random() < 0.1:
        del packed[dice.randrange(len(packed)) :]
    data = folder / "F.csv.gz"
    data.write_bytes(packed)
    manifest: dict[str, object] = {
        "source": source.code,
        "layout": source.layout,
        "extract_id": "F-1",
        "as_of": "2026-11-22T05:00:00Z",
        "row_count": max(0, text.count("\n") - 1),
        "sha256": file_sha256(data),
        "kind": "delta",
    }
    if dice.random() < 0.1:
        manifest[dice.choice(list(manifest))] = dice.choice([None, -1, "", "adis/9", "x" * 200, [], True, "2026-13-01"])
    path = folder / "F.json"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return path


def outcome(path: Path) -> str:
    """What became of the drop: refused, or how many of its rows were good."""
    try:
        manifest = read_manifest(path)
        source = source_for(manifest)
        data = path.with_name("F.csv.gz")
        verify_data_file(data, manifest, source.columns)
        rows = list(checked_rows(source, data, manifest.as_of))
    except DropRefused as refusal:
        assert refusal.what
        assert refusal.remedy
        return refusal.code
    assert len(rows) == manifest.row_count
    for row in rows:
        if isinstance(row, RejectedRow):
            assert row.problems
            assert all(problem.reason and problem.line >= 2 for problem in row.problems)
        else:
            assert row.statement.record_key
    return "read"


def fuzz(rounds: int, folder: Path) -> set[str]:
    dice = Random(20261122)  # noqa: S311  # the damage must repeat
    return {outcome(damaged_drop(dice, folder)) for _ in range(rounds)}


def test_a_thousand_damaged_drops_are_refused_or_read(tmp_path: Path) -> None:
    assert {"read", "wrong_header", "truncated", "manifest_unreadable", "not_utf8", "wrong_row_count", "unknown_layout"} <= fuzz(
        1000, tmp_path
    )


@pytest.mark.proof
def test_ten_thousand_damaged_drops_are_refused_or_read(tmp_path: Path) -> None:
    assert "read" in fuzz(ROUNDS, tmp_path)
