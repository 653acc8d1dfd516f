"""Schedules and clocks (records management requirements R1 to R5, R8, R26, R27, R31)."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.test import override_settings
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.context import acting_as
from access.selectors import service_actor
from foundation.errors import Conflict, InvalidInput
from foundation.headquarters import DESK_ZONE
from leads.models import Lead
from leads.services.transition import LeadMove, move_lead
from leads.states import CLOSED_STATES
from leadtrac.bench.client import signed_in
from leadtrac.ready import refuse_unready
from retention.calendar import anniversary, dates_under
from retention.models import ArchivePackage, Disposition, RetentionClock, Schedule, ScheduleReview
from retention.selectors import compare_years, due_counts, in_place, schedule_in_force, schedules_in_force
from retention.services.execute import execute_run
from retention.services.register import (
    Elsewhere,
    enter_register,
    finish_review,
    open_review,
    report_destruction,
    send_report,
)
from retention.services.runs import propose_run, start_run
from retention.services.schedules import approve_schedule, propose_schedule
from retention.sql import RUNS_CHECK
from retention.tasks import keep_up, propose_due
from subjects.models import SubjectRedirect
from subjects.services.merge import merge, split
from tests.databases import owner_connection
from tests.factories.people import person
from tests.factories.records import NOW, archived, officers, old_lead, outcomes, signed_run, started_run, twenty_five_years
from tests.pages import words

pytestmark = pytest.mark.usefixtures("world")


@pytest.mark.requirement("R1")
def test_r1_a_proposed_schedule_makes_nothing_due() -> None:
    team = officers()
    with acting_as(service_actor("leads")):
        old_lead(date(2001, 3, 14))

    with acting_as(team.rita):
        assert RetentionClock.objects.get().destroy_on == date(2076, 3, 14), "dated by the one that is approved"
        assert due_counts(NOW.date()) == (0, 0)
        for kind in ("archive", "destroy"):
            with pytest.raises(Conflict, match="Nothing is due"):
                propose_run(actor=team.rita, kind=kind, as_of=NOW.date(), now=NOW)


@pytest.mark.requirement("R2")
def test_r2_seventy_five_years_hold_today_and_twenty_five_are_a_simulation_by_year() -> None:
    with acting_as(service_actor("leads")):
        for year in (2001, 2001, 2003):
            old_lead(date(year, 5, 1))
    with acting_as(officers().rita):
        rows = compare_years(schedules_in_force(), in_place(Schedule.objects.get(version=2)))

    assert schedule_in_force().total_years == 75
    assert [(row.year, row.in_force.destroy, row.considered.archive, row.considered.destroy) for row in rows if row.considered] == [
        (2021, 0, 2, 0),
        (2023, 0, 1, 0),
        (2026, 0, 0, 2),
        (2028, 0, 0, 1),
        (2076, 2, 0, 0),
        (2078, 1, 0, 0),
    ]


@pytest.mark.requirement("R3")
def test_r3_the_years_of_a_version_never_change_and_each_record_names_its_version() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()

    with pytest.raises(Exception, match="permission denied"), acting_as(team.rita), connection.cursor() as cursor:
        cursor.execute("UPDATE retention_schedule SET active_years = 1")
    with acting_as(team.rita):
        assert RetentionClock.objects.get(lead_id=lead.pk).schedule.version == 2


@pytest.mark.requirement("R3")
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE retention_schedule SET active_years = active_years + 1 WHERE version = %s",
        "UPDATE retention_schedule SET authority = 'another' WHERE version = %s",
        "UPDATE retention_schedule SET status = 'superseded', title = 'another' WHERE version = %s",
        "UPDATE retention_schedule SET status = 'proposed' WHERE version = %s",
        "UPDATE retention_schedule SET fictional = NOT fictional, approved_at = now() WHERE version = %s",
        "DELETE FROM retention_schedule WHERE version = %s",
    ],
)
def test_r3_nothing_of_a_version_that_was_put_in_force_is_changed_by_its_owner_either(world: str, version: int, change: str) -> None:
    twenty_five_years()

    with owner_connection(world) as owner, pytest.raises(psycopg.Error, match="never changed"):
        owner.execute(change, [version])


@pytest.mark.requirement("R4")
@pytest.mark.parametrize(
    ("created", "archive", "destroy"),
    [
        (date(2004, 2, 29), date(2024, 2, 29), date(2029, 3, 1)),
        (date(2000, 2, 29), date(2020, 2, 29), date(2025, 3, 1)),
        (date(2006, 3, 26), date(2026, 3, 26), date(2031, 3, 26)),
        (date(2006, 9, 30), date(2026, 9, 30), date(2031, 9, 30)),
        (date(2006, 12, 31), date(2026, 12, 31), date(2031, 12, 31)),
    ],
)
def test_r4_dates_follow_the_calendar(created: date, archive: date, destroy: date) -> None:
    found = dates_under(created, active_years=20, archived_years=5)

    assert (found.archive_on, found.destroy_on) == (archive, destroy)


@pytest.mark.requirement("R4")
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines differ
@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)), st.integers(1, 100))
def test_r4_an_anniversary_is_never_early(day: date, years: int) -> None:
    found = anniversary(day, years)

    assert found.year == day.year + years
    assert (found.month, found.day) >= (day.month, day.day) or (day.month, day.day) == (2, 29)
    assert found - date(found.year, day.month, min(day.day, 28)) <= timedelta(days=3)


@pytest.mark.requirement("R5")
@pytest.mark.parametrize("seed", [1, 2])
def test_r5_no_sequence_of_edits_moves_merges_and_splits_moves_the_clock(seed: int) -> None:
    team, service, dice = twenty_five_years(), service_actor("leads"), random.Random(seed)  # noqa: S311  # the same sequence each time
    with acting_as(service):
        leads = [old_lead(date(2010, 6, 1)), old_lead(date(2026, 6, 1))]
        people = [lead.subject for lead in leads]
        if None in people:
            message = "leads of people"
            raise LookupError(message)
    joined: list[SubjectRedirect] = []

    def act() -> str:
        lead = Lead.objects.get(pk=dice.choice(leads).pk)
        what = dice.choice(["edit", "move", "join"])
        if what == "move" and Lead.objects.filter(subject=lead.subject).exclude(pk=lead.pk).exclude(state__in=CLOSED_STATES).exists():
            what = "edit"  # one person has one open lead
        if what == "edit":
            Lead.objects.filter(pk=lead.pk).update(why=f"edited {dice.random():.4f}")
        elif what == "move" and lead.state in CLOSED_STATES:
            move_lead(actor=service, move=LeadMove(lead=lead, action="reopen", reason="new evidence"), now=NOW)
        elif what == "move":
            move_lead(actor=service, move=LeadMove(lead=lead, action="auto_close", close_reason="departed", reason="left"), now=NOW)
        elif joined:
            split(actor=service_actor("subjects"), redirect=joined.pop(), now=NOW)
        else:
            joined.append(merge(actor=service, left=people[0], right=people[1], judgement=None, now=NOW))
        return what

    done = []
    for _ in range(14):
        with acting_as(service):
            done.append(act())
        with acting_as(team.rita):
            clocks = RetentionClock.objects.order_by("pk").values_list("record_created_on", "archive_on", "destroy_on")
            assert list(clocks) == [
                (date(2010, 6, 1), date(2030, 6, 1), date(2035, 6, 1)),
                (date(2026, 6, 1), date(2046, 6, 1), date(2051, 6, 1)),
            ], done
    assert set(done) == {"edit", "move", "join"}
    with pytest.raises(Exception, match="permission denied"), acting_as(service), connection.cursor() as cursor:
        cursor.execute("UPDATE leads_lead SET record_created_on = '2020-01-01'")


@pytest.mark.requirement("R8")
def test_r8_a_successor_supersedes_its_series_and_a_longer_schedule_saves_what_was_sealed() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead(date(2001, 3, 14))
    archived(team)
    run = signed_run(team, "destroy")
    with acting_as(team.rita):
        longer = propose_schedule(actor=team.rita, title="40 years", active_years=20, archived_years=20)
    with acting_as(team.rob):
        approve_schedule(actor=team.rob, schedule=longer, authority="DAA-0000-0000", now=NOW)
    with acting_as(team.rita):
        Disposition.objects.filter(pk=run.pk).update(state="running", started_by=team.rita, started_at=NOW)

    execute_run(run.pk, now=NOW)

    assert outcomes(team, run) == {lead.number: "blocked"}
    with acting_as(service_actor("retention")):
        assert ArchivePackage.objects.get().destroy_on == date(2041, 3, 14)
        assert ArchivePackage.objects.get().lead_number == lead.number


@pytest.mark.requirement("R27")
@pytest.mark.parametrize("kind", ["archive", "destroy"])
def test_r27_a_record_without_an_approved_schedule_is_never_removed(world: str, kind: str) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    if kind == "destroy":
        archived(team)
    run = started_run(team, kind)
    with owner_connection(world) as owner:
        owner.execute("UPDATE retention_schedule SET status = 'superseded'")

    with pytest.raises(Exception, match="no approved schedule"):
        execute_run(run.pk, now=NOW)
    with acting_as(service_actor("retention")):
        assert Lead.objects.filter(pk=lead.pk).exists() == (kind == "archive")
        assert ArchivePackage.objects.exists() == (kind == "destroy")


@pytest.mark.requirement("R31")
def test_r31_the_yearly_review_opens_by_itself_is_due_and_is_done_once() -> None:
    team = officers()
    keep_up(actor="svc-retention")
    with acting_as(team.rita):
        review = ScheduleReview.objects.get()
        assert review.due_on == date(review.year, 9, 30)
        assert open_review(year=review.year) == review
        with pytest.raises(InvalidInput):
            finish_review(actor=team.rita, review=review, finding=" ", now=NOW)
        finish_review(actor=team.rita, review=review, finding="The schedule still fits.", now=NOW)
        with pytest.raises(Conflict):
            finish_review(actor=team.rita, review=review, finding="Again.", now=NOW)


@pytest.mark.requirement("R31")
def test_r31_a_report_of_unauthorized_destruction_has_a_day_by_which_it_is_sent() -> None:
    team = officers()
    with acting_as(team.rita):
        report = report_destruction(
            actor=team.rita, discovered_on=date(2026, 11, 20), description="Box 7", circumstances="Water", now=NOW, record_count=12
        )
        assert report.report_due_on == date(2026, 11, 30)  # 26 Nov 2026 is Thanksgiving
        with pytest.raises(InvalidInput):
            report_destruction(actor=team.rita, discovered_on=date(2027, 1, 1), description="x", circumstances="y", now=NOW)
        send_report(actor=team.rita, report=report, reference="letter 3", on=date(2026, 11, 24))
        with pytest.raises(Conflict):
            send_report(actor=team.rita, report=report, reference="letter 4", on=date(2026, 11, 25))
    page = words(signed_in(team.rita).get(reverse("retention_reviews")))
    assert "letter 3" in page


def test_the_register_keeps_places_and_replaces_entries() -> None:
    team = officers()
    with acting_as(team.rita):
        entry = Elsewhere(medium="extract", title="LeadTrac legacy extract", location="Federal Records Center", schedule="75 years")
        first = enter_register(actor=team.rita, entry=entry, now=NOW)
        enter_register(actor=team.rita, entry=Elsewhere("paper", "Case files", "Room 7", "75 years"), now=NOW, replaces=first)
        with pytest.raises(InvalidInput):
            enter_register(actor=team.rita, entry=Elsewhere("tape", "x", "y", "z"), now=NOW)
    rita = signed_in(team.rita)
    page = rita.get(reverse("retention_register"))

    assert "Case files" in words(page)
    assert "LeadTrac legacy extract" not in words(page)
    (paper,) = page.context["entries"]
    gone = {"medium": "paper", "title": "Case files", "location": "Room 7", "schedule": "75 years", "disposition": "Burnt by a fire"}
    assert rita.post(f"{reverse('retention_register')}?entry={paper.uuid}", gone).status_code == 302
    changed = words(rita.get(reverse("retention_register")))
    assert (changed.count("Case files"), "Burnt by a fire" in changed) == (2, True)  # the row, and its link
    assert rita.get(f"{reverse('retention_register')}?entry={paper.uuid}").status_code == 404  # replaced already


def test_beat_proposes_and_people_decide() -> None:
    twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead(date(2001, 3, 14))

    propose_due(actor="svc-retention")
    propose_due(actor="svc-retention")

    with acting_as(service_actor("retention")):
        (run,) = Disposition.objects.all()
        assert (run.kind, run.state) == ("archive", "proposed")
        assert Lead.objects.filter(pk=lead.pk).exists()


@pytest.mark.parametrize("name", ["retention_runs", "retention_holds", "retention_archive", "retention_extensions", "retention_reviews"])
def test_the_desk_belongs_to_records_officers(name: str) -> None:
    assert signed_in(person("ana", "analyst")).get(reverse(name)).status_code == 403
    assert signed_in(person("rita", "records_officer")).get(reverse(name)).status_code == 200


def test_what_a_demonstration_put_in_force_disposes_of_nothing_outside_it() -> None:
    """Its database, started as a real one, neither serves nor proposes, starts or carries out a run."""
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        lead = old_lead()
    running = started_run(team, "archive")
    with acting_as(service_actor("leads")):
        other = old_lead()
    signed = signed_run(team, "archive")
    with override_settings(DEMO=False):
        with pytest.raises(SystemExit, match="fictional"):
            refuse_unready()
        with pytest.raises(Conflict, match="fictional"):
            execute_run(running.pk, now=NOW)
        with acting_as(team.rita):
            with pytest.raises(Conflict, match="fictional"):
                start_run(actor=team.rita, run=signed, now=NOW)
            with pytest.raises(Conflict, match="fictional"):
                propose_run(actor=team.rita, kind="archive", as_of=NOW.date(), now=NOW)

    refuse_unready()
    with acting_as(service_actor("leads")):
        assert set(Lead.objects.values_list("number", flat=True)) == {lead.number, other.number}


def test_a_fictional_authority_is_refused_outside_the_demonstration() -> None:
    team = officers()
    with override_settings(DEMO=False), pytest.raises(InvalidInput), acting_as(team.rita):
        approve_schedule(
            actor=team.rita,
            schedule=Schedule.objects.get(version=2),
            authority="Fictional authority - demonstration",
            now=datetime(2026, 11, 22, tzinfo=UTC),
        )


@pytest.mark.requirement("R4")
def test_r4_a_record_is_due_on_its_day_at_headquarters_and_not_on_the_evening_before() -> None:
    team = officers()
    with acting_as(team.rita):
        approve_schedule(actor=team.rita, schedule=Schedule.objects.get(version=2), authority="DAA-0000-0000", now=NOW)
    with acting_as(service_actor("leads")):
        old_lead(date(2006, 11, 23))
    evening, morning = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (3, 6))  # ten at night, and one in the morning

    with acting_as(team.rita):
        with pytest.raises(InvalidInput, match="That day has not come"):
            propose_run(actor=team.rita, kind="archive", as_of=evening.date(), now=evening)
        assert propose_run(actor=team.rita, kind="archive", as_of=morning.date(), now=morning).as_of == date(2026, 11, 23)
    assert f"(now() AT TIME ZONE '{DESK_ZONE}')::date" in RUNS_CHECK, "the database says the same"
