"""Holds win (records management requirements R10, R12, R13)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from foundation.errors import Conflict, InvalidInput
from foundation.registries import Blocker, blockers
from leads.models import Lead
from leads.sealing import read_words
from leads.services.notices import forget_notices
from leadtrac.bench.client import signed_in
from retention.hold_query import HoldQuery
from retention.models import ArchivePackage, Disposition, DispositionItem, Hold, HoldLead, RetentionClock
from retention.selectors.runs import get_hold_for
from retention.services.execute import execute_run
from retention.services.holds import place_hold, release_hold
from retention.services.runs import propose_run
from retention.tasks import keep_up
from tests.databases import owner_connection
from tests.factories.people import person
from tests.factories.records import NOW, Officers, archived, finished_run, old_lead, outcomes, started_run, twenty_five_years
from tests.pages import words

pytestmark = pytest.mark.usefixtures("world")


EARLIER = NOW - timedelta(days=1)


def hold(team: Officers, *numbers: str, query: HoldQuery | None = None, kind: str = "litigation", now: datetime = NOW) -> Hold:
    """A hold of the district court."""
    with acting_as(team.rosa):
        return place_hold(
            actor=team.rosa,
            kind=kind,
            issuer="District court",
            authority="1:26-cv-00001",
            reason="a suit",
            now=now,
            numbers=numbers,
            query=query,
        )


def figures(officer: User, placed: Hold) -> tuple[int, int]:
    """Records at issue and now, as the officer sees them."""
    with acting_as(officer):
        seen: Any = get_hold_for(officer, placed.uuid)
    return seen.count_at_issue, seen.count_now


@pytest.mark.requirement("R10")
@pytest.mark.parametrize("kind", ["litigation", "foia", "privacy_act", "open_case", "audit"])
def test_r10_every_kind_of_hold_keeps_a_record_out_of_the_archive(kind: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        held, free = old_lead(), old_lead()
    hold(team, held.number, kind=kind)

    run = finished_run(team, "archive")

    assert outcomes(team, run) == {free.number: "archived"}
    assert run.left_out == 1
    with acting_as(service_actor("leads")):
        assert Lead.objects.get() == held


@pytest.mark.requirement("R10")
def test_r10_a_lead_can_stand_under_many_holds_and_one_is_enough() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead, other = old_lead(), old_lead()
    first, second = hold(team, lead.number), hold(team, lead.number, other.number)
    with acting_as(team.rita):
        release_hold(actor=team.rita, hold=second, authority="order of 20 Nov", now=NOW)

    run = finished_run(team, "archive")

    assert outcomes(team, run) == {other.number: "archived"}
    with acting_as(team.rita):
        assert HoldLead.objects.filter(hold=first).count() == 1
    with acting_as(service_actor("leads")):
        assert Lead.objects.get() == lead


@pytest.mark.requirement("R10")
def test_r10_a_hold_by_query_is_live_and_counts_what_was_added() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        old_lead(date(2001, 3, 14))
        old_lead(date(2005, 3, 14))
    live = hold(team, query=HoldQuery(created_to=date(2002, 1, 1)), now=EARLIER)
    with acting_as(service_actor("leads")):
        late = old_lead(date(2001, 5, 1))
        old_lead(date(2006, 5, 1))

    assert figures(team.rita, live) == (1, 2)
    with acting_as(team.rita):
        assert set(HoldLead.objects.filter(hold=live).values_list("lead_number", flat=True)) > {late.number}


@pytest.mark.requirement("R10")
def test_r10_a_record_that_comes_to_match_later_is_held_before_it_goes(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead, other = old_lead(close_reason="departed"), old_lead(close_reason="in_status")
    live = hold(team, query=HoldQuery(close_reason="wrong_person"), now=EARLIER)
    assert figures(team.rita, live) == (0, 0)
    run = started_run(team, "archive")
    with owner_connection(world) as owner:
        owner.execute("UPDATE leads_lead SET close_reason = 'wrong_person' WHERE id = %s", [lead.pk])

    execute_run(run.pk, now=NOW)

    assert outcomes(team, run) == {lead.number: "held", other.number: "archived"}
    with acting_as(team.rita):
        assert HoldLead.objects.filter(hold=live, by_query=True).count() == 1


@pytest.mark.requirement("R10")
def test_r10_live_holds_are_asked_again_each_night_so_that_their_figures_are_true(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead(state="in_research", close_reason="")
    live = hold(team, query=HoldQuery(closed=True), now=EARLIER)
    with owner_connection(world) as owner:
        owner.execute("UPDATE leads_lead SET state = 'closed', close_reason = 'departed' WHERE id = %s", [lead.pk])

    keep_up(actor="svc-retention")
    keep_up(actor="svc-retention")

    page = words(signed_in(team.rita).get(reverse("retention_hold", args=[live.uuid])))
    assert "Records at issue 0 Records now 1 Added since 1 Reason a suit Live query closed" in page


@pytest.mark.requirement("R10")
def test_r10_a_hold_reaches_sealed_records_too() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        named, asked = old_lead(date(2001, 1, 1)), old_lead(date(2001, 6, 1))
    archived(team)
    hold(team, named.number)
    hold(team, query=HoldQuery(created_from=date(2001, 5, 1), legacy=True))

    with acting_as(team.rita), pytest.raises(Conflict, match="2 records are due, and something stops each"):
        propose_run(actor=team.rita, kind="destroy", as_of=NOW.date(), now=NOW)

    with acting_as(team.rita):
        assert set(HoldLead.objects.values_list("lead_number", flat=True)) == {named.number, asked.number}


@pytest.mark.requirement("R10")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM leads_lead WHERE uuid = %s",
        "DELETE FROM leads_note WHERE replaces_id IS NOT NULL AND lead_id = (SELECT id FROM leads_lead WHERE uuid = %s)",
        "DELETE FROM leads_attachment WHERE lead_id = (SELECT id FROM leads_lead WHERE uuid = %s)",
        "DELETE FROM leads_transition WHERE lead_id = (SELECT id FROM leads_lead WHERE uuid = %s)",
        "DELETE FROM audit_datakey WHERE scope = %s",
        "DELETE FROM audit_payload WHERE scope = %s",
    ],
)
def test_r10_raw_sql_of_the_owner_itself_is_refused(world: str, statement: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    hold(team, lead.number)

    with owner_connection(world) as owner, pytest.raises(psycopg.Error, match="a hold stands"):
        owner.execute(statement, [lead.uuid])


def test_what_a_colleague_was_told_long_ago_goes_also_while_a_hold_stands(world: str) -> None:
    team = twenty_five_years()
    analyst, service = person("ana", "analyst"), service_actor("leads")
    with acting_as(service):
        lead = old_lead()
    with owner_connection(world) as owner:
        owner.execute(
            "INSERT INTO leads_notice (user_id, kind, lead_id, count, because, happened_at) "
            "VALUES (%s, 'assigned', %s, 0, '', '2020-01-01')",
            [analyst.pk, lead.pk],
        )
    hold(team, lead.number)

    with acting_as(service):
        assert forget_notices(actor=service, now=NOW) == 1


@pytest.mark.requirement("R10")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM retention_archivefile",
        "DELETE FROM retention_archiveidentifier",
        "DELETE FROM retention_archivepackage",
        "DELETE FROM audit_datakey WHERE scope IN (SELECT uuid FROM retention_archivepackage)",
        "DELETE FROM audit_datakey WHERE scope IN (SELECT unnest(shred) FROM retention_archivepackage)",
        "TRUNCATE retention_archivepackage CASCADE",
        "TRUNCATE audit_datakey",
        "TRUNCATE retention_holdlead",
    ],
)
def test_r10_the_package_of_a_held_record_cannot_be_taken_apart_with_raw_sql(world: str, statement: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    archived(team, maintained=False)
    hold(team, lead.number)

    with owner_connection(world) as owner, pytest.raises(psycopg.Error, match="a hold stands"):
        owner.execute(statement)


@pytest.mark.requirement("R10")
def test_r10_what_is_known_of_the_person_of_a_held_lead_cannot_be_deleted_with_raw_sql(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        held, free = old_lead(), old_lead()
    hold(team, held.number)

    with owner_connection(world) as owner:
        guarded = owner.execute(
            "SELECT relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE tgname = 'retention_refuse_held_facts'"
        ).fetchall()
        for (table,) in guarded:
            owner.execute(f"DELETE FROM {table} WHERE subject_id = %s", [free.subject_id])  # noqa: S608  # from the catalog
        for (table,) in guarded:
            for statement in (f"DELETE FROM {table} WHERE subject_id = {held.subject_id}", f"TRUNCATE {table}"):  # noqa: S608  # as above
                if "DELETE" not in statement or owner.execute(statement.replace("DELETE", "SELECT 1", 1)).rowcount:
                    with pytest.raises(psycopg.Error, match="a hold stands"):
                        owner.execute(statement)
    facts = {model._meta.db_table for model in apps.get_app_config("subjects").get_models() if model._meta.db_table.endswith("fact")}
    assert facts and facts == {table for (table,) in guarded}


@pytest.mark.requirement("R10")
@pytest.mark.parametrize("missing", ["issuer", "authority", "reason"])
def test_r10_a_hold_says_who_asks_by_what_authority_and_why(missing: str) -> None:
    team = twenty_five_years()
    given = {"issuer": "court", "authority": "docket", "reason": "suit", missing: " "}

    with pytest.raises(InvalidInput), acting_as(team.rita):
        place_hold(actor=team.rita, kind="litigation", now=NOW, query=HoldQuery(), **given)


@pytest.mark.requirement("R12")
def test_r12_a_hold_does_not_stop_the_clock_and_release_sends_to_review() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead, other = old_lead(), old_lead()
    run = started_run(team, "archive")
    placed = hold(team, lead.number)
    with acting_as(team.rita):
        days = RetentionClock.objects.filter(lead=lead).values_list("record_created_on", "archive_on", "destroy_on")
        assert list(days) == [(date(2001, 3, 14), date(2021, 3, 14), date(2026, 3, 14))]
        release_hold(actor=team.rita, hold=placed, authority="order of 20 Nov", now=NOW)
        assert list(days.all()) == [(date(2001, 3, 14), date(2021, 3, 14), date(2026, 3, 14))]
        assert Disposition.objects.count() == 1, "a release proposes nothing"

    execute_run(run.pk, now=NOW)

    assert outcomes(team, run) == {lead.number: "held", other.number: "archived"}, "a release does not put it back into the run"
    assert outcomes(team, finished_run(team, "archive")) == {lead.number: "archived"}


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("kind", ["archive", "destroy"])
def test_r13_what_other_desks_register_blocks_like_a_hold(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead, free = old_lead(), old_lead()
    if kind == "destroy":
        archived(team)
    run = started_run(team, kind)  # it was free when the list was frozen
    entries = {"test": Blocker(among=lambda leads: {each: "An open request." for each in leads if each == lead.uuid})}
    monkeypatch.setattr(blockers, "_entries", entries)

    execute_run(run.pk, now=NOW)

    gone = {"archive": "archived", "destroy": "destroyed"}[kind]
    assert outcomes(team, run) == {lead.number: "blocked", free.number: gone}
    with acting_as(team.rita):
        assert DispositionItem.objects.get(disposition=run, lead_number=lead.number).detail == "An open request."


@pytest.mark.requirement("R13")
@pytest.mark.parametrize("kind", ["privacy_act", "foia", "litigation", "open_case"])
def test_r13_a_flag_of_each_kind_that_is_set_during_a_run_stops_a_destruction(kind: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead, free = old_lead(), old_lead()
    archived(team)
    run = started_run(team, "destroy")
    hold(team, lead.number, kind=kind)

    execute_run(run.pk, now=NOW)

    assert outcomes(team, run) == {lead.number: "held", free.number: "destroyed"}
    with acting_as(team.rita):
        assert ArchivePackage.objects.get().lead_number == lead.number


@pytest.mark.requirement("R13")
def test_r13_an_open_lead_is_not_archived() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead(state="in_research", close_reason="")
        free = old_lead()

    assert outcomes(team, finished_run(team, "archive")) == {free.number: "archived"}
    with acting_as(service_actor("leads")):
        assert Lead.objects.get() == lead


def test_a_hold_is_released_once_and_only_with_an_authority() -> None:
    team = twenty_five_years()
    placed = hold(team, query=HoldQuery())

    with pytest.raises(InvalidInput), acting_as(team.rita):
        release_hold(actor=team.rita, hold=placed, authority=" ", now=NOW)
    with acting_as(team.rita):
        release_hold(actor=team.rita, hold=placed, authority="order", now=NOW)
    with pytest.raises(Conflict), acting_as(team.rita):
        release_hold(actor=team.rita, hold=placed, authority="order", now=NOW)


def test_the_reason_of_a_hold_is_sealed_and_no_item_can_lie() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    placed = hold(team, lead.number)
    run = started_run_with_one(team)

    assert read_words(placed.uuid, placed.reason_sealed) == "a suit"
    with pytest.raises(DatabaseError), acting_as(team.rita), transaction.atomic():
        DispositionItem.objects.filter(disposition=run).update(outcome="archived", decided_at=NOW)


def started_run_with_one(team: Officers) -> Disposition:
    """A run with one more lead, which waits."""
    with acting_as(service_actor("leads")):
        old_lead()
    return started_run(team, "archive")
