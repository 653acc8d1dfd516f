"""Drops spoilt at random: each is refused whole or applied with figures that add up; nothing in between, no crash."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from access.context import acting_as
from access.selectors import service_actor
from ingest.drops import Drop, file_sha256
from ingest.models import Extract, ExtractPart, QuarantinedRow, SourceRow
from ingest.sources.registry import SOURCES as REGISTRY
from ingest.states import ExtractState
from subjects.services.drain import drain
from tests.factories.drops import NOW, adis, filing, overstay, receive, student, write_drop

pytestmark = pytest.mark.django_db
EXTRACTS = Path(__file__).parents[1] / "extracts"


def good_rows(source: str) -> list[dict[str, str]]:
    """Rows of a source that pass, filled in every way that its fixtures have."""
    rows: list[dict[str, str]] = []
    for path in sorted((EXTRACTS / source).glob("should_pass_*.csv")):
        with path.open(newline="", encoding="utf-8") as stream:
            rows += csv.DictReader(stream)
    return rows


OURS = {"adis": [overstay("R1"), adis("R2", passport_number="")], "claims3": [filing()], "sevis": [student()]}
SOURCES = {source: [*OURS.get(source, ()), *good_rows(source)] for source in REGISTRY}

STRANGE: tuple[object, ...] = (
    *("", None, -1, 10**12, 10**30, 1e300, "adis", "sevis/1", "2026-13-01", [], "x" * 300),
    *("2062-11-22T05:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
)


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    """A store of this test's own, and the sight of the system for what it looks at."""
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


def flip_packed(drop: Drop, dice: random.Random) -> None:
    """A byte of the compressed file."""
    content = bytearray(drop.data_path.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    drop.data_path.write_bytes(content)


def flip_text(drop: Drop, dice: random.Random) -> None:
    """A few bytes of the text, the hash made to fit."""
    content = bytearray(gzip.decompress(drop.data_path.read_bytes()))
    for _ in range(dice.randint(1, 6)):
        content[dice.randrange(len(content))] = dice.choice(b'\x00\n\r",;N9\xff\xc3 ')
    rewrite(drop, bytes(content))


def long_cell(drop: Drop, dice: random.Random) -> None:
    """A cell of ten megabytes."""
    content = gzip.decompress(drop.data_path.read_bytes())
    place = content.rindex(b",")
    rewrite(drop, content[:place] + b",x" * dice.choice((1, 500)) + b"y" * 10_000_000 + content[place:])


def repeat_lines(drop: Drop, dice: random.Random) -> None:
    """Lines twice, out of order, or left out."""
    head, *lines = gzip.decompress(drop.data_path.read_bytes()).splitlines(keepends=True)
    rewrite(drop, head + b"".join(dice.choices(lines, k=dice.randint(0, 5))))


def change_manifest(drop: Drop, dice: random.Random) -> None:
    """One field of the manifest."""
    manifest = json.loads(drop.manifest_path.read_text())
    manifest[dice.choice(list(manifest))] = dice.choice(STRANGE)
    drop.manifest_path.write_text(json.dumps(manifest))


def rewrite(drop: Drop, content: bytes) -> None:
    drop.data_path.write_bytes(gzip.compress(content))
    manifest = json.loads(drop.manifest_path.read_text())
    manifest |= {"sha256": file_sha256(drop.data_path), "row_count": max(content.count(b"\n") - 1, 0)}
    drop.manifest_path.write_text(json.dumps(manifest))


SPOILERS: tuple[Callable[[Drop, random.Random], None], ...] = (flip_packed, flip_text, flip_text, repeat_lines, change_manifest)


def whole_or_nothing(drop: Drop) -> None:
    """What must be true of any drop whatever."""
    received = receive(drop)
    drain(now=NOW)
    if received.extract is None:
        assert received.refused
        return
    extract = Extract.objects.get(pk=received.extract.pk)
    if extract.state == ExtractState.REFUSED:
        assert extract.refused_because
        assert not ExtractPart.objects.filter(extract=extract).exists()
        assert not SourceRow.objects.filter(extract=extract).exists()
        return
    counted = extract.rows_applied + extract.rows_unchanged + extract.rows_buffered + extract.rows_quarantined
    assert (extract.state, counted) == (ExtractState.APPLIED, extract.row_count)
    assert QuarantinedRow.objects.filter(extract=extract).count() == extract.rows_quarantined


def test_every_source_is_fuzzed() -> None:
    assert len(SOURCES) == 10  # nine systems; schools come in a file of their own
    assert all(SOURCES.values())


def fuzz(folder: Path, times: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  # not a secret
    for number in range(times):
        source = dice.choice(list(SOURCES))
        drop = write_drop(folder, SOURCES[source], source=source, name=f"fuzz-{seed}-{number}")
        dice.choice(SPOILERS)(drop, dice)
        whole_or_nothing(drop)


@pytest.mark.check(58)
def test_spoilt_drops_are_refused_whole_or_applied_whole(tmp_path: Path) -> None:
    fuzz(tmp_path, 25, seed=1)


@pytest.mark.check(58)
def test_a_cell_of_ten_megabytes_costs_one_row(tmp_path: Path) -> None:
    drop = write_drop(tmp_path, OURS["adis"])
    long_cell(drop, random.Random(1))  # noqa: S311  # not a secret

    whole_or_nothing(drop)

    extract = Extract.objects.get()
    assert (extract.state, extract.rows_quarantined) == (ExtractState.APPLIED, 1)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 12))
def test_a_thousand_spoilt_drops_are_refused_whole_or_applied_whole(tmp_path: Path, seed: int) -> None:
    fuzz(tmp_path, 100, seed)
