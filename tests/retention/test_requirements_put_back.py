"""What a restored database has forgotten beside destructions: holds, and that it is not the one that served (R10, R22)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import DatabaseError

from access.context import acting_as
from access.selectors import service_actor
from leadtrac.bench.client import signed_in
from retention.checks import restore_problems
from retention.models import ArchivePackage, Hold
from retention.removal import files, ledger
from retention.services import restore
from retention.services.execute import execute_run
from retention.services.holds import release_hold
from retention.tasks import execute_runs
from tests.factories.records import NOW, archived, old_lead, outcomes, started_run, twenty_five_years
from tests.pages import words
from tests.retention.test_requirements_holds import hold
from tests.retention.test_requirements_restore import by_hand, empty_database, moved_to, rows  # noqa: F401  # a fixture

pytestmark = pytest.mark.usefixtures("world")


@pytest.mark.requirement("R10", "R22")
def test_r22_a_hold_that_the_backup_does_not_know_of_is_not_broken_by_a_run_that_it_knows(
    tmp_path: Path,
    empty_database: str,  # noqa: F811
) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        held, other = old_lead(), old_lead()
    archived(team)
    run = started_run(team, "destroy")
    backup = restore.backup(tmp_path, now=NOW)
    hold(team, held.number)
    execute_run(run.pk, now=NOW)
    assert outcomes(team, run) == {held.number: "held", other.number: "destroyed"}
    moved_to(empty_database)

    assert restore.restore(backup.folder, now=NOW) == 1
    execute_runs(actor="svc-retention")

    assert outcomes(team, run) == {held.number: "held", other.number: "destroyed"}, "and the certificate says so"
    with acting_as(team.rita):
        (kept,) = Hold.objects.filter(released_at=None)
        assert (kept.issuer, kept.placed_by.kind) == (restore.RESTORED, "service")
        assert list(ArchivePackage.objects.values_list("lead_number", flat=True)) == [held.number]
    page = words(signed_in(team.rita).get(f"/records/holds/{kept.uuid}/"))
    assert "Enter again what stands, then release this hold" in page

    restore.replay(now=NOW)
    with acting_as(team.rita):
        release_hold(actor=team.rita, hold=kept, authority="entered again", now=NOW)
    assert not restore.keeps_everything(), "it is placed once, and whoever keeps records ends it"


@pytest.mark.requirement("R10", "R22")
def test_r22_a_replay_where_nothing_was_put_back_destroys_no_record_that_a_run_is_still_at(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    archived(team)
    run = started_run(team, "destroy")
    with acting_as(service_actor("retention")):
        package = ArchivePackage.objects.select_related("schedule").get()
        ledger.append(run, [package], at=NOW, scopes=[package.uuid, *package.shred])  # by a worker that was killed before it committed
    hold(team, lead.number)
    assert restore_problems() == []

    assert restore.replay(now=NOW) == 0

    assert rows(world, "retention_archivepackage", "lead_uuid", lead.uuid) == 1
    assert list(files.names()) != []
    assert not restore.keeps_everything()


@pytest.mark.requirement("R22")
def test_r22_a_worker_that_outlived_its_database_removes_nothing_from_the_one_put_back_under_its_name(
    tmp_path: Path,
    empty_database: str,  # noqa: F811
) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    archived(team)
    run = started_run(team, "destroy")
    backup = restore.backup(tmp_path, now=NOW)
    moved_to(empty_database)
    by_hand(backup.folder)

    with pytest.raises(DatabaseError, match="does not know yet what was destroyed"):
        execute_run(run.pk, now=NOW)

    assert rows(empty_database, "retention_archivepackage", "lead_uuid", lead.uuid) == 1
