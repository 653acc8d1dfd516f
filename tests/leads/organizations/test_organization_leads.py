"""Leads about organizations: from signals, and by hand."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from access.context import acting_as
from foundation.errors import Conflict, Forbidden
from leads.models import Finding, Lead, Referral
from leads.organizations.signals import Share
from leads.selectors.lead import lead_for
from leads.selectors.referral import packet_pdf_for, referral_for
from leads.services.answer import safe_to_act
from leads.services.evaluation import evaluate_touched
from leads.services.organizations import evaluate_organizations, open_organization_lead, tally_organizations
from leads.services.referral import propose_referral, refer_lead
from leads.services.triage import claim_lead, close_lead
from leads.states import LeadState
from leadtrac.bench.client import signed_in
from organizations.models import Organization
from retention.models import RetentionClock
from subjects.models import EmploymentFact, StatusFact, Subject
from tests.factories import cases
from tests.factories.facts import NOW, told
from tests.leads.conftest import Desk
from tests.pages import counted_queries, words

pytestmark = pytest.mark.django_db
MANY = "terminations for dropping out or failing to maintain status"


@pytest.fixture
def schools(desk: Desk) -> tuple[Organization, Organization]:
    """A school where a third dropped out, and a large one where nobody did."""
    with desk.facts():
        odd, plain = cases.school("Odd College"), cases.school("Plain College", code="SIM214F00000013")
        students(odd, 12, status="terminated", reason_code="01")
        students(odd, 24, status="active", reason_code="")
        students(plain, 4, status="terminated", reason_code="01")
        students(plain, 200, status="active", reason_code="")
    return odd, plain


def students(school: Organization, number: int, **values: str) -> None:
    people = [cases.subject("STUDENT", f"{values['status']} {each}") for each in range(number)]
    first = cases.student(people[0], organization=school, **values)
    columns = {
        field.attname: getattr(first, field.attname) for field in StatusFact._meta.concrete_fields if field.name not in ("id", "uuid")
    }
    StatusFact.objects.bulk_create(
        StatusFact(
            **{**columns, "subject_id": person.pk, "sevis_key": first.sevis_key + 10_000 + place, "record_key": first.record_key + place}
        )
        for place, person in enumerate(people[1:], 1)
    )


def lead_of(desk: Desk, school: Organization) -> Lead | None:
    with desk.facts():
        return Lead.objects.filter(organization=school).first()


def test_a_school_that_stands_out_has_one_lead_and_the_others_none(desk: Desk, schools: tuple[Organization, Organization]) -> None:
    assert evaluate_organizations(actor=desk.service, now=NOW) > 0

    lead = lead_of(desk, schools[0])
    assert lead is not None and lead.state == LeadState.QUEUED and lead.why == f"School: {MANY}"
    assert lead_of(desk, schools[1]) is None
    with desk.facts():
        assert Finding.objects.get(lead=lead).sentence.startswith("12 of 36 records")


@pytest.mark.parametrize(
    ("issued", "odd"),
    [
        ((date(2026, 3, 6), 6), True),
        ((date(2026, 3, 6), 7), False),
        ((date(2026, 3, 6), 19), False),
        ((date(2026, 3, 6), 20), True),
        ((date(2026, 3, 7), 11), True),
        ((date(2026, 3, 8), 11), True),
        ((date(2026, 3, 9), 11), False),
    ],
    ids=lambda each: f"{each[0]:%A} {each[1]}" if isinstance(each, tuple) else "",
)
def test_a_form_is_issued_outside_office_hours_on_weekends_by_night_and_in_the_early_morning(
    desk: Desk, issued: tuple[date, int], odd: bool
) -> None:
    with desk.facts():
        school = cases.school("Any College")
        cases.student(cases.subject("STUDENT", "ANY"), organization=school, issued_on=issued[0], issued_hour=issued[1])
        cases.student(cases.subject("STUDENT", "UNSTATED"), organization=school)
        (tally,) = tally_organizations()

    assert tally.shares["org-odd-hours"] == Share(int(odd), 1)


def test_a_school_over_its_stated_size_has_a_lead_though_no_student_of_it_is_known(desk: Desk) -> None:
    with desk.facts():
        full, _ = cases.school("Full College"), cases.school("Empty College", code="SIM214F00000013")
        Organization.objects.filter(pk=full.pk).update(student_capacity=50, students_enrolled=90)
        Organization.objects.exclude(pk=full.pk).update(student_capacity=5_000, students_enrolled=4_000)
        cases.student(cases.subject("STUDENT", "ELSEWHERE"), organization=cases.school("Other College", code="SIM214F00000014"))

    evaluate_organizations(actor=desk.service, now=NOW)

    lead = lead_of(desk, full)
    assert lead is not None and lead.why == "School: more students than it is meant for"
    page = words(signed_in(desk.analyst).get(reverse("organization_detail", args=[full.uuid])))
    assert "90 enrolled, 50 stated for the certification" in page
    assert "90 students are enrolled and 50 were stated for the certification: 180 %; all of its kind: 81 %." in page


def test_judging_again_on_the_same_facts_writes_nothing(desk: Desk, schools: tuple[Organization, Organization]) -> None:
    evaluate_organizations(actor=desk.service, now=NOW)

    assert evaluate_organizations(actor=desk.service, now=NOW) == 0


def test_a_lead_closes_when_its_signals_go_silent_and_opens_again_when_they_speak(
    desk: Desk, schools: tuple[Organization, Organization]
) -> None:
    evaluate_organizations(actor=desk.service, now=NOW)
    lead = lead_of(desk, schools[0])
    assert lead is not None
    with desk.facts():
        dropped = StatusFact.objects.filter(organization=schools[0], status="terminated")
        ids = list(dropped.values_list("pk", flat=True))
        dropped.update(retracted_at=timezone.now())
    with counted_queries() as queries:
        evaluate_organizations(actor=desk.service, now=NOW)
    assert sum('FROM "leads_finding"' in each["sql"] for each in queries) == 1, "what was said before is read once, for all of a batch"
    silent = desk.fresh(lead)
    with desk.facts():
        StatusFact.objects.filter(pk__in=ids).update(retracted_at=None)

    evaluate_organizations(actor=desk.service, now=NOW)

    assert (silent.state, silent.close_reason) == ("auto_closed", "no_violation")
    assert desk.fresh(lead).state == "reopened"


def test_a_lead_that_somebody_took_up_stays_when_its_signals_go_silent(desk: Desk, schools: tuple[Organization, Organization]) -> None:
    evaluate_organizations(actor=desk.service, now=NOW)
    lead = lead_of(desk, schools[0])
    assert lead is not None
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)
    with desk.facts():
        StatusFact.objects.filter(organization=schools[0], status="terminated").update(retracted_at=timezone.now())

    evaluate_organizations(actor=desk.service, now=NOW)

    assert desk.fresh(lead).state == "in_research"


@pytest.mark.parametrize(("kind", "speaks"), [("cpt_full", True), ("cpt", False), ("opt", False)])
def test_a_school_stands_out_by_full_time_curricular_training_alone(
    desk: Desk, schools: tuple[Organization, Organization], kind: str, speaks: bool
) -> None:
    with desk.facts():
        for record in StatusFact.objects.filter(organization=schools[0])[:20]:
            told(EmploymentFact, record.subject, "sevis", employer_name="Sample Works LLC", kind=kind)

    evaluate_organizations(actor=desk.service, now=NOW)

    with desk.facts():
        assert Finding.objects.get(organization=schools[0], rule_id="org-training").holds is speaks


def test_a_lead_opened_by_hand_stays_when_the_signals_that_joined_it_go_silent(
    desk: Desk, schools: tuple[Organization, Organization]
) -> None:
    with acting_as(desk.analyst):
        lead = open_organization_lead(actor=desk.analyst, organization=schools[0], reason="A call.", now=NOW)
    evaluate_organizations(actor=desk.service, now=NOW)
    with desk.facts():
        joined = Finding.objects.filter(lead=lead).count()
        StatusFact.objects.filter(organization=schools[0], status="terminated").update(retracted_at=timezone.now())

    evaluate_organizations(actor=desk.service, now=NOW)

    assert (joined, desk.fresh(lead).state) == (1, "queued")


def test_what_a_person_closed_stays_closed_while_the_signal_goes_on(desk: Desk, schools: tuple[Organization, Organization]) -> None:
    evaluate_organizations(actor=desk.service, now=NOW)
    lead = lead_of(desk, schools[0])
    assert lead is not None
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=lead, close_reason="no_violation", reason="Explained.", now=NOW)

    evaluate_organizations(actor=desk.service, now=NOW)

    assert desk.fresh(lead).state == LeadState.CLOSED


def test_a_withdrawn_school_is_one_lead_of_the_school_and_none_of_its_students(desk: Desk) -> None:
    with desk.facts():
        school = cases.school("Gone College", withdrawn_on=date(2026, 9, 1))
        students(school, 40, status="terminated", reason_code="25")
    evaluate_touched(actor=desk.service, now=NOW)
    evaluate_organizations(actor=desk.service, now=NOW)

    with desk.facts():
        assert Lead.objects.filter(organization=school).count() == 1
        assert Lead.objects.filter(subject__in=Subject.objects.all()).count() == 0
        (finding,) = Finding.objects.filter(organization=school, rule_id="org-withdrawn")
    assert "40 student records ended for this reason, which alleges nothing." in finding.sentence


def test_people_in_a_compartment_are_not_counted(desk: Desk, schools: tuple[Organization, Organization]) -> None:
    evaluate_organizations(actor=desk.service, now=NOW)
    with desk.facts():
        before = Finding.objects.filter(organization=schools[0]).count()
    from access.selectors import service_actor

    with acting_as(service_actor("subjects")):
        for number in range(5):
            hidden = cases.subject("HIDDEN", f"{number}", protected=True)
            cases.student(hidden, reason_code="01", organization=schools[0])

    assert evaluate_organizations(actor=desk.service, now=NOW) == 0
    with desk.facts():
        assert Finding.objects.filter(organization=schools[0]).count() == before


def test_a_lead_by_hand_needs_a_reason_and_is_the_only_open_one(desk: Desk, schools: tuple[Organization, Organization]) -> None:
    client = signed_in(desk.analyst)
    address = reverse("organization_open_lead", args=[schools[1].uuid])

    assert client.post(address, {"version": 0, "reason": " "}).status_code == 422
    assert client.post(address, {"version": 0, "reason": "A call from the State."}).status_code == 302
    assert client.post(address, {"version": 0, "reason": "Again."}).status_code == 409
    lead = lead_of(desk, schools[1])
    assert lead is not None and lead.state == LeadState.QUEUED
    with desk.facts(), pytest.raises(Conflict):
        open_organization_lead(actor=desk.analyst, organization=schools[1], reason="Again.", now=timezone.now())


def test_a_lead_by_hand_is_born_with_its_retention_dates(desk: Desk, schools: tuple[Organization, Organization]) -> None:
    with acting_as(desk.analyst):
        lead = open_organization_lead(actor=desk.analyst, organization=schools[1], reason="A call.", now=NOW)
    with acting_as(desk.analyst):
        assert RetentionClock.objects.filter(lead_id=lead.pk).exists()


def test_a_field_officer_opens_no_lead_about_a_school(desk: Desk, schools: tuple[Organization, Organization]) -> None:
    with acting_as(desk.boston), pytest.raises(Forbidden):
        open_organization_lead(actor=desk.boston, organization=schools[0], reason="A call.", now=NOW)


def test_the_page_shows_what_stands_out_and_what_does_not(desk: Desk, schools: tuple[Organization, Organization]) -> None:
    evaluate_organizations(actor=desk.service, now=NOW)
    client = signed_in(desk.analyst)

    odd = words(client.get(reverse("organization_detail", args=[schools[0].uuid])))
    plain = words(client.get(reverse("organization_detail", args=[schools[1].uuid])))

    assert f"{MANY.capitalize()} stands out 12 of 36 records" in odd
    assert "Open a lead by hand" not in odd
    assert f"{MANY.capitalize()} as elsewhere 4 of 204 records" in plain
    assert "Open a lead by hand" in plain


def test_the_lead_of_a_school_opens_like_any_other(desk: Desk, schools: tuple[Organization, Organization]) -> None:
    evaluate_organizations(actor=desk.service, now=NOW)
    lead = lead_of(desk, schools[0])
    assert lead is not None

    page = words(signed_in(desk.analyst).get(reverse("lead_findings", args=[lead.number])))

    assert "12 of 36 records were terminated" in page
    assert "org-drop-many" not in page


def test_a_lead_about_a_school_is_referred_to_the_office_of_its_place_with_signals_and_officials(
    desk: Desk, schools: tuple[Organization, Organization]
) -> None:
    odd, _ = schools
    with desk.facts():
        cases.official(odd)
    evaluate_organizations(actor=desk.service, now=NOW)
    lead = lead_of(desk, odd)
    assert lead is not None
    with acting_as(desk.analyst):
        lead = lead_for(desk.analyst, lead.number)
        proposal = propose_referral(user=desk.analyst, lead=lead, now=NOW)
        assert proposal.office is not None
        assert proposal.reason.startswith("School's own address")
        referral = refer_lead(actor=desk.analyst, lead=lead, office=proposal.office, reason="", now=NOW, digest=proposal.digest)

    officer = signed_in(desk.boston)
    page = words(officer.get(reverse("referral_page", args=[referral.uuid])))
    pdf = " ".join(" ".join(each.extract_text() for each in PdfReader(io.BytesIO(_packet(desk, referral))).pages).split())

    assert referral.office.code == "HSI-BOS"
    for text in (page, pdf):
        assert "Odd College" in text
        assert "12 of 36 records were terminated" in text
        assert "SAMPLE, JOAN" in text
        assert "STUDENT" not in text
    with acting_as(desk.boston):
        seen = referral_for(desk.boston, referral.uuid)
        assert safe_to_act(actor=desk.boston, referral=seen, now=NOW).answer == "yes"
    with desk.facts():
        students(odd, 40, status="terminated", reason_code="04")
    evaluate_organizations(actor=desk.service, now=NOW)
    with acting_as(desk.boston):
        assert safe_to_act(actor=desk.boston, referral=seen, now=NOW).answer == "changed"


def _packet(desk: Desk, referral: Referral) -> bytes:
    with acting_as(desk.boston):
        return packet_pdf_for(desk.boston, referral.packet.uuid)
