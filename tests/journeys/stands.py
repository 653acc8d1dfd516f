"""Real records for the addresses of the product, so that each page that a browser walks over has something on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Page

from access.context import acting_as
from access.models import Compartment, User
from access.selectors import service_actor
from audit.models import Event
from leads.models import Decision, Draft, Lead, Referral
from leads.services.checks import enter_check
from leads.services.drafts import FIELDS, Form, keep_draft
from oversight.services.compartments import ask_out, move_in
from oversight.services.disclosures import record_disclosure
from retention.models import Schedule
from subjects.models import IdentifierFact, Judgement, NameFact, PossibleRecord, Subject
from subjects.search.services import start_search
from subjects.search.terms import Terms
from tests.factories import cases
from tests.factories.drops import AS_OF, load, overstay
from tests.factories.people import person
from tests.factories.possible import WEEK, left
from tests.journeys.worlds import Desk

CLEARED_FOR = "protected-person"


@dataclass(frozen=True, slots=True)
class Stand:
    """What the addresses are filled with: real records of the world, so that each page has something on it."""

    values: dict[str, Any]
    people: tuple[User, ...]


def stand_on(desk: Desk, page: Page, folder: Path) -> Stand:
    """Refer the first lead, close the second, keep the third; collect the ids. `folder`: where drops may lie."""
    first, second, third = (lead.number for lead in desk.leads)
    page.goto(f"/leads/{first}/refer/")
    page.get_by_role("button", name="Review the packet").click()
    page.get_by_role("button", name="Send to HSI Boston").click()
    page.goto(f"/leads/{second}/close/")
    page.get_by_text("Departed").click()
    page.get_by_role("button", name="Close the lead").click()
    page.goto(f"/leads/{third}/")
    page.get_by_role("button", name="Claim", exact=True).click()
    with acting_as(service_actor("leads")):
        referral = Referral.objects.select_related("packet", "lead__subject").get()
        decision = Decision.objects.filter(lead__number=second).latest("pk")
        open_lead = Lead.objects.select_related("subject").get(number=third)
        assert open_lead.subject is not None
        values = {
            "number": third,
            "key": "source_stale",
            "referral_uuid": referral.uuid,
            "packet_uuid": referral.packet.uuid,
            "decision_uuid": decision.uuid,
            "subject_uuid": open_lead.subject.uuid,
            "closed_number": second,
            **other_records(open_lead.subject),
        }
    with acting_as(desk.analyst):
        search = start_search(actor=desk.analyst, terms=Terms(name="SAMPLE"), purpose="vetting", now=timezone.now())
        check = enter_check(actor=desk.analyst, lead=open_lead, source="eid", checked_on=timezone.now().date(), now=timezone.now())
    values |= {"search_uuid": search.uuid, "account_uuid": desk.officer.uuid, "check_uuid": check.uuid}
    chief = person("some.chief", "field_supervisor", office=desk.boston)
    privacy = person("some.privacy", "privacy_officer", cleared_for=CLEARED_FOR)
    extra = [privacy, *(person(f"some.{role}", role) for role in ("records_officer", "auditor", "data_operator", "administrator"))]
    values |= {"user_uuid": desk.analyst.uuid, "rule_id": "overstay-dated", "part": "presence", "version": 1}
    values |= waiting(folder) | of_privacy(open_lead.subject)
    begun(desk, open_lead, referral)
    return Stand(values, (desk.analyst, desk.supervisor, desk.officer, chief, *extra))


def other_records(subject: Subject) -> dict[str, Any]:
    """One of each other kind of record that a page shows."""
    school = cases.school()
    cases.official(school)
    cases.student(subject, organization=school)
    extract = cases.extract()
    row = cases.quarantined_row(extract, "a row that could not be used")
    schedule = Schedule.objects.filter(status="proposed").first()
    return {
        "organization_uuid": school.uuid,
        "extract_uuid": extract.uuid,
        "row_uuid": row.uuid,
        "identifier_uuid": IdentifierFact.objects.filter(subject=subject).latest("pk").uuid,
        "associate_uuid": cases.associate(subject).uuid,
        "fact_uuid": NameFact.objects.filter(subject=subject).latest("pk").uuid,
        "object_uuid": subject.uuid,
        **({"schedule_uuid": schedule.uuid} if schedule else {}),
    }


def waiting(folder: Path) -> dict[str, Any]:
    """A pair that somebody must judge, and a record that waits for its person."""
    other = {"admission_number": "999000555X4", "family_name": "OTHER", "given_name": "BEN", "date_of_birth": "1965-07-30"}
    with override_settings(DROP_DIR=folder):
        load(folder, [overstay("R1")])
        load(folder, [overstay("R2", **other), left()], as_of=AS_OF + WEEK)
    with acting_as(service_actor("subjects")):
        return {"judgement_uuid": Judgement.objects.latest("pk").uuid, "question_uuid": PossibleRecord.objects.latest("pk").uuid}


def of_privacy(subject: Subject) -> dict[str, Any]:
    """Somebody who may leave a compartment when a second person agrees, and a disclosure that waits for its confirmation."""
    now, compartment = timezone.now(), Compartment.objects.get(code=CLEARED_FOR)
    officer = person("other.privacy", "privacy_officer", cleared_for=CLEARED_FOR)
    with acting_as(service_actor("subjects")):
        hidden = cases.subject("ELSEWHERE")
    with acting_as(officer):
        move_in(actor=officer, subject=hidden, compartment=compartment, reason="Asked by counsel.", now=now)
        moved = Subject.objects.select_related("access_class").get(pk=hidden.pk)
        move = ask_out(actor=officer, subject=moved, compartment=compartment, reason="The reason has ended.", now=now)
        words = dict.fromkeys(("nature", "purpose", "recipient", "address"), "As counsel wrote it.")
        day = now.date() - timedelta(days=9)
        disclosure = record_disclosure(actor=officer, subject=subject, basis="N", disclosed_on=day, approved=True, words=words, now=now)
    auditor = person("some.auditor", "auditor")
    with acting_as(auditor):
        event = Event.objects.latest("pk")
    return {"move_uuid": move.uuid, "disclosure_uuid": disclosure.uuid, "event_uuid": event.uuid}


def begun(desk: Desk, lead: Lead, referral: Referral) -> None:
    """What the analyst and the officer have begun to write: each of these forms opens with it."""
    writers = {
        desk.analyst: (Form(lead.pk, lead.uuid, kind) for kind in (Draft.Kind.NOTE, Draft.Kind.CLOSE, Draft.Kind.HOLD, Draft.Kind.REFER)),
        desk.officer: (Form(referral.lead_id, referral.lead_uuid, kind) for kind in (Draft.Kind.RETURN, Draft.Kind.OUTCOME)),
    }
    for writer, forms in writers.items():
        for form in forms:
            with acting_as(writer):
                words = dict.fromkeys(FIELDS[form.kind][1], "Begun")
                assert keep_draft(actor=writer, form=form, words=words, page=uuid4(), now=timezone.now())
