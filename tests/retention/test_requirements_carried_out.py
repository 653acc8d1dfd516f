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
from retention.hold_query import HoldQuery
from retention.models import ArchivePackage, Certificate, Disposition, DispositionItem, Hold, HoldLead, Restatement, RetentionClock
from retention.removal import archive, attached, files
from retention.selectors.runs import progress_of
from retention.services import clocks, gathering
from retention.services.execute import execute_run
from retention.services.holds import place_hold
from retention.services.opening import open_package
from retention.services.schedules import approve_schedule, propose_schedule
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


def environment_of(world: str) -> dict[str, str]:
    """What a process of its own needs to work on the test's database and folders."""
    return os.environ | {
        "DATABASE_URL": urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{world}")),
        "LEADTRAC_ARCHIVE_DIR": str(settings.ARCHIVE_DIR),
        "LEADTRAC_ATTACHMENT_DIR": str(settings.ATTACHMENT_DIR),
        "LEADTRAC_CHECKPOINT_DIR": str(settings.CHECKPOINT_DIR),
        "LEADTRAC_DISPOSITION_BATCH": "3",
        "LEADTRAC_DEMO": "1",
    }


def kill_until_done(world: str, run: Disposition, team: Officers, *, kills: int) -> None:
    """Workers of a run, one after the other, each killed after a random while until the run is done."""
    dice, killed = random.Random(17), 0  # noqa: S311  # the same moments each time

    def done() -> bool:
        with acting_as(team.rita):
            return Disposition.objects.get(pk=run.pk).state == "done"

    command = [sys.executable, "manage.py", "retention", "execute"]
    while not done():
        connection.close()
        worker = subprocess.Popen(command, cwd=ROOT, env=environment_of(world), start_new_session=True, stdout=subprocess.DEVNULL)
        patience = dice.uniform(2.0, 8.0) if killed < kills else 300
        try:
            worker.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            killed += 1


# batches of one record; after the work of batch KILLED_IN, before its commit, the process kills itself
ONE_BY_ONE = """
import itertools, os, signal, django
django.setup()
from django.utils import timezone
from retention.services import clocks, gathering
clocks.BATCH_RECORDS = gathering.BATCH_RECORDS = 1
batches = itertools.count(1)

def killed_after(work):
    def worked(*given, **named):
        work(*given, **named)
        if next(batches) == int(os.environ["KILLED_IN"]):
            os.kill(os.getpid(), signal.SIGKILL)
    return worked

gathering.hold_matching, clocks.record = killed_after(gathering.hold_matching), killed_after(clocks.record)
gathering.finish_gathering(now=timezone.now())
clocks.finish_restatement(now=timezone.now())
"""


def work_one_by_one(world: str, *, killed_in: int) -> int:
    """A worker that finds and dates record by record; returns how its process ended."""
    connection.close()
    environment = environment_of(world) | {"KILLED_IN": str(killed_in)}
    return subprocess.run([sys.executable, "-c", ONE_BY_ONE], cwd=ROOT, env=environment, check=False).returncode


@pytest.mark.requirement("R17")
@pytest.mark.proof
@pytest.mark.parametrize("work", ["gathering", "dating"])
def test_r17_what_workers_find_or_date_in_the_background_survives_their_being_killed(
    world: str, work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = twenty_five_years()
    leads = some_leads(30)
    monkeypatch.setattr(clocks, "BATCH_RECORDS", 1)
    monkeypatch.setattr(gathering, "BATCH_RECORDS", 1)
    monkeypatch.setattr(gathering, "AT_ONCE_SECONDS", 0)
    with acting_as(team.rita):
        if work == "gathering":
            place_hold(actor=team.rita, kind="audit", issuer="OIG", authority="26-1", reason="audit", now=NOW, query=HoldQuery())
        else:
            longer = propose_schedule(actor=team.rita, title="40 years", active_years=20, archived_years=20)
    if work == "dating":
        with acting_as(team.rob):
            approve_schedule(actor=team.rob, schedule=longer, authority="DAA-0000-0000", now=NOW)

    def done() -> bool:
        with acting_as(service_actor("retention")):
            waits = Hold.objects.filter(gathered_at=None) if work == "gathering" else Restatement.objects.filter(finished_at=None)
            return not waits.exists()

    for batch in (1, 2, 5, 9):
        assert work_one_by_one(world, killed_in=batch) == -signal.SIGKILL
        assert not done()
    assert work_one_by_one(world, killed_in=0) == 0
    assert done()
    with acting_as(team.rita):
        if work == "gathering":
            assert (HoldLead.objects.count(), Hold.objects.get().seen) == (len(leads), len(leads))
        else:
            assert set(RetentionClock.objects.values_list("schedule", "destroy_on")) == {(longer.pk, date(2041, 3, 14))}
            assert Restatement.objects.latest("pk").seen == len(leads)


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
        "maintenance: dead rows that an older transaction kept",
    }
    assert [figure.line() for figure in figures if not figure.holds] == []
