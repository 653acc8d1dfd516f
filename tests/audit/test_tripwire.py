"""The tripwire: whatever changes a watched table leaves its trace, however it is done; human edits show old and new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from access.services.grants import grant_role
from audit.acts import Act
from audit.changes import changed
from audit.models import Change, Event, Untold
from audit.selectors import words_of
from audit.services import record
from leads.models import Finding, Lead
from leads.services.notes import write_note
from leads.services.triage import claim_lead
from leadtrac.bench.client import signed_in
from tests.databases import owner_connection
from tests.factories.leads import NOON, make_lead
from tests.factories.people import person
from tests.pages import words


@pytest.fixture
def lead(world: str) -> Lead:
    with acting_as(service_actor("leads")):
        return make_lead()


@pytest.fixture
def auditor(world: str) -> User:
    return person("otto.auditor", "auditor")


def traces(auditor: User, table: str) -> list[tuple[str, int | None, bool]]:
    """Operation, number of rows, and whether an event speaks for it; the oldest first."""
    with acting_as(auditor):
        untold = set(Untold.objects.values_list("change_id", flat=True))
        found = Change.objects.filter(table_name=table).order_by("pk")
        return [(change.operation, change.row_count, change.pk not in untold) for change in found]


def finding(lead: Lead, number: int) -> Finding:
    return Finding(
        lead=lead, access_class_id=lead.access_class_id, subject_id=lead.subject_id, rule_id="overstay-dated", rule_version="1",
        matter_key=str(number), violation="overstay", holds=True, outcome="stands", sentence="Over.", evidence_digest="",
        as_of=date(2026, 11, 1),
    )  # fmt: skip


@pytest.mark.check(42)
def test_bulk_create_leaves_one_trace_with_the_number_of_rows(lead: Lead, auditor: User) -> None:
    with acting_as(service_actor("leads")):
        Finding.objects.bulk_create([finding(lead, number) for number in range(7)])

    assert traces(auditor, "leads_finding") == [("insert", 7, False)]


@pytest.mark.check(42)
def test_an_update_of_a_queryset_leaves_its_trace_and_one_that_changes_nothing_does_not(lead: Lead, auditor: User) -> None:
    before = traces(auditor, "leads_lead")
    with acting_as(service_actor("leads")):
        Lead.objects.update(why="changed")
        Lead.objects.filter(pk=-1).update(why="nobody")

    assert traces(auditor, "leads_lead")[len(before) :] == [("update", 1, False)]


def test_an_event_in_the_same_transaction_speaks_for_it_before_or_after(lead: Lead, auditor: User) -> None:
    before = traces(auditor, "leads_lead")
    for first in (True, False):
        with acting_as(service_actor("leads")):
            if first:
                record(Act.BULK, object_kind="lead", results=[lead.uuid])
            Lead.objects.update(why=f"changed {first}")
            if not first:
                record(Act.BULK, object_kind="lead", results=[lead.uuid])

    assert traces(auditor, "leads_lead")[len(before) :] == [("update", 1, True), ("update", 1, True)]


def test_an_event_of_another_transaction_does_not_speak_for_it(lead: Lead, auditor: User) -> None:
    before = traces(auditor, "leads_lead")
    with acting_as(service_actor("leads")):
        record(Act.BULK, object_kind="lead", results=[lead.uuid])
    with acting_as(service_actor("leads")):
        Lead.objects.update(why="changed")

    assert traces(auditor, "leads_lead")[len(before) :] == [("update", 1, False)]


@pytest.mark.check(42)
def test_raw_sql_of_the_owner_leaves_its_trace_without_an_actor(world: str, lead: Lead, auditor: User) -> None:
    with owner_connection(world) as owner:
        owner.execute("UPDATE leads_lead SET why = 'by hand'")

    with acting_as(auditor):
        newest = Change.objects.latest("pk")
        assert (newest.table_name, newest.operation, newest.row_count, newest.actor_id) == ("leads_lead", "update", 1, None)
        assert newest.role_name != connection.settings_dict["USER"]
        assert Untold.objects.filter(pk=newest.pk).exists()


@pytest.mark.check(42)
def test_copy_is_refused_and_by_its_detour_or_past_the_policies_it_leaves_its_trace(world: str, lead: Lead, auditor: User) -> None:
    columns = "lead_id, class_id, user_id, claimed_at, until, released_at, why"
    row = (lead.pk, lead.access_class_id, auditor.pk, NOON, datetime(2026, 11, 23, tzinfo=UTC), NOON, "")
    into = f"COPY leads_claim ({columns}) FROM STDIN"
    with owner_connection(world) as owner:
        with pytest.raises(psycopg.errors.FeatureNotSupported), owner.cursor().copy(into) as copy:
            copy.write_row(row)
        owner.execute("ALTER TABLE leads_claim NO FORCE ROW LEVEL SECURITY")
        with owner.cursor().copy(into) as copy:
            copy.write_row(row)
            copy.write_row(row)
    with acting_as(service_actor("leads")), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE new_claims ON COMMIT DROP AS SELECT {columns} FROM leads_claim LIMIT 0")  # noqa: S608
        with cursor.copy(into.replace("leads_claim", "new_claims")) as copy:
            copy.write_row(row)
        cursor.execute(f"INSERT INTO leads_claim ({columns}) SELECT {columns} FROM new_claims")  # noqa: S608  # our own constant

    assert traces(auditor, "leads_claim") == [("insert", 2, False), ("insert", 1, False)]


@pytest.mark.check(42)
def test_a_cascade_leaves_a_trace_on_each_table_that_it_reaches(world: str, lead: Lead, auditor: User) -> None:
    with acting_as(service_actor("leads")):
        Finding.objects.bulk_create([finding(lead, number) for number in range(3)])
    with owner_connection(world) as owner:
        owner.execute(
            "ALTER TABLE leads_finding ADD CONSTRAINT probe FOREIGN KEY (lead_id) REFERENCES leads_lead (id) ON DELETE CASCADE NOT VALID"
        )
        owner.execute("DELETE FROM retention_retentionclock")
        owner.execute("DELETE FROM leads_lead")

    assert traces(auditor, "leads_finding")[-1] == ("delete", 3, False)
    assert traces(auditor, "leads_lead")[-1] == ("delete", 1, False)
    assert traces(auditor, "retention_retentionclock")[-1][0] == "delete"


def test_truncating_leaves_its_trace(world: str, lead: Lead, auditor: User) -> None:
    with owner_connection(world) as owner:
        owner.execute("TRUNCATE leads_claim")

    assert traces(auditor, "leads_claim") == [("truncate", None, False)]


def test_what_is_rolled_back_leaves_none(lead: Lead, auditor: User) -> None:
    before = traces(auditor, "leads_lead")
    with pytest.raises(ZeroDivisionError), acting_as(service_actor("leads")):
        Lead.objects.update(why="changed")
        _ = 1 / 0

    assert traces(auditor, "leads_lead") == before


def test_what_the_services_do_is_told(lead: Lead, auditor: User) -> None:
    analyst = person("ana", "analyst")
    with acting_as(analyst):
        claim_lead(actor=analyst, lead=lead, now=NOON)

    assert traces(auditor, "leads_claim") == [("insert", 1, True)]
    assert all(told for _, _, told in traces(auditor, "leads_transition"))


@pytest.mark.check(42)
def test_a_role_that_is_given_past_the_services_stands_on_the_auditors_list_and_one_from_the_page_is_told(auditor: User) -> None:
    admin, analyst = person("adam", "administrator"), person("ana", "analyst")
    before = traces(auditor, "access_rolegrant")
    with acting_as(admin):
        grant_role(actor=admin, user=analyst, role="supervisor", reason="for a month")
    with acting_as(admin), connection.cursor() as cursor:
        cursor.execute("INSERT INTO access_rolegrant (user_id, role_id, reason) VALUES (%s, 'auditor', 'x')", [analyst.pk])

    assert traces(auditor, "access_rolegrant")[len(before) :] == [("insert", 1, True), ("insert", 1, False)]
    assert "access_rolegrant" in words(signed_in(auditor).get(reverse("audit_untold")))


def test_traces_are_read_by_auditors_and_changed_by_nobody(world: str, lead: Lead, auditor: User) -> None:
    with acting_as(auditor):
        assert Change.objects.exists()
    with acting_as(person("ana", "analyst")):
        assert not Change.objects.exists()
    for statement in ("DELETE FROM audit_change", "UPDATE audit_change SET row_count = 0", "INSERT INTO audit_untold VALUES (1)"):
        with pytest.raises(DatabaseError), acting_as(service_actor("leads")), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with owner_connection(world) as owner, pytest.raises(Exception, match="append-only"):
        owner.execute("DELETE FROM audit_change")


def test_every_table_of_leads_retention_and_oversight_and_what_people_hold_is_watched(world: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace "
            "AND c.relname ~ '^(leads|retention|oversight)_|^access_(rolegrant|membership|clearance)$' "
            "AND (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname LIKE 'audit_trip_%' AND t.tgenabled = 'O') <> 4"
        )
        assert cursor.fetchall() == []


# human edits ------------------------------------------------------------------------------------------------------


def test_changed_names_only_what_differs() -> None:
    assert changed({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == {"changed": {"b": [2, 3], "c": [None, 4]}}
    assert changed({"a": 1}, {"a": 1}) == {}


def opened(auditor: User, act: Act) -> dict[str, Any]:
    with acting_as(auditor):
        return words_of(Event.objects.filter(act=act).latest("pk")) or {}


def test_a_move_shows_the_auditor_the_old_and_the_new_status(lead: Lead, auditor: User) -> None:
    analyst = person("ana", "analyst")
    with acting_as(analyst):
        claim_lead(actor=analyst, lead=lead, now=NOON)

    assert opened(auditor, Act.LEAD_MOVED)["changed"] == {"status": ["In the queue", "In research"]}


def test_a_corrected_note_shows_what_it_said_before(lead: Lead, auditor: User) -> None:
    analyst = person("ana", "analyst")
    with acting_as(analyst):
        first = write_note(actor=analyst, lead=lead, text="Seen on Monday.", audience="hq", now=NOON)
        write_note(actor=analyst, lead=lead, text="Seen on Tuesday.", audience="hq", now=NOON, replaces=first.uuid)
        event = Event.objects.filter(act=Act.NOTE_ADDED).latest("pk")

    assert opened(auditor, Act.NOTE_ADDED)["changed"] == {"text": ["Seen on Monday.", "Seen on Tuesday."]}
    text = words(signed_in(auditor).get(reverse("audit_event", args=[event.uuid])))
    assert "Text Seen on Monday. → Seen on Tuesday." in text


def test_the_owner_of_a_closed_account_shows_open_then_closed(auditor: User, client_as: Callable[[User], Client]) -> None:
    admin, leaver = person("adam", "administrator"), person("lea", "analyst")
    client_as(admin).post(reverse("user_act", args=[leaver.uuid, "close"]), {"reason": "left the agency"})

    assert opened(auditor, Act.USER_CHANGED)["changed"] == {"account": ["open", "closed"]}


def test_the_old_value_is_sealed_and_goes_with_its_lead(world: str, lead: Lead, auditor: User) -> None:
    analyst = person("ana", "analyst")
    with acting_as(analyst):
        write_note(actor=analyst, lead=lead, text="CANARY", audience="hq", now=NOON)
    with owner_connection(world) as owner:
        assert owner.execute("SELECT count(*) FROM audit_payload WHERE sealed LIKE '%CANARY%'::bytea").fetchone() == (0,)
        owner.execute("DELETE FROM audit_datakey WHERE scope = %s", [lead.uuid])

    assert opened(auditor, Act.NOTE_ADDED) == {}
