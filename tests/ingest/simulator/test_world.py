"""A simulated world as files: sound drops, repeatable bytes, bounded memory, nothing that could be a real number."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tracemalloc
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ingest.drops import find_drops, iter_rows, read_manifest, verify_data_file
from ingest.facts import Identifier
from ingest.identifiers import SIMULATED_EID_EVENT, SIMULATED_PROGRAM_CODE, SIMULATED_SCHOOL_CODE, SIMULATED_VISA_CONTROL, is_simulated
from ingest.simulator.parameters import DEFAULT_UNTIL, Parameters
from ingest.simulator.world import simulate
from ingest.sources.base import CheckedRow, checked_rows
from ingest.sources.registry import SOURCES, source_for
from ingest.statements import Statement

PEOPLE = 700


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    simulate(people=PEOPLE, days=120, seed=7, out=folder, every_days=20)
    return folder


@pytest.fixture(scope="module")
def truth(world: Path) -> list[dict[str, Any]]:
    return lines(world / "truth.jsonl.gz")


@pytest.fixture(scope="module")
def said(world: Path) -> list[tuple[str, date, CheckedRow]]:
    return list(statements(world))


def lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def statements(folder: Path) -> Iterator[tuple[str, date, CheckedRow]]:
    for drop in find_drops(folder):
        manifest = read_manifest(drop.manifest_path)
        for row in checked_rows(source_for(manifest), drop.data_path, manifest.as_of):
            assert isinstance(row, CheckedRow), row
            yield manifest.source, manifest.as_of.date(), row


def identifiers_of(statement: Statement) -> Iterator[Identifier]:
    yield from statement.identifiers
    for associate in statement.associates:
        yield from associate.identifiers
    if statement.organization is not None:
        for official in statement.organization.officials:
            yield from official.identifiers


def test_every_drop_is_sound_and_every_row_is_good(world: Path) -> None:
    drops = find_drops(world)
    assert {read_manifest(drop.manifest_path).source for drop in drops} == set(SOURCES)
    for drop in drops:
        manifest = read_manifest(drop.manifest_path)
        verify_data_file(drop.data_path, manifest, source_for(manifest).columns)
    assert sum(1 for _ in statements(world)) > PEOPLE


def test_the_first_extract_of_a_source_is_full_and_the_last_is_of_the_last_day(world: Path) -> None:
    for source in SOURCES:
        manifests = [manifest for drop in find_drops(world) if (manifest := read_manifest(drop.manifest_path)).source == source]
        days = [manifest.as_of.date() for manifest in manifests]
        assert days == sorted(days)
        assert [manifest.kind for manifest in manifests[1:]] == ["delta"] * (len(manifests) - 1)
        assert days[-1] == DEFAULT_UNTIL


def test_the_same_numbers_give_the_same_bytes_and_another_seed_other_ones(tmp_path: Path) -> None:
    def digest(name: str, seed: int) -> str:
        simulate(people=60, days=60, seed=seed, out=tmp_path / name, every_days=30)
        total = hashlib.sha256()
        for path in sorted((tmp_path / name).iterdir()):
            total.update(path.name.encode() + path.read_bytes())
        return total.hexdigest()

    assert digest("one", 3) == digest("two", 3)
    assert digest("one", 3) != digest("three", 4)


def test_memory_does_not_grow_with_the_number_of_people(tmp_path: Path) -> None:
    def peak(people: int) -> int:
        tracemalloc.start()
        try:
            simulate(people=people, days=60, seed=1, out=tmp_path / str(people), every_days=60)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # tables are read once
    small, large = peak(50), peak(500)
    assert large - small < 1024**2


def test_no_number_in_a_world_could_be_a_real_one(said: list[tuple[str, date, CheckedRow]]) -> None:
    seen = 0
    for _, _, row in said:
        for found in identifiers_of(row.statement):
            assert is_simulated(found.kind, found.value, country=found.country), found.kind
            seen += 1
    assert seen > PEOPLE * 3


def test_no_cell_looks_like_a_real_number_either(world: Path) -> None:
    forms = {"event_number": SIMULATED_EID_EVENT, "control_number": SIMULATED_VISA_CONTROL}
    for drop in find_drops(world):
        source = source_for(read_manifest(drop.manifest_path))
        for raw in iter_rows(drop.data_path):
            assert raw.cells is not None
            row = dict(zip(source.columns, raw.cells, strict=True))
            for column, form in forms.items():
                assert form.fullmatch(row.get(column) or "") or column not in row, column
            school = row.get("school_code") or row.get("code") or ""
            assert not school or SIMULATED_SCHOOL_CODE.fullmatch(school) or SIMULATED_PROGRAM_CODE.fullmatch(school)
            assert row.get("passport_country", "") in {"", "UTO"}
            assert row.get("web_address", "").split("/")[2:3] in ([], [""]) or row["web_address"].split("/")[2].endswith(".example")
            for text in re.findall(r"\+1\d{10}", raw.raw):
                assert re.fullmatch(r"\+1\d{3}55501\d\d", text), source.code


def test_every_row_about_a_person_belongs_to_exactly_one_in_the_truth(
    truth: list[dict[str, Any]], said: list[tuple[str, date, CheckedRow]]
) -> None:
    owners: dict[tuple[str, str], str] = {}
    for person in truth:
        for source, keys in person["records"].items():
            for key in keys:
                assert owners.setdefault((source, key), person["person"]) == person["person"]
    for source, _, row in said:
        if source != "sevis_schools":
            assert (source, row.statement.record_key) in owners


def test_every_matter_points_at_a_row_of_its_person(truth: list[dict[str, Any]]) -> None:
    for person in truth:
        for matter in person["matters"]:
            assert matter["key"] in person["records"][matter["source"]]
            assert matter["true_lead"] == (matter["violated"] and matter["present"])


def test_nothing_is_known_before_it_happened(said: list[tuple[str, date, CheckedRow]]) -> None:
    for source, day, row in said:
        for fact in row.statement.facts:
            for name in ("arrived_on", "departed_on", "received_on", "occurred_on", "decided_on", "effective_on"):
                happened = getattr(fact, name, None)
                assert happened is None or happened < day, (source, type(fact).__name__, name)


def test_a_world_may_end_on_another_day(tmp_path: Path) -> None:
    simulate(people=0, days=40, seed=1, out=tmp_path, every_days=20, until=DEFAULT_UNTIL - timedelta(days=100))
    manifests = [read_manifest(drop.manifest_path) for drop in find_drops(tmp_path)]
    assert max(manifest.as_of.date() for manifest in manifests) == DEFAULT_UNTIL - timedelta(days=100)
    assert sum(manifest.row_count for manifest in manifests) > 100


def test_a_later_row_of_a_record_comes_only_when_something_changed(said: list[tuple[str, date, CheckedRow]]) -> None:
    last: dict[tuple[str, str], str] = {}
    for source, _, row in said:
        key = (source, row.statement.record_key)
        assert last.get(key) != row.raw, source
        last[key] = row.raw


def test_a_new_world_replaces_an_older_one_and_leaves_other_files(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("mine")
    simulate(people=5, days=60, seed=1, out=tmp_path, every_days=10)
    simulate(people=5, days=60, seed=1, out=tmp_path, every_days=60)
    days = {read_manifest(drop.manifest_path).as_of.date() for drop in find_drops(tmp_path)}
    assert days == {DEFAULT_UNTIL, DEFAULT_UNTIL - timedelta(days=60)}
    assert (tmp_path / "readme.txt").exists()


@pytest.mark.parametrize("bad", [{"people": -1}, {"days": 0}, {"every_days": 0}, {"enrich": 1.5}])
def test_numbers_that_make_no_world_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needed"):
        Parameters(**{"people": 1, "days": 10, "seed": 1} | bad)


def test_legacy_leads_are_old_enough_to_be_due(world: Path) -> None:
    leads = lines(world / "legacy.jsonl.gz")
    created = [date.fromisoformat(lead["created_on"]) for lead in leads]
    assert len(leads) == len({lead["legacy_id"] for lead in leads}) == 60
    assert created == sorted(created)
    assert date(2000, 1, 1) <= created[0] <= created[-1] <= date(2006, 11, 22)
    assert date(2004, 2, 29) in created
    assert sum(day <= date(2001, 11, 22) for day in created) >= 15
    assert {lead["state"] for lead in leads} == {"open", "closed"}
    for lead in leads:
        for found in lead["subject"]["identifiers"]:
            assert found["country"] in {"", "UTO"}


@pytest.mark.parametrize("step", [7, 14])
def test_a_slow_source_sends_once_in_four_weeks_however_often_the_others_do(tmp_path: Path, step: int) -> None:
    simulate(people=0, days=112, seed=1, out=tmp_path, every_days=step)
    sent = sorted(date.fromisoformat(f"{path.name[:4]}-{path.name[4:6]}-{path.name[6:8]}") for path in tmp_path.glob("*-commercial-*.json"))
    assert [(later - earlier).days for earlier, later in pairwise(sent)] == [28, 28, 28, 28]
    assert sent[-1] == DEFAULT_UNTIL
