"""The ledger of destruction is there, whole, and the one that a backup knows, or nothing is restored (R22)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from leads.models import Lead
from leadtrac.ready import refuse_unready
from retention.removal import ledger
from retention.services import restore
from tests.factories.records import NOW, archived, finished_run, old_lead, twenty_five_years
from tests.retention.test_requirements_restore import empty_database, moved_to, rows  # noqa: F401  # a fixture

pytestmark = [pytest.mark.usefixtures("world"), pytest.mark.requirement("R22")]


def lost(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def shorter(path: Path) -> None:
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


def changed(path: Path) -> None:
    """One digit of a record's id, in the middle."""
    first, second, *others = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([first, second.replace(b'"lead": "', b'"lead": "0', 1), *others]))


def unreadable(path: Path) -> None:
    first, _, *others = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([first, b"rubbish\n", *others]))


@pytest.mark.parametrize("harm", [lost, empty, shorter, changed, unreadable])
def test_a_backup_is_not_put_back_without_the_whole_ledger_unless_somebody_says_why(
    tmp_path: Path,
    empty_database: str,  # noqa: F811
    harm: Callable[[Path], None],
) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        leads = [old_lead() for _ in range(2)]
    old = restore.backup(tmp_path / "backups", now=NOW)
    archived(team)
    finished_run(team, "destroy")
    newer = tmp_path / "backups" / "20991231T000000Z"
    newer.mkdir()
    (newer / restore.LEDGER).write_text(json.dumps(asdict(ledger.begin(at=NOW))))
    (path,) = ledger.paths()
    harm(path)
    moved_to(empty_database)

    with pytest.raises(CommandError, match="ledger of destruction"):
        call_command("restore", old.folder)
    with pytest.raises(SystemExit, match="behind the program"):
        refuse_unready()
    call_command("restore", old.folder, without_ledger="the volume of the checkpoints burnt", stdout=StringIO())

    refuse_unready()
    with acting_as(service_actor("leads")):
        here = Lead.objects.filter(pk__in=[lead.pk for lead in leads]).count()
    assert here == {"lost": 2, "empty": 2, "shorter": 2, "changed": 1, "unreadable": 1}[harm.__name__]
    assert len(list(ledger.entries())) + here == 2, "a new one begins with what could be read"
    with acting_as(service_actor("audit")):
        assert Event.objects.filter(act=Act.DESTROYED, object_kind="restored backup").exclude(commitment=None).exists()


def test_each_folder_of_checkpoints_holds_a_copy_and_one_is_enough(tmp_path: Path, empty_database: str) -> None:  # noqa: F811
    with override_settings(SECOND_CHECKPOINT_DIR=str(tmp_path / "elsewhere")):
        team = twenty_five_years()
        with acting_as(service_actor("leads")):
            lead = old_lead()
        backup = restore.backup(tmp_path / "backups", now=NOW)
        archived(team)
        finished_run(team, "destroy")
        first, second = ledger.paths()
        assert first.read_bytes() == second.read_bytes()
        shutil.rmtree(first.parent)
        moved_to(empty_database)

        assert restore.restore(backup.folder, now=NOW) == 1
        assert rows(empty_database, "leads_lead", "uuid", lead.uuid) == 0

        ledger._write([{"kept": "x", "run": "y"}])
        assert first.read_bytes() == second.read_bytes(), "the lost copy is made whole by the next line"
        changed(second)
        with pytest.raises(SystemExit, match="damaged"):
            refuse_unready()
