"""Batches of a run beside each other, beside an approval, and beside a day that changes under them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import DatabaseError, connection

from access.context import acting_as
from access.selectors import service_actor
from launcher.waiting import until
from leads.models import Lead
from leads.services.evaluation import evaluate_subjects
from organizations.models import Organization
from retention.conditions import CODES
from retention.models import ArchivePackage, Disposition, RetentionClock
from retention.removal import archive, files
from retention.services.execute import execute_run
from retention.services.opening import open_package
from retention.services.schedules import approve_schedule, propose_schedule
from tests.databases import owner_connection
from tests.factories import cases
from tests.factories.records import NOW, archived, old_lead, started_run, twenty_five_years
from tests.locks import Waiting

pytestmark = [pytest.mark.usefixtures("world"), pytest.mark.requirement("R17")]


def batch(run: Disposition) -> None:
    with acting_as(service_actor("retention")):
        archive.archive_batch(run, now=NOW, most=1)


class Pause:
    """The first removal stops short of the rows until it is told to go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        self._remove = archive._remove
        monkeypatch.setattr(archive, "_remove", self)

    def __call__(self, *arguments: Any) -> None:
        if not self.reached.is_set():
            self.reached.set()
            assert self.go_on.wait(30)
        self._remove(*arguments)


def side_by_side(world: str, pause: Pause, first: Callable[[], object], second: Callable[[], object]) -> None:
    """`first` runs up to the pause, `second` until it waits for a lock of the first; then both go on to their ends."""
    failed: list[BaseException] = []

    def alone(act: Callable[[], object]) -> None:
        try:
            act()
        except DatabaseError as error:
            failed.append(error)
        finally:
            connection.close()

    def one_waits() -> bool:
        with owner_connection(world) as owner:
            ours = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            held_up = f"SELECT 1 FROM pg_locks WHERE NOT granted AND pid IN ({ours})"  # noqa: S608  # written above
            return owner.execute(held_up).fetchone() is not None

    threads = [threading.Thread(target=alone, args=[act]) for act in (first, second)]
    threads[0].start()
    assert pause.reached.wait(30)
    threads[1].start()
    waited = until(one_waits, 30)
    pause.go_on.set()
    for thread in threads:
        thread.join()
    assert (waited, failed) == (True, [])


def test_of_two_batches_with_the_last_people_of_an_organization_the_second_takes_it_along(
    monkeypatch: pytest.MonkeyPatch, world: str
) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        leads = [old_lead() for _ in range(2)]
        school = cases.school()
        for lead in leads:
            assert lead.subject is not None
            cases.student(lead.subject, organization=school)
    run = started_run(team, "archive")

    side_by_side(world, Pause(monkeypatch), lambda: batch(run), lambda: batch(run))

    with acting_as(team.rita):
        tables = [open_package(actor=team.rita, package=each, reason="look").tables for each in ArchivePackage.objects.all()]
    assert sorted("organizations_organization" in each for each in tables) == [False, True]
    with acting_as(service_actor("leads")):
        assert not Organization.objects.exists()


def test_an_approval_waits_for_the_batch_that_has_read_the_days(monkeypatch: pytest.MonkeyPatch, world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead()
    run = started_run(team, "archive")
    with acting_as(team.rita):
        longer = propose_schedule(actor=team.rita, title="30 + 5", active_years=30, archived_years=5, series="leads")

    def approve() -> None:
        with acting_as(team.rob):
            approve_schedule(actor=team.rob, schedule=longer, authority="DAA-0000-0000", now=NOW)

    side_by_side(world, Pause(monkeypatch), lambda: execute_run(run.pk, now=NOW), approve)

    with acting_as(team.rita):  # sealed with the day of 25 years, and dated anew by what came after
        assert {(each.destroy_on.year, each.schedule_id) for each in ArchivePackage.objects.all()} == {(2036, longer.pk)}


@pytest.mark.parametrize("between", ["destroy_on = destroy_on + 1", "conditions = ARRAY['referral_accepted']"])
def test_no_package_is_kept_whose_day_changed_while_it_was_sealed(monkeypatch: pytest.MonkeyPatch, world: str, between: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    run = started_run(team, "archive")
    write_many = files.write_many

    def and_meanwhile(sealed: Mapping[str, bytes]) -> None:
        write_many(sealed)
        with owner_connection(world) as owner:
            owner.execute(f"UPDATE retention_retentionclock SET {between}")  # noqa: S608  # written above

    monkeypatch.setattr(files, "write_many", and_meanwhile)
    with pytest.raises(DatabaseError, match="may not be archived"):
        batch(run)

    with acting_as(service_actor("leads")):
        assert Lead.objects.filter(pk=lead.pk).exists()
    with acting_as(team.rita):
        assert not ArchivePackage.objects.exists()


@pytest.mark.parametrize("kind", ["archive", "destroy"])
def test_the_database_lets_a_run_take_only_what_its_own_schedule_dates(world: str, kind: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    if kind == "destroy":
        archived(team)
    run = started_run(team, kind)
    with acting_as(team.rita):
        proposed = propose_schedule(actor=team.rita, title="40", active_years=40, archived_years=0, condition=CODES[0])
    with acting_as(team.rob):
        approve_schedule(actor=team.rob, schedule=proposed, authority="DAA-0000-0000", now=NOW)
    with owner_connection(world) as owner:
        another = f"(SELECT id FROM retention_schedule WHERE condition = '{CODES[0]}' AND status = 'approved')"  # noqa: S608  # a constant
        owner.execute(f"UPDATE retention_disposition SET schedule_id = {another} WHERE id = %s", [run.pk])  # noqa: S608  # written above
        function = f"retention_{kind}(%s, ARRAY[%s]::uuid[]" + (", '{}', '{}', current_date)" if kind == "archive" else ")")

    with pytest.raises(DatabaseError, match="may not be"), acting_as(service_actor("retention")), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}", [run.pk, lead.uuid])  # written above
    with acting_as(team.rita):
        assert RetentionClock.objects.exists() or ArchivePackage.objects.exists()


def test_a_batch_and_a_judgement_of_its_people_do_not_wait_for_each_other(world: str) -> None:
    team, service = twenty_five_years(), service_actor("leads")
    with acting_as(service):
        lead = old_lead()
        assert lead.subject_id is not None
        judged = [lead.subject_id]
    run = started_run(team, "archive")
    waiting = Waiting(world)

    with acting_as(service):
        Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
        waiting.begin(lambda: batch(run))
        waiting.begin(lambda: evaluate_subjects(actor=service, subject_ids=judged, now=NOW))
    waiting.ended()

    with acting_as(team.rita):
        assert ArchivePackage.objects.count() == 1
