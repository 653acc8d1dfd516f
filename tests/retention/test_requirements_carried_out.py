"""Workers carry runs out, and are killed while they do (records management requirements R16, R17, R32)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from access.context import acting_as
from access.selectors import service_actor
from leads.models import Lead
from leads.papers.folder import FOLDER
from leads.services.attachments import sweep_stray
from leadtrac.bench.retention import measure
from retention.models import ArchivePackage, Certificate, Disposition, DispositionItem
from retention.removal import archive, attached, files
from retention.selectors.runs import progress_of
from retention.services.execute import execute_run
from retention.services.opening import open_package
from tests.databases import owner_connection
from tests.factories.records import (
    NOW,
    Officers,
    archived,
    finished_run,
    old_lead,
    outcomes,
    started_run,
    twenty_five_years,
)

pytestmark = pytest.mark.usefixtures("world")
ROOT = Path(__file__).resolve().parents[2]


def some_leads(count: int) -> list[Lead]:
    """Old leads, each of a person of its own."""
    with acting_as(service_actor("leads")):
        return [old_lead() for _ in range(count)]


@pytest.mark.requirement("R16")
def test_r16_a_fault_in_the_middle_leaves_every_record_whole_and_the_counts_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    team = twenty_five_years()
    leads = some_leads(6)
    run = started_run(team, "archive")
    real, calls = archive._remove, []

    def breaks_once(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError("the disk is full")
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(archive, "_remove", breaks_once)
    with override_settings(DISPOSITION_BATCH_RECORDS=2):
        with pytest.raises(OSError, match="full"):
            execute_run(run.pk, now=NOW)
        with acting_as(team.rita):
            half = progress_of(run)
            assert (half.waiting, half.outcomes) == (4, {"archived": 2})
        execute_run(run.pk, now=NOW)

    with acting_as(team.rita):
        whole = progress_of(run)
        assert (whole.total, whole.outcomes) == (6, {"archived": 6})
        assert Certificate.objects.filter(disposition=run).count() == 1
        assert ArchivePackage.objects.count() == len(leads)


@pytest.mark.requirement("R16")
def test_r16_a_record_whose_words_cannot_be_opened_fails_alone(world: str) -> None:
    team = twenty_five_years()
    broken, fileless, whole = some_leads(3)
    with owner_connection(world) as owner:
        owner.execute("UPDATE leads_note SET sealed = '\\x00' || sealed WHERE lead_id = %s", [broken.pk])
        (name,) = owner.execute("SELECT stored_as FROM leads_attachment WHERE lead_id = %s", [fileless.pk]).fetchone()
    FOLDER.path(name).unlink()

    run = finished_run(team, "archive")

    assert outcomes(team, run) == {broken.number: "failed", fileless.number: "failed", whole.number: "archived"}


@pytest.mark.requirement("R16")
def test_r16_a_run_with_a_waiting_record_cannot_be_called_done(world: str) -> None:
    team = twenty_five_years()
    some_leads(1)
    started_run(team, "archive")

    with owner_connection(world) as owner, pytest.raises(psycopg.Error, match="not finished"):
        owner.execute("UPDATE retention_disposition SET state = 'done', finished_at = now()")


@pytest.mark.requirement("R17")
def test_r17_running_a_finished_run_again_changes_nothing() -> None:
    team = twenty_five_years()
    some_leads(2)
    run = finished_run(team, "archive")

    assert execute_run(run.pk, now=NOW) == 0


def kill_until_done(world: str, run: Disposition, team: Officers, *, kills: int) -> int:
    """Workers of their own processes, each killed after a random while; returns how many were killed."""
    address = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{world}"))
    environment = os.environ | {
        "DATABASE_URL": address,
        "LEADTRAC_ARCHIVE_DIR": str(settings.ARCHIVE_DIR),
        "LEADTRAC_ATTACHMENT_DIR": str(settings.ATTACHMENT_DIR),
        "LEADTRAC_CHECKPOINT_DIR": str(settings.CHECKPOINT_DIR),
        "LEADTRAC_DISPOSITION_BATCH": "3",
    }
    dice, killed = random.Random(17), 0  # noqa: S311  # the same moments each time
    while True:
        with acting_as(team.rita):
            if Disposition.objects.get(pk=run.pk).state == "done":
                return killed
        connection.close()
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "retention", "execute"],
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
        )
        patience = dice.uniform(2.0, 8.0) if killed < kills else 300
        try:
            worker.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            killed += 1


@pytest.mark.requirement("R17")
@pytest.mark.proof
@pytest.mark.parametrize("kind", ["archive", "destroy"])
def test_r17_a_worker_killed_anywhere_and_started_again_comes_to_the_same_end(world: str, kind: str, archive_folder: Path) -> None:
    team = twenty_five_years()
    leads = some_leads(40)
    if kind == "destroy":
        archived(team)
    run = started_run(team, kind)

    kill_until_done(world, run, team, kills=6)

    assert set(outcomes(team, run).values()) == {"archived" if kind == "archive" else "destroyed"}
    assert len(list(archive_folder.glob("*/*"))) == (len(leads) if kind == "archive" else 0)
    with acting_as(team.rita):
        for package in ArchivePackage.objects.all():
            assert open_package(actor=team.rita, package=package, reason="after the kill").tables["leads_lead"]
        assert DispositionItem.objects.filter(disposition=run).exclude(file_name="").count() == 0


def test_stray_files_of_a_killed_worker_are_swept_and_packages_are_not() -> None:
    team = twenty_five_years()
    some_leads(1)
    archived(team, maintained=False)
    files.write("ab" * 16, b"half")
    with acting_as(team.rita):
        known = {package.uuid.hex for package in ArchivePackage.objects.all()}

    gone = files.remove_stray(known, before=NOW.replace(year=2099))

    assert gone == 1
    assert set(files.names()) == known


def test_files_that_a_killed_worker_left_beside_their_package_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after the commit of the package, before the files in the folder of the leads are gone."""
    team = twenty_five_years()
    some_leads(3)
    monkeypatch.setattr(archive, "remove_loose", lambda names: None)
    monkeypatch.setattr(attached, "BATCH_BYTES", 1)  # a batch carries one record then, and the run goes on to its end
    run = finished_run(team, "archive")
    left = list(FOLDER.names())

    with acting_as(service_actor("leads")):
        kept = old_lead(date(2026, 8, 2))
        assert sweep_stray(now=NOW.replace(year=2099)) == len(left) == 3
        assert [row.stored_as for row in kept.attachments.all()] == list(FOLDER.names())
    assert set(outcomes(team, run).values()) == {"archived"}


@pytest.mark.requirement("R32")
def test_r32_a_lead_with_everything_on_it_leaves_in_well_under_a_second() -> None:
    team = twenty_five_years()
    some_leads(20)
    run = started_run(team, "archive")
    began = time.monotonic()

    execute_run(run.pk, now=NOW)

    assert time.monotonic() - began < 20


@pytest.mark.proof
@pytest.mark.alone
@pytest.mark.requirement("R32")
def test_r32_ten_thousand_records_among_a_hundred_thousand_leave_in_a_minute_and_no_lock_lasts_a_second() -> None:
    figures = list(measure(1))

    assert {figure.name for figure in figures if figure.at_most is not None} == {
        "archive: longest batch, its locks with it",
        "destroy: longest batch, its locks with it",
        "archive and destroy 10,000 leads",
    }
    assert [figure.line() for figure in figures if not figure.holds] == []
