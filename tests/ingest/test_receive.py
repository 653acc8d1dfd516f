"""Taking drops in: what is refused whole, and that the same drop twice is one."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from foundation.errors import Conflict, Forbidden, InvalidInput
from ingest.drops import Drop, file_sha256
from ingest.models import Extract, ExtractPart, QuarantinedRow, SourceRow
from ingest.services.receive import receive_directory, receive_drop
from ingest.services.requests import discard
from ingest.states import ExtractState
from subjects.models import NameFact, Subject
from subjects.services.drain import drain
from tests.factories.drops import NOW, adis, figures, filing, load, overstay, receive, write_drop
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def drop_dir(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    """A store of this test's own."""
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    return settings.DROP_DIR


def refusal(drop: Drop) -> Extract:
    received = receive(drop)
    drain(now=NOW)
    assert received.extract is not None
    return Extract.objects.get(pk=received.extract.pk)


def change_manifest(drop: Drop, **values: object) -> None:
    drop.manifest_path.write_text(json.dumps(json.loads(drop.manifest_path.read_text()) | values))


def cut_off(drop: Drop) -> None:
    whole = drop.data_path.read_bytes()
    drop.data_path.write_bytes(whole[: len(whole) // 2])
    change_manifest(drop, sha256=file_sha256(drop.data_path))


def rewrite(drop: Drop, text: bytes) -> None:
    drop.data_path.write_bytes(gzip.compress(text))
    change_manifest(drop, sha256=file_sha256(drop.data_path))


REFUSALS: dict[str, tuple[Callable[[Drop], None], str]] = {
    "a truncated gzip file": (cut_off, "is not a complete gzip file"),
    "a wrong hash": (lambda drop: change_manifest(drop, sha256="0" * 64), "SHA-256"),
    "a wrong row count": (lambda drop: change_manifest(drop, row_count=7), "7 rows"),
    "an unknown layout": (lambda drop: change_manifest(drop, layout="adis/99"), "adis/1, not adis/99"),
    "an unknown source": (
        lambda drop: change_manifest(drop, source="a_source_that_nobody_knows", layout="nobody/1"),
        "No source is called",
    ),
    "an encoding that is not UTF-8": (lambda drop: rewrite(drop, b"record_id\n\xff\xfe\n"), "UTF-8"),
    "a header of another layout": (lambda drop: rewrite(drop, b"record_id,whatever\n1,2\n"), "column"),
}


@pytest.mark.parametrize("trouble", REFUSALS)
def test_a_drop_is_refused_whole_with_the_reason_and_nothing_is_changed(trouble: str, tmp_path: Path, drop_dir: Path) -> None:
    spoil, reason = REFUSALS[trouble]
    drop = write_drop(tmp_path, [overstay("R1"), overstay("R2", passport_number="ZZ0007777", admission_number="999000124X4")])
    spoil(drop)

    extract = refusal(drop)

    assert extract.state == ExtractState.REFUSED
    assert reason in extract.refused_because
    assert not ExtractPart.objects.filter(extract=extract).exists()
    with acting_as(service_actor("ingest")):
        assert not Subject.objects.exists()
        assert not SourceRow.objects.exists()


def test_a_manifest_that_says_nothing_is_refused_without_an_extract(tmp_path: Path) -> None:
    drop = write_drop(tmp_path, [adis()])
    drop.manifest_path.write_text("{}")

    received = receive(drop)

    assert received.extract is None
    assert "manifest" in received.refused


IMPOSSIBLE: dict[str, tuple[str, object]] = {
    "a year mistyped": ("as_of", "2062-11-22T05:00:00Z"),
    "the last moment that can be written": ("as_of", "9999-12-31T23:59:59-14:00"),
    "a moment before Christ in UTC": ("as_of", "0001-01-01T00:00:00+14:00"),
    "a moment before any extract": ("as_of", "1999-12-31T23:59:59Z"),
    "more rows than a column can count": ("row_count", 10**30),
    "a rather large number": ("row_count", 2**63),
}


@pytest.mark.parametrize("trouble", IMPOSSIBLE)
def test_a_manifest_with_an_impossible_moment_or_number_is_refused_and_stops_no_other_drop(trouble: str, tmp_path: Path) -> None:
    field, value = IMPOSSIBLE[trouble]
    change_manifest(write_drop(tmp_path, [overstay("R1")], name="bad"), **{field: value})
    write_drop(tmp_path, [overstay("R2")], name="good")
    actor = service_actor("ingest")

    with acting_as(actor):
        received = receive_directory(actor=actor, directory=tmp_path, now=NOW)

    outcome = {each.name: each for each in received}
    assert outcome["bad.json"].extract is None
    assert f"field {field}" in outcome["bad.json"].refused
    assert outcome["good.json"].extract is not None
    assert Extract.objects.count() == 1


def test_a_clock_that_runs_some_hours_ahead_is_no_reason_to_refuse(tmp_path: Path) -> None:
    assert load(tmp_path, [overstay()], as_of=NOW + timedelta(hours=20)).state == ExtractState.APPLIED


def test_a_drop_without_its_data_file_is_refused_without_an_extract(tmp_path: Path) -> None:
    drop = write_drop(tmp_path, [adis()])
    drop.data_path.unlink()

    received = receive(drop)

    assert received.extract is None
    assert "is not there" in received.refused


@pytest.mark.parametrize("cells", [{"form": "I-360"}, {"form": "I-539", "requested_class": "U1"}, {"form": "I-751", "basis": "VAWA"}])
def test_a_protected_row_that_cannot_be_used_waits_where_an_operator_without_clearance_does_not_look(
    cells: dict[str, str], tmp_path: Path
) -> None:
    operator = person("dora.operator", "data_operator")
    load(tmp_path, [filing(received_on="soon", **cells), filing("SIM2611200124", received_on="soon")], source="claims3")

    with acting_as(operator):
        seen = [row.line for row in QuarantinedRow.objects.all()]
    with acting_as(service_actor("ingest")):
        kept = QuarantinedRow.objects.count()

    assert (seen, kept) == ([3], 2)


def test_a_protected_row_that_cannot_be_split_waits_there_too(tmp_path: Path) -> None:
    operator = person("dora.operator", "data_operator")
    drop = write_drop(tmp_path, [filing()], source="claims3")
    head = gzip.decompress(drop.data_path.read_bytes()).splitlines(keepends=True)[0]
    rewrite(drop, head + b"SIM2611200123,I-918,2026-09-20\n")

    assert refusal(drop).rows_quarantined == 1

    with acting_as(operator):
        assert not QuarantinedRow.objects.exists()


def test_the_same_drop_twice_is_the_same_extract_and_changes_nothing(tmp_path: Path) -> None:
    extract = load(tmp_path, [overstay()])

    again = receive(write_drop(tmp_path, [overstay()]))
    drain(now=NOW)

    assert again.extract is not None
    assert (again.new, again.extract.pk) == (False, extract.pk)
    assert Extract.objects.count() == 1
    with acting_as(service_actor("ingest")):
        assert NameFact.objects.count() == 1


def test_a_corrected_drop_comes_through_after_a_refusal(tmp_path: Path) -> None:
    drop = write_drop(tmp_path, [overstay()])
    change_manifest(drop, row_count=3)
    refused = refusal(drop)
    change_manifest(drop, row_count=1)

    second = refusal(drop)

    assert refused.state == ExtractState.REFUSED
    assert second.state == ExtractState.APPLIED
    assert figures(second) == (1, 0, 0, 0)


def test_a_discarded_drop_is_not_used_and_can_come_again(tmp_path: Path) -> None:
    operator = person("dora.operator", "data_operator")
    first = receive(write_drop(tmp_path, [overstay()]), apply=False).extract
    drain(now=NOW)
    assert first is not None
    with acting_as(operator):
        discard(actor=operator, extract=first, reason="Sent for a rehearsal.")
    first.refresh_from_db()

    again = load(tmp_path, [overstay()])

    assert (first.state, first.rows_applied) == (ExtractState.REFUSED, 0)
    assert "Sent for a rehearsal." in first.refused_because
    assert (again.state, again.pk != first.pk) == (ExtractState.APPLIED, True)


def test_only_a_checked_drop_is_discarded_and_only_for_a_reason(tmp_path: Path) -> None:
    actor = service_actor("ingest")
    applied = load(tmp_path, [overstay()])

    with acting_as(actor):
        with pytest.raises(Conflict):
            discard(actor=actor, extract=applied, reason="Too late.")
        with pytest.raises(InvalidInput):
            discard(actor=actor, extract=applied, reason=" ")


def test_two_empty_drops_are_two_extracts(tmp_path: Path) -> None:
    first = load(tmp_path, [], name="monday")
    second = load(tmp_path, [], name="tuesday")

    assert first.pk != second.pk
    assert {first.state, second.state} == {ExtractState.APPLIED}


def test_a_folder_is_received_oldest_first_and_one_bad_drop_stops_no_other(tmp_path: Path) -> None:
    write_drop(tmp_path, [adis()], name="good")
    bad = write_drop(tmp_path, [adis()], name="bad")
    bad.manifest_path.write_text("no JSON")
    actor = service_actor("ingest")

    with acting_as(actor):
        received = receive_directory(actor=actor, directory=tmp_path, now=NOW)

    assert [(each.name, bool(each.refused)) for each in received] == [("bad.json", True), ("good.json", False)]


def test_only_those_who_handle_extracts_receive_drops(tmp_path: Path) -> None:
    drop = write_drop(tmp_path, [adis()])
    analyst: User = person("ana", "analyst")

    with pytest.raises(Forbidden), acting_as(analyst):
        receive_drop(actor=analyst, drop=drop, now=NOW)


def test_rows_lie_sealed_in_the_store_once_the_file_is_checked(
    tmp_path: Path, drop_dir: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        receive(write_drop(tmp_path, [overstay(given_name="UNMISTAKABLE")]), apply=False)
        drain(now=NOW)

    (kept,) = [path for path in drop_dir.rglob("*") if path.is_file()]

    assert kept.parent.suffix == ".parts"
    assert b"UNMISTAKABLE" not in kept.read_bytes()
