"""A world in which every room is furnished: one record of each kind, with real ids for the addresses and canaries in what is personal.

The person may lie in a compartment, with everything that hangs on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from access.context import acting_as
from access.models import Compartment, Office, User
from access.roles import ROLES
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from leads.models import Attachment, Decision, Lead, Referral
from leads.services.attachments import attach_file, examine
from leads.services.deciding import close_lead
from leads.services.notes import write_note
from leads.services.referral import propose_referral, refer_lead
from leads.services.triage import claim_lead
from oversight.services.compartments import move_in
from oversight.services.disclosures import record_disclosure
from retention.models import Schedule
from subjects.models import IdentifierFact, NameFact, Subject
from subjects.search.names import name_key
from subjects.search.services import start_search
from subjects.search.terms import Terms
from tests.factories import cases
from tests.factories import facts as told
from tests.factories.people import person
from tests.journeys.addresses import MADE_UP, SPECIAL, Address
from tests.leads.conftest import people

HTML = "<IMG SRC=X ONERROR=ALERT(1)>"
FAMILY = f"KANARIENVOGEL {HTML}"
NUMBERS = {"passport": "ZZ7654321", "ssn": "900704821", "a_number": "999765432", "fin": "998877665"}  # none of them can be a person's
STREET = f"77 Kanarienvogel St {HTML}"


@dataclass
class Furnished:
    """Who may ask, the ids that fill an address, and the person whom everything is about."""

    subject: Subject
    readers: dict[str, User]
    office: User  # of the office that has the referral
    values: dict[str, Any]
    closed_number: str

    def address(self, of: Address, *, made_up: bool = False) -> str | None:
        """The address with real ids, or with `made_up` ones in their places; None where it takes none, or this world has no record."""
        special: Mapping[str, dict[str, Any]] = {
            "fact_source": {"kind": "name"},
            "lead_decision": {"number": self.closed_number},
            "lead_reopen": {"number": self.closed_number},
            "lead_draft": {"kind": "note"},
            "referral_draft": {"kind": "return"},
            "search_export": {"form": "csv"},
            "referral_file": {"file_uuid": self.values["office_file_uuid"]},
        }
        wanted = {**self.values, **special.get(of.name, {})}
        if of.name.startswith("api_"):
            kind = of.name.removeprefix("api_").split("-")[0]
            wanted["uuid"] = self.values.get(f"{kind}_uuid")
        if made_up:
            wanted |= {name: MADE_UP["uuid"] for name in of.parameters if name.endswith("uuid")} | {"number": SPECIAL["number"]}
        if not of.parameters or any(wanted.get(name) is None for name in of.parameters):
            return None
        try:
            return reverse(of.name, kwargs={name: wanted[name] for name in of.parameters})
        except NoReverseMatch:
            return None


def furnish(*, compartment: str = "") -> Furnished:
    """Let the real services make the records, on the morning of 23 Nov 2026; with `compartment` the person is then moved into it."""
    desk, now = people(), timezone.now()
    with desk.facts():
        told.loaded()
        subject, other, extract = _person(FAMILY), _person("ANOTHER", number="ZZ1112223"), cases.extract()
        row, school = cases.quarantined_row(extract, FAMILY), cases.school(f"Example College {HTML}")
        cases.student(subject, organization=school)
        cases.official(school, family=HTML)
    desk.judge(subject, other)
    lead, closed = _lead_of(subject), _lead_of(other)
    with acting_as(desk.analyst):
        search = start_search(actor=desk.analyst, terms=Terms(name="KANARIENVOGEL"), purpose="vetting", now=now)
        close_lead(actor=desk.analyst, lead=closed, close_reason="departed", reason=HTML, now=now)
        claim_lead(actor=desk.analyst, lead=lead, now=now)
        write_note(actor=desk.analyst, lead=lead, text=f"{FAMILY} called.", audience="hq", now=now)
        content = b"She was seen."
        file = examine(name=f"{HTML}.txt", content=content, size=len(content))
        attach_file(actor=desk.analyst, lead=lead, file=file, about=HTML, audience="hq", now=now)
        digest = propose_referral(user=desk.analyst, lead=desk.fresh(lead), now=now).digest
        boston = Office.objects.get(code="HSI-BOS")
        refer_lead(actor=desk.analyst, lead=desk.fresh(lead), office=boston, reason=HTML, now=now, digest=digest)
        attach_file(actor=desk.analyst, lead=desk.fresh(lead), file=file, about=HTML, audience="office", now=now)
    readers = {role: _reader(role) for role in ROLES if role != "service"} | {"analyst": desk.analyst}
    with acting_as(readers["privacy_officer"]):
        given = dict.fromkeys(("nature", "purpose", "recipient", "address"), HTML)
        day = now.date() - timedelta(days=9)
        record_disclosure(
            actor=readers["privacy_officer"], subject=subject, basis="G", disclosed_on=day, approved=False, words=given, now=now
        )
    values = _values(desk.service, lead, closed, subject)
    values |= {"search_uuid": search.uuid, "extract_uuid": extract.uuid, "row_uuid": row.uuid, "organization_uuid": school.uuid}
    values |= {"account_uuid": desk.boston.uuid, "user_uuid": desk.analyst.uuid, "what": "archive", "form": "csv", "key": "source_stale"}
    with acting_as(readers["auditor"]):
        values["event_uuid"] = Event.objects.get(act=Act.LEAD_REFERRED).uuid
    if compartment:
        mover = person("mona.moves", "privacy_officer", cleared_for=compartment)
        with acting_as(mover):
            move_in(actor=mover, subject=subject, compartment=Compartment.objects.get(code=compartment), reason="x", now=now)
    return Furnished(subject, readers, desk.boston, values, closed.number)


def _reader(role: str) -> User:
    """Somebody of the role; those of an office are of another one than the referral's."""
    office = Office.objects.get(code="HSI-ATL") if ROLES[role].own_office else None
    return person(f"some.{role}", role, office=office)


def _person(family: str, number: str = "") -> Subject:
    subject = told.a_subject(
        family, "ANA", citizenship="PRT", name_key=name_key(family.split(maxsplit=1)[0], "ANA")
    )  # as the search knows it
    told.admitted(subject, date(2026, 7, 10), arrived=date(2026, 1, 11))
    told.lives(subject, line=STREET)
    told.works(subject, date(2026, 8, 3))
    for kind, value in ({"passport": number} if number else NUMBERS).items():
        told.numbered(subject, kind, value, country="UTO" if kind == "passport" else "")
    return subject


def _lead_of(subject: Subject) -> Lead:
    with acting_as(service_actor("leads")):
        return Lead.objects.select_related("subject", "access_class", "office", "organization").get(subject=subject)


def _values(service: User, lead: Lead, closed: Lead, subject: Subject) -> dict[str, Any]:
    with acting_as(service):
        referral = Referral.objects.select_related("packet").get(lead=lead)
        files = {each.audience: each.uuid for each in Attachment.objects.filter(lead=lead)}
        return {
            "number": lead.number,
            "decision_uuid": Decision.objects.filter(lead=closed).latest("pk").uuid,
            "referral_uuid": referral.uuid,
            "packet_uuid": referral.packet.uuid,
            "file_uuid": files["hq"],
            "office_file_uuid": files["office"],
            "subject_uuid": subject.uuid,
            "object_uuid": subject.uuid,
            "identifier_uuid": IdentifierFact.objects.filter(subject=subject, kind="ssn").get().uuid,
            "associate_uuid": cases.associate(subject).uuid,
            "fact_uuid": NameFact.objects.filter(subject=subject).latest("pk").uuid,
            "schedule_uuid": Schedule.objects.latest("pk").uuid,
        }
