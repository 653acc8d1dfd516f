"""A backup that is put back knows less than the log that was published since (records-audit-privacy 6, check 46)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import override_settings

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.log.publishing import PublishedLogIsAhead
from audit.log.verifying import verify
from audit.models import Leaf
from audit.services import record
from retention.services import restore
from tests.audit.conftest import folder, seal_and_publish  # noqa: F401  # a fixture
from tests.factories.people import person
from tests.factories.records import NOW, archived, finished_run, old_lead, twenty_five_years
from tests.retention.test_requirements_restore import empty_database, moved_to  # noqa: F401  # a fixture

pytestmark = pytest.mark.usefixtures("world")


@pytest.mark.check(46)
def test_a_backup_that_was_put_back_lacks_what_was_published_since_and_writes_no_second_history(
    tmp_path: Path,
    empty_database: str,  # noqa: F811
    folder: Path,  # noqa: F811
) -> None:
    """A real dump and restore; the verifier names the first event that the restored log lacks."""
    act_and_publish()
    act_and_publish()
    backup = restore.backup(tmp_path / "backups", now=NOW)
    with acting_as(service_actor("audit")):
        sealed = Leaf.objects.count()
    act_and_publish()
    published = (folder / "checkpoints").read_bytes()

    moved_to(empty_database)
    restore.restore(backup.folder, now=NOW)

    with acting_as(service_actor("audit")):
        report = verify(now=NOW)
    assert sealed == 2
    assert (report.problems[0].kind, report.problems[0].index) == ("cut", sealed)
    with pytest.raises(PublishedLogIsAhead):
        seal_and_publish()
    assert (folder / "checkpoints").read_bytes() == published

    with override_settings(CHECKPOINT_DIR=tmp_path / "new", SECOND_CHECKPOINT_DIR=""):
        seal_and_publish()
        with acting_as(service_actor("audit")):
            assert verify(now=NOW).sound, "in a new folder the log goes on, as the officer's page says"


@pytest.mark.requirement("R20", "R22")
def test_the_restored_log_tells_what_was_destroyed_again_from_tampering(
    tmp_path: Path,
    empty_database: str,  # noqa: F811
    folder: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(restore, "IDS_AN_EVENT", 2)
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead()
    seal_and_publish()
    backup = restore.backup(tmp_path / "backups", now=NOW)
    archived(team)
    finished_run(team, "destroy")

    moved_to(empty_database)
    assert restore.restore(backup.folder, now=NOW) == 1

    with override_settings(CHECKPOINT_DIR=tmp_path / "new", SECOND_CHECKPOINT_DIR=""):
        seal_and_publish()
        with acting_as(service_actor("audit")):
            report = verify(now=NOW)
    assert report.problems == []
    assert report.destroyed, "the words of the lead's events"


def act_and_publish() -> None:
    with acting_as(person("ana", "analyst")):
        record(Act.PAGE)
    seal_and_publish()
