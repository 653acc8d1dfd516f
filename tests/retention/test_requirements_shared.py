"""What several records share goes with the last of them (records management requirement R9)."""

from __future__ import annotations

import random
import threading
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from launcher.waiting import until
from retention.models import ArchivePackage, Disposition
from retention.removal import ledger
from retention.services.execute import execute_run
from retention.services.holds import release_hold
from retention.services.opening import open_package
from retention.services.runs import propose_run
from subjects.models import Subject
from tests.databases import owner_connection
from tests.factories import records
from tests.factories.records import NOW, archived, finished_run, old_lead, old_subject, outcomes, started_run, twenty_five_years
from tests.retention.test_requirements_holds import hold

pytestmark = pytest.mark.usefixtures("world")
CANARY = "quokkaburrow"


@pytest.mark.requirement("R9")
def test_r9_a_shared_subject_goes_with_its_last_lead_and_not_before() -> None:
    dice = random.Random(9)  # noqa: S311  # the same leads each time
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        people = [old_subject(f"p{number}") for number in range(6)]
        young = {subject.pk for subject in people if dice.random() < 0.5}
        for subject in people:
            for _ in range(dice.randint(1, 3)):
                old_lead(subject=subject)
            if subject.pk in young:
                old_lead(date(2026, 8, 2), subject=subject)

    archived(team, maintained=False)

    with acting_as(service_actor("leads")):
        assert set(Subject.objects.values_list("pk", flat=True)) == young
        for model in apps.get_app_config("subjects").get_models():
            if any(field.name == "subject" for field in model._meta.concrete_fields):
                assert set(model._default_manager.values_list("subject", flat=True)) <= young, model
        assert ArchivePackage.objects.filter(with_subject=True).count() == len(people) - len(young)


@pytest.mark.requirement("R9", "R10")
def test_r9_what_is_known_of_a_person_outlives_the_last_lead_in_a_sealed_record_that_a_hold_keeps(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        subject = old_subject(CANARY)
        elder, last = old_lead(date(2000, 1, 1), subject=subject), old_lead(subject=subject)
        record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid, payload={"words": CANARY}, scope=subject.uuid)
    archived(team)
    placed = hold(team, elder.number)

    def keys() -> int:
        query = "SELECT (SELECT count(*) FROM audit_datakey WHERE scope = %s) + (SELECT count(*) FROM audit_payload WHERE scope = %s)"
        with owner_connection(world) as owner:
            return owner.execute(query, [subject.uuid] * 2).fetchone()[0]

    known = keys()
    run = finished_run(team, "destroy")

    assert outcomes(team, run) == {last.number: "destroyed"}
    assert keys() == known > 0, "what colleagues wrote of the person goes with the last record about the person"
    with acting_as(team.rita):
        package = ArchivePackage.objects.get()
        opened = open_package(actor=team.rita, package=package, reason="discovery")
        assert f"1 {CANARY} Street" in {row["line"] for row in opened.tables["subjects_addressfact"]}
        assert CANARY in opened.tables["ingest_sourcerow"][0]["words"]
        release_hold(actor=team.rita, hold=placed, authority="order of 1 Dec", now=NOW)

    assert outcomes(team, finished_run(team, "destroy")) == {elder.number: "destroyed"}
    assert keys() == 0
    assert [subject.uuid in entry.scopes for entry in ledger.entries()] == [False, True]


@pytest.mark.requirement("R9")
def test_r9_the_keys_of_a_person_who_is_live_stay_when_an_elder_record_is_destroyed(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        subject = old_subject(CANARY)
        old_lead(subject=subject), old_lead(date(2026, 8, 2), subject=subject)
        record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid, payload={"words": CANARY}, scope=subject.uuid)
    archived(team)

    finished_run(team, "destroy")

    with owner_connection(world) as owner:
        assert owner.execute("SELECT count(*) FROM audit_datakey WHERE scope = %s", [subject.uuid]).fetchone()[0] == 1


@pytest.mark.requirement("R9", "R17")
def test_r9_of_two_workers_that_destroy_a_person_s_last_two_records_at_once_the_second_takes_the_keys(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        subject = old_subject(CANARY)
        old_lead(date(2000, 1, 1), subject=subject), old_lead(subject=subject)
        record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid, payload={"words": CANARY}, scope=subject.uuid)
    archived(team)
    monkeypatch.setattr(records, "propose_run", partial(propose_run, most=1))
    first, second = started_run(team, "destroy"), started_run(team, "destroy")
    reached, go_on, append = threading.Event(), threading.Event(), ledger.append

    def pause(run: Disposition, *given: Any, **named: Any) -> None:
        append(run, *given, **named)
        if run.pk == first.pk:
            reached.set()
            assert go_on.wait(30)

    def work(run: Disposition) -> None:
        try:
            execute_run(run.pk, now=NOW)
        finally:
            connection.close()

    def second_waits() -> bool:
        with owner_connection(world) as owner:
            asked = "SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()"
            return owner.execute(asked).fetchone() is not None

    monkeypatch.setattr(ledger, "append", pause)
    threads = [threading.Thread(target=work, args=[run]) for run in (first, second)]
    threads[0].start()
    assert reached.wait(30)
    threads[1].start()
    waited = until(second_waits, 30)
    go_on.set()
    for thread in threads:
        thread.join()

    assert waited
    assert [subject.uuid in entry.scopes for entry in ledger.entries()] == [False, True]
    with owner_connection(world) as owner:
        assert owner.execute("SELECT count(*) FROM audit_datakey WHERE scope = %s", [subject.uuid]).fetchone()[0] == 0
