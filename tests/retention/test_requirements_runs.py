"""Runs that people sign and workers carry out (records management requirements R6, R7, R14, R15, R28)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from access.context import acting_as
from access.selectors import service_actor
from audit.models import Event
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from leads.models import Lead, Note
from leadtrac.bench.client import signed_in
from retention.models import ArchivePackage, Certificate, Disposition, DispositionItem
from retention.removal import archive
from retention.services.execute import execute_run
from retention.services.opening import find_archived, open_package
from retention.services.runs import approve_run, cancel_run, close_review, propose_run, reject_records, sample_of, start_run
from retention.services.schedules import approve_schedule, propose_schedule
from tests.databases import owner_connection
from tests.factories.people import person
from tests.factories.records import (
    NOW,
    Officers,
    archived,
    finished_run,
    old_lead,
    outcomes,
    signed_run,
    started_run,
    twenty_five_years,
)
from tests.pages import words

pytestmark = pytest.mark.usefixtures("world")
ROOT = Path(__file__).resolve().parents[2]


def some_leads(count: int) -> list[Lead]:
    """Old leads, each of a person of its own."""
    with acting_as(service_actor("leads")):
        return [old_lead() for _ in range(count)]


def reviewed(team: Officers, kind: str = "archive") -> Disposition:
    """A run that waits for signatures."""
    with acting_as(team.rita):
        run = propose_run(actor=team.rita, kind=kind, as_of=NOW.date(), now=NOW)
        return close_review(actor=team.rita, run=run, now=NOW)


@pytest.mark.requirement("R6")
def test_r6_nothing_can_be_added_to_an_archived_record() -> None:
    team = twenty_five_years()
    (lead,) = some_leads(1)
    archived(team, maintained=False)

    with pytest.raises(IntegrityError), acting_as(service_actor("leads")), transaction.atomic():
        Note.objects.create(
            lead_id=lead.pk, access_class_id=lead.access_class_id, audience="hq", author=service_actor("leads"), written_at=NOW, sealed=b"x"
        )


@pytest.mark.requirement("R7")
@pytest.mark.parametrize("role", ["analyst", "supervisor", "field_officer", "privacy_officer", "auditor", "data_operator", "administrator"])
def test_r7_an_archived_record_is_for_records_officers_only(role: str) -> None:
    team = twenty_five_years()
    (lead,) = some_leads(1)
    archived(team, maintained=False)
    other = person("other", role)

    with acting_as(other):
        assert not ArchivePackage.objects.exists()
        assert not Lead.objects.filter(pk=lead.pk).exists()
        with pytest.raises(Forbidden):
            find_archived(actor=other, kind="passport", number="ZZ0000001", country="PRT")
    assert signed_in(other).get(reverse("retention_archive")).status_code == 403


@pytest.mark.requirement("R7")
def test_r7_opening_needs_a_reason_is_on_record_and_leaves_the_file_as_it_was(archive_folder: Path) -> None:
    team = twenty_five_years()
    (lead,) = some_leads(1)
    archived(team, maintained=False)
    (file,) = archive_folder.glob("*/*")
    before = file.read_bytes()
    with acting_as(team.rita):
        package = ArchivePackage.objects.get()
        with pytest.raises(InvalidInput):
            open_package(actor=team.rita, package=package, reason=" ")
        opened = open_package(actor=team.rita, package=package, reason="a question of the court")

    assert opened.tables["leads_lead"][0]["number"] == lead.number
    assert file.read_bytes() == before
    with acting_as(person("audra", "auditor")):
        assert Event.objects.filter(act="archive_opened", object_uuid=lead.uuid, actor_id=team.rita.pk).count() == 1


@pytest.mark.requirement("R7")
def test_r7_even_a_records_officer_cannot_read_where_the_file_is_or_whose_protected_record_it_was(world: str) -> None:
    team = twenty_five_years()
    some_leads(1)
    archived(team, maintained=False)
    with acting_as(team.rita):
        package = ArchivePackage.objects.get()
    with owner_connection(world) as owner:
        owner.execute(
            "UPDATE retention_archivepackage SET lead_class_id = (SELECT access_intern_class('hq', NULL, "
            "ARRAY[(SELECT id::int FROM access_compartment WHERE code = 'protected-person')]))"
        )

    with pytest.raises(Exception, match="permission denied"), acting_as(team.rita), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM retention_archivefile")
    with acting_as(team.rita):
        assert not ArchivePackage.objects.exists(), "not even its number"
        with pytest.raises(NotFound):
            open_package(actor=team.rita, package=package, reason="curious")
    cleared = person("clara", "records_officer", cleared_for="protected-person")
    with acting_as(cleared):
        assert open_package(actor=cleared, package=package, reason="a court order").tables


@pytest.mark.check(34)
@pytest.mark.requirement("R14")
def test_r14_a_destruction_takes_three_different_people() -> None:
    team = twenty_five_years()
    some_leads(1)
    archived(team)
    with acting_as(team.rita):
        run = propose_run(actor=team.rita, kind="destroy", as_of=NOW.date(), now=NOW)
        for item in sample_of(run):
            package = ArchivePackage.objects.get(lead_uuid=item.lead_uuid)
            open_package(actor=team.rita, package=package, reason="sample", kind="sample")
        run = close_review(actor=team.rita, run=run, now=NOW)
        with pytest.raises(Forbidden):
            approve_run(actor=team.rita, run=run, seen=run.list_sha256, now=NOW)
    with acting_as(team.rob):
        run = approve_run(actor=team.rob, run=run, seen=run.list_sha256, now=NOW)
        assert run.state == "reviewed"
        with pytest.raises(Forbidden):
            approve_run(actor=team.rob, run=run, seen=run.list_sha256, now=NOW)
        with pytest.raises(Conflict):
            start_run(actor=team.rob, run=run, now=NOW)
    with acting_as(team.rosa):
        assert approve_run(actor=team.rosa, run=run, seen=run.list_sha256, now=NOW).state == "approved"


@pytest.mark.check(34)
@pytest.mark.requirement("R14")
@pytest.mark.parametrize(
    "change",
    [
        "first_approver_id = proposed_by_id",
        "second_approver_id = first_approver_id",
        "second_approver_id = reviewed_by_id",
        "second_approver_id = NULL",
        "first_approver_id = NULL",
    ],
)
def test_r14_the_database_refuses_fewer_people(world: str, change: str) -> None:
    team = twenty_five_years()
    some_leads(1)
    archived(team)
    run = signed_run(team, "destroy")

    with owner_connection(world) as owner, pytest.raises(psycopg.errors.CheckViolation):
        owner.execute(f"UPDATE retention_disposition SET {change} WHERE id = %s", [run.pk])  # noqa: S608  # from this file


@pytest.mark.check(18)
@pytest.mark.requirement("R14")
def test_r14_whoever_signs_starts_opens_or_approves_signs_in_afresh() -> None:
    team = twenty_five_years()
    some_leads(1)
    archived(team, maintained=False)
    some_leads(1)
    run = reviewed(team)
    with acting_as(team.rita):
        package = ArchivePackage.objects.get()
        proposed = propose_schedule(actor=team.rita, title="30 + 5", active_years=30, archived_years=5)
    client = signed_in(team.rob)
    session = client.session
    for method in session["account_authentication_methods"]:
        method["at"] -= 301
    session.save()

    for name, about in (
        ("run_sign", run.uuid), ("run_start", run.uuid), ("package", package.uuid), ("sample", package.uuid),
        ("retrieve", package.uuid), ("approve", proposed.uuid),
    ):  # fmt: skip
        response = client.post(reverse(f"retention_{name}", args=[about]), {"seen": run.list_sha256, "reason": "x", "authority": "x"})
        assert "reauthenticate" in response.headers["Location"], name
    with acting_as(team.rita):
        assert Disposition.objects.get(pk=run.pk).first_approver is None


@pytest.mark.requirement("R14")
def test_r14_a_destruction_is_not_reviewed_before_its_sample_was_opened() -> None:
    team = twenty_five_years()
    some_leads(2)
    archived(team)
    with acting_as(team.rita):
        run = propose_run(actor=team.rita, kind="destroy", as_of=NOW.date(), now=NOW)
        with pytest.raises(Conflict, match="sample"):
            close_review(actor=team.rita, run=run, now=NOW)
    page = words(signed_in(team.rita).get(reverse("retention_run", args=[run.uuid])))
    assert "Open the sample first: 2 of its records have not been looked at." in page


@pytest.mark.requirement("R15")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE retention_dispositionitem SET due_on = due_on + 1 WHERE position = 1",
        "UPDATE retention_dispositionitem SET lead_uuid = gen_random_uuid() WHERE position = 2",
        "DELETE FROM retention_dispositionitem WHERE position = 2",
    ],
)
def test_r15_a_list_that_changed_after_the_signature_is_not_carried_out(world: str, change: str) -> None:
    team = twenty_five_years()
    leads = some_leads(2)
    run = signed_run(team, "archive")
    with owner_connection(world) as owner:
        owner.execute(change)

    with pytest.raises(Conflict, match="not the one that was signed"), acting_as(team.rita):
        start_run(actor=team.rita, run=run, now=NOW)
    with owner_connection(world) as owner:
        owner.execute("UPDATE retention_disposition SET state = 'running', started_by_id = proposed_by_id, started_at = now()")
    with pytest.raises(Exception, match=r"not the one that was signed"):
        execute_run(run.pk, now=NOW)

    with acting_as(service_actor("leads")):
        assert Lead.objects.filter(pk__in=[lead.pk for lead in leads]).count() == 2


@pytest.mark.requirement("R15")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE retention_dispositionitem SET lead_uuid = gen_random_uuid() WHERE outcome = 'archived'",
        "UPDATE retention_dispositionitem SET due_on = due_on - 1 WHERE outcome = 'pending'",
        "DELETE FROM retention_dispositionitem WHERE outcome = 'archived'",
    ],
)
def test_r15_a_list_that_is_touched_while_it_is_carried_out_stops_there(world: str, change: str) -> None:
    team = twenty_five_years()
    some_leads(4)
    run = started_run(team, "archive")
    with acting_as(service_actor("retention")):
        assert archive.archive_batch(Disposition.objects.get(pk=run.pk), now=NOW, most=2) == 2
    with acting_as(team.rita):
        assert Disposition.objects.get(pk=run.pk).list_sound
    with owner_connection(world) as owner:
        owner.execute(change)

    with pytest.raises(Exception, match="not the one that was signed"):
        execute_run(run.pk, now=NOW)


@pytest.mark.requirement("R28")
def test_r28_a_rejected_record_leaves_the_run_and_needs_a_new_review() -> None:
    team = twenty_five_years()
    first, second = some_leads(2)
    with acting_as(team.rita):
        run = propose_run(actor=team.rita, kind="archive", as_of=NOW.date(), now=NOW)
        position = DispositionItem.objects.get(disposition=run, lead_uuid=first.uuid).position
        with pytest.raises(InvalidInput):
            reject_records(actor=team.rita, run=run, positions=[position], reason=" ", now=NOW)
        assert reject_records(actor=team.rita, run=run, positions=[position], reason="asks the desk", now=NOW) == 1
        run = close_review(actor=team.rita, run=run, now=NOW)
        with pytest.raises(Conflict):
            reject_records(actor=team.rita, run=run, positions=[1, 2], reason="late", now=NOW)
    with acting_as(team.rob):
        run = approve_run(actor=team.rob, run=run, seen=run.list_sha256, now=NOW)
        start_run(actor=team.rob, run=run, now=NOW)
    execute_run(run.pk, now=NOW)

    assert outcomes(team, run) == {first.number: "rejected", second.number: "archived"}
    assert outcomes(team, finished_run(team, "archive")) == {first.number: "archived"}


def test_late_activity_leaves_the_run() -> None:
    team = twenty_five_years()
    touched, quiet = some_leads(2)
    run = started_run(team, "archive")
    with acting_as(service_actor("leads")):
        Note.objects.create(
            lead=touched, access_class_id=touched.access_class_id, audience="hq", author=service_actor("leads"), written_at=NOW, sealed=b"x"
        )

    execute_run(run.pk, now=NOW)

    assert outcomes(team, run) == {touched.number: "late", quiet.number: "archived"}


def test_a_day_ahead_of_the_calendar_needs_a_fictional_authority() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        young = old_lead(date(2026, 8, 2))
    ahead = date(2052, 1, 1)

    with acting_as(team.rita):
        run = propose_run(actor=team.rita, kind="archive", as_of=ahead, now=NOW)
        cancel_run(actor=team.rita, run=run, reason="played")
        real = propose_schedule(actor=team.rita, title="25 years, approved", active_years=20, archived_years=5)
    with acting_as(team.rob):
        approve_schedule(actor=team.rob, schedule=real, authority="DAA-0000-0000", now=NOW)
    with acting_as(team.rita), pytest.raises(InvalidInput):
        propose_run(actor=team.rita, kind="archive", as_of=ahead, now=NOW)
    assert young.record_created_on == date(2026, 8, 2)


def test_a_record_stands_in_one_open_run_at_a_time() -> None:
    team = twenty_five_years()
    some_leads(1)
    reviewed(team)

    with pytest.raises(Conflict, match="Nothing is due"):
        reviewed(team)


def test_the_pages_take_a_run_from_list_to_certificate() -> None:
    team = twenty_five_years()
    (lead,) = some_leads(1)
    rita, rob = signed_in(team.rita), signed_in(team.rob)

    answer = rita.post(reverse("retention_runs"), {"kind": "archive", "as_of": "22 Nov 2026"})
    page = answer.headers["Location"]
    assert lead.number in words(rita.get(page))
    assert rita.post(page + "review/").status_code == 302
    assert "another records officer must sign" in words(rita.get(page))
    seen = rob.get(page + "sign/").context["run"].list_sha256
    assert rob.post(page + "sign/", {"seen": seen}).status_code == 302
    assert rob.post(page + "start/", {"seen": seen}).status_code == 302
    assert "of 1" in words(rita.get(page + "progress/"))
    with acting_as(team.rita):
        run = Disposition.objects.get()
    assert "HX-Refresh" not in rita.get(page + "progress/").headers
    execute_run(run.pk, now=NOW)
    assert rita.get(page + "progress/").headers["HX-Refresh"] == "true", "outcomes and certificate come with the page"

    done = words(rita.get(page))
    assert "Certificate" in done
    assert "Archived: 1" in done
    listed = rita.get(reverse("retention_certificates"))
    assert words(listed).count("FICTIONAL AUTHORITY - DEMONSTRATION") == 1
    with acting_as(team.rita):
        certificate = Certificate.objects.get()
    assert rita.get(reverse("retention_certificate", args=[certificate.uuid, "json"])).json()["document"]["kind"] == "archive"
    assert rita.get(reverse("retention_certificate", args=[certificate.uuid, "pdf"])).content.startswith(b"%PDF")
