"""Evaluation: leads open, join, hold, close and reopen as what is known changes; corrections outlive what they corrected."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from access.context import acting_as
from access.models import Compartment
from access.selectors import class_for
from audit.models import Event
from leads.looking import look_at
from leads.models import Correction, Finding, Lead, Transition
from leads.selectors.lead import history_for
from leads.services.deciding import close_lead, hold_lead, reopen_lead
from leads.services.evaluation import evaluate_touched, sweep_due
from leads.services.merging import follow_subject
from leads.services.triage import claim_lead
from organizations.models import Organization
from subjects.models import AdmissionFact, DepartureFact, EmploymentFact, Subject
from subjects.services.protect import protect
from tests.factories.facts import AS_OF, NOW, a_subject, admitted, departed, filed, loaded, overstayer, terminated, works
from tests.leads.conftest import Desk

END = date(2026, 7, 10)
ARRIVED = date(2026, 1, 11)


def leads_of(desk: Desk, subject: Subject) -> list[tuple[str, str]]:
    with desk.facts():
        return list(Lead.objects.filter(subject=subject).order_by("pk").values_list("state", "close_reason"))


def test_an_unanswered_overstay_opens_one_queued_lead_with_its_finding(desk: Desk) -> None:
    lead = desk.opened(overstayer)

    assert (lead.state, lead.rule_id, lead.over_since) == ("queued", "overstay-dated", date(2026, 7, 11))
    assert lead.why == "B2 overstay; no exit"
    assert lead.number.startswith("L-")
    assert lead.record_created_on == NOW.date()
    with desk.facts():
        assert [finding.outcome for finding in lead.findings.all()] == ["stands"]
        assert [move.action for move in Transition.objects.filter(lead=lead)] == ["queue"]


def test_judging_twice_changes_nothing(desk: Desk) -> None:
    lead = desk.opened(overstayer)

    again = desk.judge(lead.subject, days=1)

    assert again.changes == 0
    assert desk.fresh(lead).version == lead.version
    with desk.facts():
        assert Finding.objects.filter(subject=lead.subject).count() == 1


@pytest.mark.check(42)
def test_a_batch_is_one_event_that_names_the_leads_it_changed(desk: Desk) -> None:
    with desk.facts():
        subjects = [overstayer(family=f"EXAMPLE {number}") for number in "ABC"]

    desk.judge(*subjects)

    with desk.facts():
        event = Event.objects.filter(act="subjects_evaluated").latest("id")
        assert sorted(event.result_uuids) == sorted(Lead.objects.filter(subject__in=subjects).values_list("uuid", flat=True))


def test_a_departure_closes_the_lead_and_names_it(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9))

    written = desk.judge(lead.subject)

    closed = desk.fresh(lead)
    assert (written.closed, closed.state, closed.close_reason) == (1, "auto_closed", "departed")
    with acting_as(desk.analyst):
        newest = lead.findings.order_by("-pk")[0]
        assert newest.outcome == "rebutted"
        assert "9 Jul 2026" in newest.sentence
        assert "9 Jul 2026" in history_for(desk.analyst, lead)[0].words


def test_a_departure_by_name_only_closes_nothing(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9), evidence="manifest_name")

    written = desk.judge(lead.subject)

    assert written.closed == 0
    assert desk.fresh(lead).blocking_signs == 1


def test_a_missing_departure_alone_opens_no_lead_until_something_shows_the_person(desk: Desk) -> None:
    with desk.facts():
        subject = a_subject()
        admitted(subject, END, arrived=ARRIVED)
    unseen = desk.judge(subject)
    with desk.facts():
        assert Finding.objects.get(subject=subject).outcome == "stands"  # it waits; nothing is lost
        works(subject, date(2026, 8, 3))

    seen = desk.judge(subject)

    assert (unseen.opened, seen.opened) == (0, 1)
    assert leads_of(desk, subject) == [("queued", "")]
    with desk.facts():
        assert Finding.objects.get(subject=subject).lead is not None


def test_an_act_of_the_person_opens_a_lead_unless_a_departure_may_be_true(desk: Desk) -> None:
    with desk.facts():
        here, doubtful = a_subject(), a_subject("SAMPLE", "BO")
        for subject in (here, doubtful):
            admitted(subject, None, arrived=date(2025, 8, 10), group="F1")
            terminated(subject, date(2026, 9, 1))
        departed(doubtful, date(2026, 9, 20), evidence="manifest_name")

    desk.judge(here, doubtful)

    assert (leads_of(desk, here), leads_of(desk, doubtful)) == ([("queued", "")], [])


def test_a_lead_that_nobody_took_up_waits_when_what_showed_the_person_is_withdrawn(desk: Desk) -> None:
    untouched, taken = desk.opened(overstayer), desk.opened(overstayer)
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=taken, now=NOW)
    with desk.facts():
        EmploymentFact.objects.filter(subject__in=[untouched.subject, taken.subject]).update(retracted_at=timezone.now())

    desk.judge(untouched.subject, taken.subject)

    assert (desk.fresh(untouched).state, desk.fresh(taken).state) == ("on_hold", "in_research")
    with acting_as(desk.analyst):
        assert "presence_unseen" in {sign.code for sign in look_at(taken, NOW).judged.blocking}
        assert history_for(desk.analyst, untouched)[0].words.startswith("Nothing shows the person in the country since 11 Jul 2026.")


def test_a_departure_that_is_withdrawn_reopens_the_lead_and_says_why(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with desk.facts():
        left = departed(lead.subject, date(2026, 7, 9))
    desk.judge(lead.subject)
    with desk.facts():
        DepartureFact.objects.filter(pk=left.pk).update(retracted_at=timezone.now())

    written = desk.judge(lead.subject)

    assert (written.reopened, desk.fresh(lead).state) == (1, "reopened")
    with acting_as(desk.analyst):
        assert history_for(desk.analyst, lead)[0].words.startswith("Closed as departed, but: Overstay since 11 Jul 2026")
    assert desk.judge(lead.subject).changes == 0


def test_a_subject_whose_claim_is_answered_from_the_start_gets_a_finding_and_no_lead(desk: Desk) -> None:
    with desk.facts():
        subject = a_subject()
        stay = admitted(subject, END, arrived=ARRIVED)
        departed(subject, date(2026, 7, 1), of=stay)

    written = desk.judge(subject)

    assert (written.opened, leads_of(desk, subject)) == (0, [])
    with desk.facts():
        finding = Finding.objects.get(subject=subject)
        assert (finding.outcome, finding.holds, finding.lead_id) == ("rebutted", False, None)


def test_a_second_violation_joins_the_open_lead(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with desk.facts():
        terminated(lead.subject, date(2026, 9, 1))

    written = desk.judge(lead.subject)

    assert written.opened == 0
    with desk.facts():
        assert set(Finding.objects.filter(subject=lead.subject, holds=True).values_list("lead_id", flat=True)) == {lead.pk}
        assert len(set(Finding.objects.filter(lead=lead, holds=True).values_list("rule_id", flat=True))) > 1


def test_the_database_refuses_a_second_open_lead(desk: Desk) -> None:
    lead = desk.opened(overstayer)

    with desk.facts(), pytest.raises(IntegrityError), transaction.atomic():
        Lead.objects.create(
            number="L-2222-2222", access_class_id=lead.access_class_id, subject=lead.subject, state_since=NOW, record_created_on=NOW.date()
        )


def test_a_timely_filing_holds_the_lead_and_its_denial_takes_it_off(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with desk.facts():
        filing = filed(lead.subject, date(2026, 6, 20))
    first = desk.judge(lead.subject)
    held = desk.fresh(lead)
    with desk.facts():
        type(filing).objects.filter(pk=filing.pk).update(superseded_at=timezone.now())
        filed(lead.subject, date(2026, 6, 20), status="denied", decided_on=date(2026, 9, 1))
        works(lead.subject, date(2026, 9, 20))

    second = desk.judge(lead.subject)

    assert (first.held, held.state) == (1, "on_hold")
    assert (second.unheld, desk.fresh(lead).state) == (1, "queued")


def test_a_hold_by_a_person_stays_whatever_the_machine_finds(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        hold_lead(actor=desk.analyst, lead=lead, reason="Asked the consulate.", until=date(2026, 12, 24), now=NOW)
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9), evidence="manifest_name")

    desk.judge(lead.subject)

    assert desk.fresh(lead).state == "on_hold"


def test_a_stay_that_ends_with_no_new_row_is_found_by_the_sweep(desk: Desk) -> None:
    with desk.facts():
        subject = a_subject()
        admitted(subject, date(2026, 11, 24), arrived=date(2026, 5, 25))
    assert desk.judge(subject).opened == 0
    with desk.facts():
        loaded(as_of=AS_OF + timedelta(days=3))
        works(subject, date(2026, 11, 25))

    first = sweep_due(actor=desk.service, now=NOW + timedelta(days=3))
    second = sweep_due(actor=desk.service, now=NOW + timedelta(days=3))

    assert (first.opened, second.changes) == (1, 0)
    assert leads_of(desk, subject) == [("queued", "")]


def test_the_sweep_asks_again_when_a_slower_source_has_caught_up(desk: Desk) -> None:
    with desk.facts():
        subject = a_subject()
        admitted(subject, date(2026, 11, 24), arrived=date(2026, 5, 25))
    desk.judge(subject)
    with desk.facts():
        loaded("eid", as_of=AS_OF + timedelta(days=3))
    too_early = sweep_due(actor=desk.service, now=NOW + timedelta(days=3))
    with desk.facts():
        loaded("adis", as_of=AS_OF + timedelta(days=3), days_later=1)
        works(subject, date(2026, 11, 25))

    caught_up = sweep_due(actor=desk.service, now=NOW + timedelta(days=4))

    assert (too_early.opened, caught_up.opened) == (0, 1)


def test_touched_subjects_are_judged_once(desk: Desk) -> None:
    with desk.facts():
        overstayer()

    assert evaluate_touched(actor=desk.service, now=NOW).opened == 1
    assert evaluate_touched(actor=desk.service, now=NOW).changes == 0


def test_a_correction_outlives_the_return_of_the_wrong_row(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=lead, close_reason="data_error", reason="Shared passport.", now=NOW)
    with desk.facts():
        wrong = AdmissionFact.objects.get(subject=lead.subject)
        AdmissionFact.objects.filter(pk=wrong.pk).update(retracted_at=timezone.now())
    desk.judge(lead.subject)
    with desk.facts():
        wrong.pk, wrong.id = None, None
        wrong.uuid = AdmissionFact._meta.get_field("uuid").get_default()
        wrong.retracted_at = None
        wrong.save(force_insert=True)

    written = desk.judge(lead.subject)

    assert (written.reopened, written.opened) == (0, 0)
    assert leads_of(desk, lead.subject) == [("closed", "data_error")]


def test_different_evidence_reopens_what_a_person_closed(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=lead, close_reason="data_error", reason="Wrong date.", now=NOW)
    desk.judge(lead.subject)
    with desk.facts():
        old = AdmissionFact.objects.get(subject=lead.subject)
        AdmissionFact.objects.filter(pk=old.pk).update(superseded_at=timezone.now())
        old.pk, old.id, old.superseded_at = None, None, None
        old.uuid, old.admit_until = AdmissionFact._meta.get_field("uuid").get_default(), date(2026, 8, 1)
        old.save(force_insert=True)

    written = desk.judge(lead.subject)

    assert (written.reopened, desk.fresh(lead).state) == (1, "reopened")
    with acting_as(desk.analyst):
        assert history_for(desk.analyst, lead)[0].words.startswith("Closed as data error at the source, but:")


def test_a_new_stay_after_a_closed_lead_is_a_new_lead(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9))
    desk.judge(lead.subject)
    with desk.facts():
        admitted(lead.subject, date(2026, 11, 1), arrived=date(2026, 8, 1))
        works(lead.subject, date(2026, 11, 5))

    desk.judge(lead.subject)

    assert leads_of(desk, lead.subject) == [("auto_closed", "departed"), ("queued", "")]


def test_a_lead_that_a_person_reopens_against_the_evidence_stays_open_until_something_else_is_known(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9))
    desk.judge(lead.subject)
    with acting_as(desk.analyst):
        reopen_lead(actor=desk.analyst, lead=desk.fresh(lead), reason="The airline says it was somebody else.", now=NOW)

    desk.judge(lead.subject)

    assert desk.fresh(lead).state == "reopened"


def test_leads_without_findings_survive_every_evaluation(desk: Desk) -> None:
    with desk.facts():
        subject = a_subject()
        legacy = Lead.objects.create(
            number="L-LEGA-CY22", access_class_id=subject.access_class_id, subject=subject, state="queued", state_since=NOW, why="Legacy",
            record_created_on=date(2004, 5, 1), legacy_number="LT-1",
        )  # fmt: skip
        school = Organization.objects.create(access_class_id=subject.access_class_id, kind="school", code="BOS1", name="A", name_key="a")
        organization = Lead.objects.create(
            number="L-XRGA-NYZ2", access_class_id=subject.access_class_id, organization=school, state="queued", state_since=NOW,
            record_created_on=NOW.date(),
        )  # fmt: skip

    desk.judge(subject)

    assert desk.fresh(legacy).state == "queued"
    assert desk.fresh(legacy).why == "Legacy"
    assert desk.fresh(organization).state == "queued"


def test_a_protected_person_s_lead_stays_in_its_compartment(desk: Desk) -> None:
    with desk.facts():
        compartment = Compartment.objects.get(code="protected-person")
        subject = overstayer(access_class_id=class_for(audience="hq", compartments=[compartment.pk]))
    desk.judge(subject)

    with acting_as(desk.analyst):
        assert Lead.objects.count() == 0
        assert Finding.objects.count() == 0
    assert leads_of(desk, subject) == [("queued", "")]


def test_a_lead_follows_its_person_into_the_compartment(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with desk.facts():
        protect([lead.subject_id])

    desk.judge(lead.subject)

    with acting_as(desk.analyst):
        assert Lead.objects.count() == 0
        assert Transition.objects.count() == 0
    assert desk.judge(lead.subject).changes == 0
    with desk.facts():
        assert Lead.objects.get(pk=lead.pk).access_class.compartments != []


def test_merged_people_keep_one_open_lead_and_the_older_takes_the_findings(desk: Desk) -> None:
    older = desk.opened(overstayer)
    with desk.facts():
        twin = overstayer(family="EXAMPEL")
    desk.judge(twin, days=1)
    with desk.facts():
        younger = Lead.objects.get(subject=twin)
        Lead.objects.filter(pk=younger.pk).update(version=younger.version)
        follow_subject(twin.pk, older.subject_id, NOW)

    assert leads_of(desk, older.subject) == [("queued", ""), ("auto_closed", "joined")]
    with desk.facts():
        assert set(Finding.objects.filter(holds=True).values_list("lead_id", flat=True)) == {older.pk}


def test_nobody_but_the_system_sees_leads_without_a_context(desk: Desk) -> None:
    desk.opened(overstayer)

    assert Lead.objects.count() == 0
    assert Finding.objects.count() == 0
    assert Correction.objects.count() == 0
