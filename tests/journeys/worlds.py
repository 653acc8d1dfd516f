"""What the journeys play on: people with facts, judged by the real services, committed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from access.context import acting_as
from access.models import Office, User
from access.selectors import service_actor
from leads.models import Lead
from leads.services.evaluation import evaluate_touched
from subjects.models import Subject
from subjects.search.names import name_key
from tests.factories import facts as told
from tests.factories.people import OfficeFactory, person


@dataclass(frozen=True, slots=True)
class Desk:
    """The people at work and what they work on."""

    boston: Office
    newark: Office
    analyst: User
    supervisor: User
    officer: User
    other_officer: User
    leads: tuple[Lead, ...]


def yesterday() -> date:
    return timezone.now().date() - timedelta(days=1)


def overstayer(place: int) -> Subject:
    """A B-2 visitor with an address in Boston who stayed; `place` makes the person different from the others."""
    given = f"JOAN {chr(65 + place % 26)}"
    found_by = name_key("SAMPLE", given, "")
    subject = told.a_subject("SAMPLE", given, born=date(1970 + place % 30, 3, 3), citizenship="PRT", name_key=found_by)
    until = yesterday() - timedelta(days=100 + place)
    told.admitted(subject, until, arrived=until - timedelta(days=180))
    told.lives(subject, as_of=yesterday())
    told.numbered(subject, "passport", f"ZZ{place:07d}", country="UTO")
    return subject


def subject_of(lead: Lead) -> Subject:
    """The person of a lead, read as the system does."""
    with acting_as(service_actor("leads")):
        return Subject.objects.get(pk=lead.subject_id)


def a_desk(people: int = 3) -> Desk:
    """A team, two offices, and `people` leads that wait in the queue."""
    boston = OfficeFactory.create(code="HSI-BOS", name="HSI Boston", city="Boston")
    newark = OfficeFactory.create(code="HSI-NEW", name="HSI Newark", city="Newark")
    with acting_as(service_actor("subjects")):
        told.loaded(as_of=yesterday())
        for place in range(people):
            overstayer(place)
    evaluate_touched(actor=service_actor("leads"), now=timezone.now())
    with acting_as(service_actor("leads")):
        leads = tuple(Lead.objects.order_by("pk"))
    return Desk(
        boston=boston,
        newark=newark,
        analyst=person("ana.lyst", "analyst"),
        supervisor=person("sue.visor", "supervisor"),
        officer=person("finn.field", "field_officer", office=boston),
        other_officer=person("nora.field", "field_officer", office=newark),
        leads=leads,
    )
