"""Backups do not bring back what was destroyed (records management requirements R21, R22)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from foundation.errors import Conflict
from leads.models import Attachment, Lead
from leads.papers.folder import FOLDER
from leads.selectors.attachments import content_for
from leadtrac.bench.client import signed_in
from leadtrac.ready import refuse_unready
from retention.checks import restore_problems
from retention.hold_query import HoldQuery
from retention.models import ArchivePackage, HoldLead, Suppression, Tombstone
from retention.removal import ledger
from retention.services import canary, gathering, restore
from retention.services.forget_again import still_here
from retention.services.postgres_programs import pipe
from subjects.models import SubjectRedirect
from tests.databases import drop, owner_connection
from tests.factories.people import person
from tests.factories.records import (
    NOW,
    Officers,
    archived,
    finished_run,
    officers,
    old_lead,
    old_subject,
    signed_run,
    twenty_five_years,
)
from tests.pages import words
from tests.retention.test_requirements_holds import hold

pytestmark = pytest.mark.usefixtures("world")
ROOT = Path(__file__).resolve().parents[2]
CANARY = "quokkaburrow"
DRILL_SECONDS = 120


@pytest.fixture
def empty_database(world: str) -> Iterator[str]:
    """A new database beside the test's own; Django is moved there by `moved_to`."""
    name = f"{world}_restored"
    with owner_connection("postgres") as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield name
    connection.close()
    connection.settings_dict["NAME"] = world
    with owner_connection("postgres") as owner:
        owner.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def moved_to(name: str) -> None:
    """From here Django works on another database."""
    connection.close()
    connection.settings_dict["NAME"] = name


def by_hand(backup: Path) -> None:
    """What a hurried colleague does: the dump put back, without the command."""
    pipe(
        ["pg_restore", "--no-comments", "--file=-", str(backup / restore.DUMP)],
        ["psql", "--quiet", "--set=ON_ERROR_STOP=1", "--command=SELECT similarity('a', 'b')", "--file=-"],
    )


def rows(database: str, table: str, column: str, value: object) -> int:
    """How many rows the owner counts."""
    with owner_connection(database) as owner:
        query = sql.SQL("SELECT count(*) FROM {} WHERE {} = %s").format(sql.Identifier(table), sql.Identifier(column))
        return owner.execute(query, [value]).fetchone()[0]


def destroyed(team: Officers, backups: Path) -> tuple[Lead, restore.Backup]:
    """A record that is in a backup and was destroyed afterwards."""
    with acting_as(service_actor("leads")):
        lead = old_lead(words=CANARY)
    backup = restore.backup(backups, now=NOW)
    archived(team)
    finished_run(team, "destroy")
    return lead, backup


@pytest.mark.requirement("R21", "R22")
def test_r21_r22_the_drill_a_restored_old_backup_forgets_again_what_was_destroyed(
    tmp_path: Path, world: str, empty_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        kept = old_lead(date(2026, 8, 2), words="stays")
    lead, backup = destroyed(team, tmp_path)
    (file,) = FOLDER.names()
    FOLDER.remove(file)
    moved_to(empty_database)
    began = time.monotonic()

    again = restore.restore(backup.folder, now=NOW)

    seconds = time.monotonic() - began
    with capsys.disabled():
        sys.stdout.write(f"\nrestore drill: {backup.size_bytes / 1e6:.1f} MB restored and replayed in {seconds:.1f} s\n")
    assert again == 1
    assert seconds < DRILL_SECONDS
    assert rows(empty_database, "leads_lead", "uuid", lead.uuid) == 0
    assert rows(empty_database, "audit_datakey", "scope", lead.uuid) == 0
    assert rows(empty_database, "subjects_addressfact", "line", f"1 {CANARY} Street") == 0
    assert rows(empty_database, "leads_lead", "uuid", kept.uuid) == 1
    assert canary.scan([CANARY]) == [], "the files of the restored tables neither"
    assert restore.replay(now=NOW) == 0
    assert restore_problems() == []
    with acting_as(service_actor("leads")):
        assert list(FOLDER.names()) == [file], "of the two files in the backup that of the lead that stays"
        attached = Attachment.objects.get()
        content = content_for(service_actor("leads"), kept, attached.uuid)
        assert content.content == b"stays"
        assert Lead.objects.get().number == kept.number, "the restored database serves under row-level security"
    with acting_as(service_actor("audit")):
        assert Event.objects.filter(act=Act.DESTROYED, object_kind="restored backup").count() == 2


@pytest.mark.requirement("R22", "R24")
def test_r22_after_a_restore_the_tombstone_tells_again_what_became_of_the_record(tmp_path: Path, empty_database: str) -> None:
    lead, backup = destroyed(twenty_five_years(), tmp_path)
    moved_to(empty_database)
    restore.restore(backup.folder, now=NOW)

    seen = signed_in(person("ana", "analyst")).get(f"/leads/{lead.number}/")

    assert seen.status_code == 410
    assert "under FICTIONAL AUTHORITY - DEMONSTRATION" in words(seen)
    assert signed_in(person("otto", "field_officer")).get(f"/leads/{lead.number}/").status_code == 404
    with acting_as(service_actor("retention")):
        stone = Tombstone.objects.get()
        assert (stone.disposition, stone.record_created_on) == (None, date(2001, 3, 14))
        assert Suppression.objects.get().expires_on.year >= 2031, "a feed does not bring the record back either"


@pytest.mark.requirement("R22")
def test_r22_a_dump_put_back_by_hand_is_refused_until_the_ledger_was_replayed(tmp_path: Path, world: str, empty_database: str) -> None:
    team = twenty_five_years()
    lead, backup = destroyed(team, tmp_path)
    assert restore_problems() == []
    moved_to(empty_database)
    by_hand(backup.folder)

    with pytest.raises(SystemExit, match="restored from a backup"):
        refuse_unready()
    assert still_here() == 1
    assert rows(empty_database, "leads_lead", "uuid", lead.uuid) == 1, "asking changes nothing"

    assert restore.replay(now=NOW) == 1
    refuse_unready()


@pytest.mark.requirement("R22")
@pytest.mark.proof
@pytest.mark.parametrize("process", [["-c", "import leadtrac.wsgi"], ["manage.py", "check", "--database", "default"]])
def test_r22_the_processes_themselves_do_not_start_on_it(tmp_path: Path, empty_database: str, process: list[str]) -> None:
    backup = restore.backup(tmp_path, now=NOW)
    moved_to(empty_database)
    by_hand(backup.folder)
    address = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{empty_database}"))
    environment = os.environ | {"DATABASE_URL": address, "LEADTRAC_CHECKPOINT_DIR": str(settings.CHECKPOINT_DIR)}

    refused = subprocess.run([sys.executable, *process], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    restore.replay(now=NOW)
    accepted = subprocess.run([sys.executable, *process], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert refused.returncode != 0
    assert "retention replay" in refused.stderr
    assert accepted.returncode == 0, accepted.stderr


@pytest.mark.requirement("R22")
def test_r22_an_older_state_of_the_same_database_is_noticed_by_the_ledger(tmp_path: Path, world: str) -> None:
    lead, _ = destroyed(twenty_five_years(), tmp_path)
    assert restore_problems() == []
    with owner_connection(world) as owner:  # as a snapshot of its disk would: before the tombstone, before the run
        owner.execute("DELETE FROM retention_tombstone")
        owner.execute("ALTER TABLE retention_dispositionitem DISABLE TRIGGER USER")
        owner.execute("DELETE FROM retention_dispositionitem WHERE lead_uuid = %s AND outcome = 'destroyed'", [lead.uuid])
        owner.execute("ALTER TABLE retention_dispositionitem ENABLE TRIGGER USER")

    assert "1 records that the ledger of destruction names" in " ".join(restore_problems())
    restore.replay(now=NOW)
    assert restore_problems() == []


@pytest.mark.requirement("R22")
def test_r22_people_who_were_merged_and_their_organization_go_again_too(tmp_path: Path, empty_database: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        gone, alias = old_subject("first"), old_subject("second")
        old_lead(subject=gone)
        SubjectRedirect.objects.create(
            from_subject=alias, to_subject=gone, access_class_id=gone.access_class_id, made_by=service_actor("subjects"), made_at=NOW
        )
    backup = restore.backup(tmp_path, now=NOW)
    archived(team)
    finished_run(team, "destroy")
    moved_to(empty_database)

    restore.restore(backup.folder, now=NOW)

    with owner_connection(empty_database) as owner:
        assert owner.execute("SELECT count(*) FROM subjects_subject").fetchone()[0] == 0
        assert owner.execute("SELECT count(*) FROM ingest_sourcerow").fetchone()[0] == 0


@pytest.mark.requirement("R10", "R22")
def test_r22_a_backup_made_while_a_hold_was_finding_its_records_is_put_back_too(tmp_path: Path, world: str, empty_database: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead, kept = old_lead(), old_lead(date(2026, 8, 2))
    placed = hold(team, query=HoldQuery(created_from=date(2026, 1, 1)))
    with owner_connection(world) as owner:
        owner.execute("DELETE FROM retention_holdlead")
        owner.execute("UPDATE retention_hold SET gathered_at = NULL, after_lead = 0, after_package = 0")
    backup = restore.backup(tmp_path, now=NOW)
    gathering.finish_gathering(now=NOW)
    archived(team)
    finished_run(team, "destroy")
    moved_to(empty_database)

    assert restore.restore(backup.folder, now=NOW) == 1

    assert rows(empty_database, "leads_lead", "uuid", lead.uuid) == 0
    assert rows(empty_database, "retention_holdlead", "hold_id", placed.pk) == 0
    gathering.finish_gathering(now=NOW)
    with acting_as(team.rita):
        found = HoldLead.objects.filter(hold=placed).values_list("lead_number", flat=True)
        assert list(found) == [kept.number], "it goes on finding"


def test_a_database_behind_the_program_is_told_so(empty_database: str) -> None:
    moved_to(empty_database)

    assert restore_problems() == ["This database is behind the program. Run `manage.py migrate` and `manage.py prepare` as its owner."]


@pytest.mark.requirement("R22")
def test_r22_a_line_of_the_ledger_whose_record_stayed_after_all_is_taken_back(tmp_path: Path, world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead()
    archived(team)
    run = signed_run(team, "destroy")
    with acting_as(service_actor("retention")):
        package = ArchivePackage.objects.select_related("schedule").get()
        ledger.append(run, [package], at=NOW, scopes=[package.uuid, *package.shred])  # as a worker does that is killed before it commits
    assert len(list(ledger.entries())) == 1
    assert len(restore_problems()) == 1

    with acting_as(service_actor("retention")):
        ledger.take_back(run, {package.lead_uuid})

    assert list(ledger.entries()) == []
    assert restore_problems() == []


@pytest.mark.requirement("R22")
def test_r22_a_line_that_a_killed_worker_left_half_written_takes_no_other_line_along() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        leads = {old_lead().uuid for _ in range(2)}
    archived(team)
    run = signed_run(team, "destroy")
    with acting_as(service_actor("retention")):
        first, second = ArchivePackage.objects.select_related("schedule").order_by("pk")
        ledger.append(run, [first], at=NOW, scopes=[first.uuid, *first.shred])
        (path,) = ledger.paths()
        whole = len(path.read_bytes())
        ledger.append(run, [second], at=NOW, scopes=[second.uuid, *second.shred])
        both = path.read_bytes()
        for end in (whole + 1, (whole + len(both)) // 2, len(both) - 1):
            path.write_bytes(both[:end])

            ledger.append(run, [second], at=NOW, scopes=[second.uuid, *second.shred])

            assert {entry.lead for entry in ledger.entries()} == leads


@pytest.mark.requirement("R21", "R22")
@pytest.mark.proof
def test_r22_backup_and_restore_killed_anywhere_are_done_again_and_nothing_destroyed_serves(
    tmp_path: Path, world: str, empty_database: str
) -> None:
    team, dice = twenty_five_years(), random.Random(22)  # noqa: S311  # the same moments each time
    with acting_as(service_actor("leads")):
        lead = old_lead(words=CANARY)
        kept = old_lead(date(2026, 8, 2), words="stays")

    def killed(database: str, *given: str) -> None:
        addresses = {
            name: urlunsplit(urlsplit(os.environ[name])._replace(path=f"/{database}")) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
        }
        folders = {f"LEADTRAC_{name}_DIR": str(getattr(settings, f"{name}_DIR")) for name in ("ARCHIVE", "ATTACHMENT", "CHECKPOINT")}
        environment = os.environ | addresses | folders
        process = subprocess.Popen([sys.executable, "manage.py", *given], cwd=ROOT, env=environment, start_new_session=True)
        try:
            process.wait(timeout=dice.uniform(3.0, 7.0))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def emptied() -> None:
        connection.close()
        with owner_connection("postgres") as owner:
            drop(owner, empty_database)
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(empty_database)))

    connection.close()
    for _ in range(3):
        killed(world, "backup", str(tmp_path / "backups"))
    whole = restore.backup(tmp_path / "backups", now=NOW)
    archived(team)
    finished_run(team, "destroy")
    moved_to(empty_database)
    for folder in sorted(each for each in (tmp_path / "backups").iterdir() if not each.suffix):
        emptied()
        killed(empty_database, "restore", str(folder))
        emptied()
        restore.restore(folder, now=NOW)
        assert rows(empty_database, "leads_lead", "uuid", lead.uuid) == 0
        assert rows(empty_database, "leads_lead", "uuid", kept.uuid) == 1
    assert whole.folder.exists()


@pytest.mark.requirement("R21")
def test_r21_a_backup_that_was_broken_off_is_no_backup_and_goes_the_next_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    officers()

    def broken_off(name: str, *arguments: str) -> bytes:
        Path(arguments[-1].removeprefix("--file=")).write_bytes(b"PGDMP half")
        raise OSError("killed")

    with monkeypatch.context() as once, pytest.raises(OSError, match="killed"):
        once.setattr(restore, "run", broken_off)
        restore.backup(tmp_path / "backups", now=NOW)
    (half,) = (tmp_path / "backups").iterdir()
    with pytest.raises(Conflict, match="not a whole backup"):
        restore.restore(half, now=NOW)

    same_day = restore.backup(tmp_path / "backups", now=NOW + timedelta(hours=1))
    assert half.exists(), "it may be another one that is still being made"
    restore.backup(tmp_path / "backups", now=NOW + timedelta(days=2))

    assert not half.exists()
    assert same_day.folder.exists()


@pytest.mark.requirement("R21")
def test_r21_a_backup_older_than_the_horizon_is_removed(tmp_path: Path) -> None:
    officers()
    old = tmp_path / "20260101T000000Z"
    old.mkdir()

    made = restore.backup(tmp_path, now=NOW)

    assert made.removed == 1
    assert not old.exists()
