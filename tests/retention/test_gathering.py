"""A live hold finds its records batch by batch, and nothing goes meanwhile (records management requirements R10, R11)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from access.context import acting_as
from access.selectors import service_actor
from foundation.errors import DomainError, InvalidInput
from launcher.waiting import until
from leads.models import Lead
from leads.selectors.queue_filter import QueueFilter, conditions
from leads.services.compartments import follow_compartments
from leadtrac.bench.client import signed_in
from retention.conditions import CODES
from retention.hold_query import HoldQuery
from retention.models import ArchivePackage, Disposition, Hold, HoldLead, RetentionClock
from retention.removal import destroy, ledger
from retention.removal.holding import hold_matching
from retention.selectors.runs import get_hold_for
from retention.services import gathering
from retention.services.execute import execute_run
from retention.services.holds import place_hold
from retention.services.schedules import approve_schedule, propose_schedule
from subjects.models import SubjectRedirect
from subjects.services.protect import protect
from tests.databases import owner_connection
from tests.factories import cases
from tests.factories.people import person
from tests.factories.records import NOW, Officers, archived, old_lead, old_subject, outcomes, started_run, twenty_five_years
from tests.pages import words

pytestmark = [pytest.mark.usefixtures("world"), pytest.mark.requirement("R10")]
EARLIER = NOW - timedelta(days=1)


def some_leads(count: int) -> list[Lead]:
    """Old leads, each of a person of its own."""
    with acting_as(service_actor("leads")):
        return [old_lead() for _ in range(count)]


def held_by_query(team: Officers, **asked: Any) -> Hold:
    """A court's hold on what a query asks."""
    with acting_as(team.rosa):
        return place_hold(
            actor=team.rosa, kind="litigation", issuer="District court", authority="1:26-cv-00001", reason="a suit", now=EARLIER,
            query=HoldQuery(**asked),
        )  # fmt: skip


def numbers_under(team: Officers, placed: Hold) -> list[str]:
    """The numbers of the records under a hold."""
    with acting_as(team.rita):
        return sorted(HoldLead.objects.filter(hold=placed).values_list("lead_number", flat=True))


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is one record, and whoever places a hold waits for one batch only."""
    monkeypatch.setattr(gathering, "BATCH_RECORDS", 1)
    monkeypatch.setattr(gathering, "AT_ONCE_SECONDS", 0)


@pytest.mark.requirement("R11")
@pytest.mark.usefixtures("one_by_one")
def test_a_hold_on_everything_is_found_in_the_background_and_nothing_goes_meanwhile(world: str) -> None:
    team = twenty_five_years()
    leads = some_leads(3)
    placed = held_by_query(team)
    with acting_as(service_actor("leads")):
        born = old_lead(date(2026, 8, 2))
    page = signed_in(team.rita).get(reverse("retention_hold", args=[placed.uuid]))

    assert len(numbers_under(team, placed)) == 2, "one at once, one as it was born"
    assert "Finding the records of this hold" in words(page)
    with owner_connection(world) as owner:
        for lead in leads:
            for statement in ("DELETE FROM leads_lead WHERE uuid = %s", "DELETE FROM audit_datakey WHERE scope = %s"):
                with pytest.raises(psycopg.Error, match="a hold stands"):
                    owner.execute(statement, [lead.uuid])

    gathering.finish_gathering(now=NOW)

    assert gathering.finish_gathering(now=NOW) == 0
    assert numbers_under(team, placed) == sorted(lead.number for lead in [*leads, born])
    page = signed_in(team.rita).get(reverse("retention_hold", args=[placed.uuid]))
    assert "Records at issue 3 Records now 4 Added since 1" in words(page)
    assert "Finding" not in words(page)


@pytest.mark.requirement("R11")
@pytest.mark.usefixtures("one_by_one")
def test_a_run_that_was_started_waits_until_the_hold_has_found_its_records() -> None:
    team = twenty_five_years()
    some_leads(2)
    with acting_as(service_actor("leads")):
        free = old_lead(date(2002, 1, 1))
    run = started_run(team, "archive")
    placed = held_by_query(team, created_to=date(2001, 12, 31))
    assert not gathered(placed)

    execute_run(run.pk, now=NOW)

    assert gathered(placed)
    assert outcomes(team, run) == dict.fromkeys(numbers_under(team, placed), "held") | {free.number: "archived"}


def gathered(placed: Hold) -> bool:
    """Whether it has found all of its records."""
    with acting_as(service_actor("retention")):
        return Hold.objects.get(pk=placed.pk).gathered_at is not None


@pytest.mark.usefixtures("one_by_one")
def test_a_worker_that_breaks_off_is_followed_by_one_that_goes_on_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    team = twenty_five_years()
    leads = some_leads(4)
    placed = held_by_query(team)
    real, asked = hold_matching, []

    def breaks_once(*given: Any, **named: Any) -> int:
        asked.append(named["among"].live)
        found = real(*given, **named)
        if len(asked) == 2:
            raise OSError("killed")
        return found

    monkeypatch.setattr(gathering, "hold_matching", breaks_once)
    with pytest.raises(OSError, match="killed"):
        gathering.finish_gathering(now=NOW)
    assert len(numbers_under(team, placed)) == 2
    gathering.finish_gathering(now=NOW)

    assert asked[1] == asked[2], "what was rolled back is asked again, what was committed is not"
    assert numbers_under(team, placed) == sorted(lead.number for lead in leads)


@pytest.mark.usefixtures("one_by_one")
def test_the_days_that_a_litigation_changes_are_changed_batch_by_batch() -> None:
    team = twenty_five_years()
    leads = some_leads(3)
    archived(team, maintained=False)
    leads += some_leads(3)
    with acting_as(team.rita):
        proposed = propose_schedule(actor=team.rita, title="40 years", active_years=40, archived_years=0, condition=CODES[1])
    with acting_as(team.rob):
        approve_schedule(actor=team.rob, schedule=proposed, authority="DAA-0000-0000", now=NOW)
    held_by_query(team)

    def days(model: Any) -> Sequence[date]:
        with acting_as(team.rita):
            return list(model.objects.order_by("destroy_on").values_list("destroy_on", flat=True))

    assert days(RetentionClock) == [date(2026, 3, 14)] * 2 + [date(2041, 3, 14)]
    gathering.finish_gathering(now=NOW)
    assert (days(RetentionClock), days(ArchivePackage)) == ([date(2041, 3, 14)] * 3, [date(2041, 3, 14)] * 3)


@pytest.mark.requirement("R11")
def test_a_hold_on_everything_stands_although_a_record_is_destroyed_at_that_moment(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    team = twenty_five_years()
    some_leads(3)
    archived(team)
    run = started_run(team, "destroy")
    reached, go_on, refused, append = threading.Event(), threading.Event(), [], ledger.append

    def pause(*given: Any, **named: Any) -> None:
        append(*given, **named)
        if not reached.is_set():
            reached.set()
            assert go_on.wait(30)

    def one_record() -> None:
        with acting_as(service_actor("retention")):
            destroy.destroy_batch(Disposition.objects.get(pk=run.pk), now=NOW, most=1)

    def alone(act: Callable[[], object]) -> None:
        try:
            act()
        except DomainError as error:
            refused.append(error)
        finally:
            connection.close()

    def hold_waits() -> bool:
        with owner_connection(world) as owner:
            asked = "SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()"
            return owner.execute(asked).fetchone() is not None

    monkeypatch.setattr(ledger, "append", pause)
    threads = [threading.Thread(target=alone, args=[act]) for act in (one_record, lambda: held_by_query(team))]
    threads[0].start()
    assert reached.wait(30)
    threads[1].start()
    waited = until(hold_waits, 30)
    go_on.set()
    for thread in threads:
        thread.join()

    assert (waited, refused) == (True, [])
    execute_run(run.pk, now=NOW)
    assert sorted(outcomes(team, run).values()) == ["destroyed", "held", "held"]


def test_a_hold_on_a_person_takes_other_leads_sealed_ones_and_those_to_come() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        shared = old_subject("shared")
        sealed, stranger = old_lead(subject=shared), old_lead()
        young = old_lead(date(2026, 8, 2), subject=shared)
    archived(team, maintained=False)

    by_live = held_by_query(team, person_of=young.number)
    by_sealed = held_by_query(team, person_of=sealed.number)
    with acting_as(service_actor("leads")):
        late = old_lead(date(2026, 9, 2), subject=shared)

    theirs = sorted([sealed.number, young.number, late.number])
    assert (numbers_under(team, by_live), numbers_under(team, by_sealed)) == (theirs, theirs)
    assert stranger.number not in theirs
    page = words(signed_in(team.rita).get(reverse("retention_hold", args=[by_live.uuid])))
    assert f"of the same person or organization as {young.number}" in page


def test_a_hold_on_a_person_of_whom_no_number_is_known_takes_sealed_leads_too_also_of_those_merged_into_them(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        one, other = old_subject("one"), old_subject("other")
        sealed, of_the_other, stranger = old_lead(subject=one), old_lead(subject=other), old_lead()
        young = old_lead(date(2026, 8, 2), subject=one)
    with owner_connection(world) as owner:
        owner.execute("DELETE FROM subjects_identifierfact")
    archived(team, maintained=False)
    with acting_as(service_actor("leads")):
        merged = {"access_class_id": one.access_class_id, "made_by": service_actor("subjects"), "made_at": NOW}
        alias = old_subject("alias")
        old_lead(date(2026, 8, 2), subject=alias)
        SubjectRedirect.objects.create(from_subject=one, to_subject=alias, **merged)
        Lead.objects.filter(pk=young.pk).update(subject=alias)

    placed = [held_by_query(team, person_of=number) for number in (young.number, sealed.number)]

    for each in placed:
        under = numbers_under(team, each)
        assert {sealed.number, young.number} <= set(under)
        assert not {of_the_other.number, stranger.number} & set(under)


def test_a_hold_on_an_organization_takes_its_leads(world: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        school = cases.school()
        lead, _ = old_lead(), old_lead()
    with owner_connection(world) as owner:
        owner.execute("UPDATE leads_lead SET subject_id = NULL, organization_id = %s WHERE id = %s", [school.pk, lead.pk])

    assert numbers_under(team, held_by_query(team, person_of=lead.number)) == [lead.number]


@pytest.mark.requirement("R7")
def test_a_person_in_a_compartment_can_be_held_by_those_who_are_cleared_and_is_counted_for_them_alone() -> None:
    team = twenty_five_years()
    plain, hidden = some_leads(2)
    cleo = person("cleo", "records_officer", cleared_for="protected-person")
    assert hidden.subject_id is not None
    with acting_as(service_actor("subjects")):
        protect([hidden.subject_id])
    with acting_as(service_actor("leads")):
        follow_compartments([hidden.subject_id], actor=service_actor("leads"), now=NOW)

    with pytest.raises(InvalidInput, match="neither a live nor an archived"):
        held_by_query(team, person_of=hidden.number)
    placed = held_by_query(team)

    def figures(officer: Any) -> tuple[int, int]:
        with acting_as(officer):
            seen: Any = get_hold_for(officer, placed.uuid)
            return seen.count_at_issue, seen.count_now

    assert (figures(team.rita), figures(cleo)) == ((1, 1), (2, 2))
    assert numbers_under(team, placed) == [plain.number]


@pytest.mark.parametrize("rule", ["overstay-dated", "status-ended"])
def test_a_hold_by_rule_takes_exactly_what_the_queue_lists_under_the_rule(rule: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        for standing, last in ((["overstay-dated"], "status-ended"), (["status-ended", "overstay-dated"], "overstay-dated"), ([], rule)):
            old_lead(rules=standing, rule_id=last)
        asked, values = conditions(QueueFilter(rule=rule), NOW.date())
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT lead.number FROM leads_lead lead WHERE true {asked}", values)  # noqa: S608  # constants of the queue
            listed = sorted(number for (number,) in cursor.fetchall())

    assert numbers_under(team, held_by_query(team, rule_id=rule)) == listed
    assert len(listed) < 3 or rule == "overstay-dated"
