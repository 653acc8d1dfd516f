"""A population drawn from a seed: people with roles, offices and clearances; records in all classes; stones of destroyed leads."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg
from django.contrib.auth.models import Permission as DjangoPermission
from django.utils import timezone

from access.context import acting_as
from access.models import AccessClass, Clearance, Compartment, Membership, RoleGrant, User
from access.selectors import class_for, service_actor
from foundation.crypto import canonical
from ingest.facts import IdentifierKind
from leads.looking import look_at
from leads.models import Decision, Finding, Lead, LeadGrant, Note, Outcome, Packet, Referral
from leads.numbers import new_number
from leads.picture import dump
from leads.sealing import seal_words
from retention.models import Disposition, Schedule
from subjects.models import Judgement, Subject
from subjects.services.merge import merge
from subjects.services.protect import close_off
from tests.access.oracle import (
    AUDIENCES,
    PROTECTED,
    Class,
    Given,
    Held,
    LeadRow,
    PersonRow,
    PlaceRow,
    Population,
    Reader,
    ReferralRow,
    StoneRow,
)
from tests.databases import owner_connection
from tests.factories import cases
from tests.factories.people import OfficeFactory, UserFactory
from tests.factories.records import attached

OFFICES = ("HSI-BOS", "HSI-ATL", "HSI-LOS")
COMPARTMENTS = (PROTECTED, "second", "third")
STATES = ("queued", "queued", "in_research", "on_hold", "returned", "referred", "referred", "accepted", "closed", "auto_closed")
REFERRAL_STATES = {"referred": "sent", "accepted": "accepted", "returned": "returned", "closed": "reported"}
READERS, PEOPLE, STONES, PLACES = 9, 10, 6, 5
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO, LATER = timedelta(days=-3), timedelta(days=3)


class Draw:
    """Draws the population into the database, and the same as plain records for the oracle."""

    def __init__(self, seed: int, database: str) -> None:
        self.random = random.Random(seed)  # noqa: S311  # a drawn world, no secret
        self.database = database
        self.population = Population()
        self.offices = {code: OfficeFactory.create(code=code) for code in OFFICES}
        with owner_connection(database) as owner:
            for code in COMPARTMENTS[1:]:
                owner.execute("INSERT INTO access_compartment (code, name, authority) VALUES (%s, %s, '')", [code, code])
        self.compartments = {each.code: each for each in Compartment.objects.all()}
        self.archived: list[LeadRow] = []

    def everything(self) -> Population:
        self._records()
        self._places()
        self._stones()
        for number in range(READERS):
            self._reader(number)
        return self.population

    # people -------------------------------------------------------------------------------------------------------

    def _reader(self, number: int) -> None:
        user: User = UserFactory.create(username=f"reader.{number}")
        reader = Reader(pk=user.pk)
        roles = sorted(AUDIENCES)
        wanted = {roles[number % len(roles)], *([self.random.choice(roles)] if self.random.random() < 0.3 else [])}
        for role in sorted(wanted):
            held = self._held(role)
            reader.roles.append(held)
            self._give(RoleGrant, user, held, role_id=role)
        for code in self._some(OFFICES, 0.4):
            held = self._held(code)
            reader.offices.append(held)
            self._give(Membership, user, held, office=self.offices[code])
        for code in self._some(COMPARTMENTS, 0.35):
            held = self._held(code)
            reader.clearances.append(held)
            self._give(Clearance, user, held, compartment=self.compartments[code])
        self.population.readers[user.username] = reader
        for lead in self._some(list(self.population.leads.values()), 0.25):
            self.grant(user, reader, lead)

    def _held(self, what: str) -> Held:
        kind = self.random.random()
        now = timezone.now()
        if kind < 0.75:
            return Held(what, self.random.choice([None, now + LATER]))
        return Held(what, now + LONG_AGO) if kind < 0.9 else Held(what, None, revoked=True)

    @staticmethod
    def _give(model: Any, user: User, held: Held, **what: Any) -> None:
        with acting_as(service_actor("audit")):
            model.objects.create(user=user, reason="drawn", until=held.until, revoked_at=NOON if held.revoked else None, **what)

    def grant(self, user: User, reader: Reader, lead: LeadRow) -> None:
        """An assignment or an open glass, in force or over."""
        kind = self.random.choice(["assignment", "break_glass"])
        ends = [timezone.now() + LATER, timezone.now() + LONG_AGO]
        given = Given(lead.pk, kind, self.random.choice([*ends, None] if kind == "assignment" else ends))
        reader.grants.append(given)
        service = service_actor("leads")
        permission = DjangoPermission.objects.get(content_type__app_label="leads", codename="view_lead")
        with acting_as(service):
            grant = LeadGrant(
                user=user,
                permission=permission,
                content_object_id=lead.pk,
                kind=kind,
                granted_by=service,
                reason="drawn",
                until=given.until,
            )
            LeadGrant.objects.bulk_create([grant])  # `save` asks for the lead, which may be of another phase

    # records ------------------------------------------------------------------------------------------------------

    def class_id(self, cls: Class) -> int:
        """The interned class; that of another phase is made by the owner, as the archive would."""
        office = self.offices[cls.office].pk if cls.office else None
        ids = sorted(self.compartments[code].pk for code in cls.compartments)
        if cls.phase == "live":
            return class_for(audience=cls.audience, office_id=office, compartments=ids)
        found = AccessClass.objects.filter(audience=cls.audience, office_id=office, compartments=ids, phase=cls.phase).first()
        if found is not None:
            return found.pk
        with owner_connection(self.database) as owner:
            row = owner.execute(
                "INSERT INTO access_accessclass (audience, office_id, compartments, phase) VALUES (%s, %s, %s, %s) RETURNING id",
                [cls.audience, office, ids, cls.phase],
            ).fetchone()
        assert row is not None
        return int(row[0])

    def _records(self) -> None:
        with acting_as(service_actor("leads")):
            for number in range(PEOPLE):
                self._person(number)
        with acting_as(service_actor("subjects")):
            people = list(self.population.people.values())
            for left, right in pairwise(people):
                both = self.class_id(Class("hq", compartments=left.cls.compartments | right.cls.compartments))
                Judgement.objects.create(access_class_id=both, left_id=left.pk, right_id=right.pk, weight=9.0)
        with owner_connection(self.database) as owner:
            for row in self.archived:
                self._archive(owner, row)

    def _archive(self, owner: psycopg.Connection[Any], row: LeadRow) -> None:
        """Let the owner move a lead and its children into the class of another phase, which no application role may enter."""
        given = {"lead": row.pk, "class": self.class_id(row.cls)}
        owner.execute("UPDATE leads_lead SET class_id = %(class)s WHERE id = %(lead)s", given)
        for statement in (
            "UPDATE leads_finding SET class_id = %(class)s WHERE lead_id = %(lead)s",
            "UPDATE leads_note SET class_id = %(class)s WHERE lead_id = %(lead)s",
            "UPDATE leads_attachment SET class_id = %(class)s WHERE lead_id = %(lead)s AND audience = 'hq'",
            "UPDATE leads_decision SET class_id = %(class)s WHERE lead_id = %(lead)s",
        ):
            owner.execute(statement, given)
        for referral in row.referrals:
            given["class"] = self.class_id(referral.cls)
            for statement in (
                "UPDATE leads_packet p SET class_id = %(class)s FROM leads_referral r WHERE r.id = p.referral_id AND r.lead_id = %(lead)s",
                "UPDATE leads_outcome o SET class_id = %(class)s FROM leads_referral r WHERE r.id = o.referral_id AND r.lead_id = %(lead)s",
                "UPDATE leads_attachment SET class_id = %(class)s WHERE lead_id = %(lead)s AND audience = 'office'",
                "UPDATE leads_referral SET class_id = %(class)s WHERE lead_id = %(lead)s",
            ):
                owner.execute(statement, given)

    def _person(self, number: int) -> None:
        marks = self.random.choice([frozenset(), frozenset(), frozenset(self._some(COMPARTMENTS, 0.5))])
        name, passport = f"CANARY{self._letters(number)}", f"ZZ{number:07d}"
        subject = cases.subject(name, "ANA")
        cls = Class("hq", compartments=marks)
        cases.identifier(subject, IdentifierKind.PASSPORT, passport, country="UTO")
        cases.home(subject, line="14 Shared St")
        cases.stay(subject)
        self.population.people[subject.pk] = PersonRow(subject.pk, subject.uuid, name, passport, cls)
        self._lead(subject, marks, self.random.choice(STATES))
        if self.random.random() < 0.3:
            self._lead(subject, marks, "closed")
        if number % 2:
            self.population.people[subject.pk].suspected = True
            self._found(subject, access_class_id=self.class_id(cls))
        if number % 3 == 0:
            other = cases.subject("MERGED", "ANA")
            merge(actor=service_actor("leads"), left=subject, right=other, judgement=None, now=NOON)
            self.population.people[subject.pk].merged[other.pk] = other.uuid
        close_off([subject.pk], [self.compartments[code].pk for code in marks])

    def _lead(self, subject: Subject, marks: frozenset[str], state: str) -> None:
        office = self.random.choice(OFFICES) if state in REFERRAL_STATES else ""
        there = office if state in ("referred", "accepted") else ""
        stricter = marks | frozenset(self._some(COMPARTMENTS, 0.08))
        phase = "archived" if state == "closed" and self.random.random() < 0.15 else "live"
        cls = Class("hq", there, stricter, phase)
        closed = state in ("closed", "auto_closed")
        lead = Lead.objects.create(
            number=new_number(),
            access_class_id=self.class_id(Class("hq", there, stricter)),
            subject=subject,
            state=state,
            state_since=NOON,
            close_reason="arrested" if closed else "",
            hold_until=date(2027, 1, 1) if state == "on_hold" else None,
            office=self.offices[there] if there else None,
            risk="high",
            rule_id="overstay-dated",
            clock_due_on=None if closed else date(2026, 12, 1),
            record_created_on=date(2026, 11, 1),
        )
        row = LeadRow(lead.pk, lead.uuid, lead.number, state, subject.pk, cls)
        self.population.leads[lead.pk] = row
        self._children(lead, subject)
        if office:
            row.referrals.append(self._referral(lead, subject, Class("office", office, stricter), REFERRAL_STATES[state]))
            row.referrals[0].cls.phase = phase
        if phase != "live":
            self.archived.append(row)

    def _children(self, lead: Lead, subject: Subject) -> None:
        child = {"lead": lead, "access_class_id": lead.access_class_id}
        who = service_actor("leads")
        self._found(subject, **child)
        attached(lead, lead.access_class_id, "seen")
        Note.objects.create(audience="hq", author=who, written_at=NOON, sealed=seal_words(lead.uuid, "seen"), **child)
        plain = canonical(dump(look_at(lead, NOON).picture))
        Decision.objects.create(digest="0" * 64, sealed=seal_words(lead.uuid, plain), **child)

    @staticmethod
    def _found(subject: Subject, **values: Any) -> None:
        Finding.objects.create(
            subject=subject, rule_id="overstay-dated", rule_version="1", matter_key=uuid.uuid4().hex, violation="overstay", holds=True,
            outcome="stands", sentence="Over.", evidence_digest="", as_of=date(2026, 11, 1), **values,
        )  # fmt: skip

    def _places(self) -> None:
        """Schools; that one lies in a compartment is nothing the product does, but its table takes it and every list must heed it."""
        with acting_as(service_actor("subjects")):
            for number in range(PLACES):
                place = cases.school(f"CANARYSCHOOL{self._letters(number)}", code=f"SIM214F{number:08d}")
                marks = frozenset(self._some(COMPARTMENTS, 0.25)) if number else frozenset()
                self.population.places.append(PlaceRow(place.uuid, place.name, Class("hq", compartments=marks)))
        with owner_connection(self.database) as owner:
            for row in self.population.places:
                owner.execute("UPDATE organizations_organization SET class_id = %s WHERE uuid = %s", [self.class_id(row.cls), row.uuid])

    def _referral(self, lead: Lead, subject: Subject, cls: Class, state: str) -> ReferralRow:
        who, class_id = service_actor("leads"), self.class_id(cls)
        referral = Referral.objects.create(
            lead=lead, lead_uuid=lead.uuid, lead_number=lead.number, access_class_id=class_id, office=self.offices[cls.office], state=state,
            routing_reason="address", family_name=subject.family_name, given_name=subject.given_name, why="over", sent_by=who, sent_at=NOON,
            accept_due_on=date(2026, 12, 1), return_reason="wrong_office" if state == "returned" else "",
            **({"accepted_by": who, "accepted_at": NOON} if state in ("accepted", "reported") else {}),
        )  # fmt: skip
        row = ReferralRow(
            referral.uuid, uuid.uuid4(), state, cls, file=attached(lead, class_id, "seen by the office", audience="office").uuid
        )
        Packet.objects.create(
            uuid=row.packet,
            referral=referral, access_class_id=class_id, json_sealed=seal_words(lead.uuid, "{}"), json_sha256="",
            pdf_sealed=seal_words(lead.uuid, b"%PDF-1.7"), do_not_rely_after=date(2027, 1, 1),
        )  # fmt: skip
        if state == "reported":
            Outcome.objects.create(
                referral=referral,
                access_class_id=class_id,
                code="located",
                occurred_on=date(2026, 11, 22),
                reported_by=who,
                reported_at=NOON,
            )
        return row

    def _stones(self) -> None:
        """Tombstones come from the database's own destroying function alone; here the owner sets them."""
        phases = ["live", "live", "archived"]
        classes = [Class("hq", "", frozenset(self._some(COMPARTMENTS, 0.4)), self.random.choice(phases)) for _ in range(STONES)]
        ids = [self.class_id(cls) for cls in classes]
        service = service_actor("retention")
        with acting_as(service):
            run = Disposition.objects.create(
                access_class_id=class_for(audience="records"),
                kind="destroy",
                as_of=date(2026, 11, 1),
                schedule=Schedule.objects.first(),
                proposed_by=service,
                proposed_at=NOON,
            )
        with owner_connection(self.database) as owner:
            for cls, class_id in zip(classes, ids, strict=True):
                number = new_number()
                owner.execute(
                    "INSERT INTO retention_tombstone (lead_uuid, lead_number, class_id, disposition_id, authority, schedule_title, "
                    "record_created_on, destroyed_at) VALUES (gen_random_uuid(), %s, %s, %s, 'NARA', '25 years', '2001-01-01', now())",
                    [number, class_id, run.pk],
                )
                self.population.stones.append(StoneRow(number, cls))

    def _some(self, values: list | tuple, share: float) -> list:  # of whatever
        return [value for value in values if self.random.random() < share]

    @staticmethod
    def _letters(number: int) -> str:
        return "".join("BCDFGHJKLM"[int(digit)] for digit in f"{number:03d}") + "A"
