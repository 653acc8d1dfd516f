"""The oracle: who sees what, as slow plain Python that shares nothing with the database's rule.

It restates the rule of design 7 from the records of a drawn population: roles and their audiences, offices, compartments
(all of them, conjunctive), grants with their ends, phases, open glass, protected persons. Tests compare every page, count,
search, export, API and table with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from access.permissions import Permission
from access.roles import ROLES

PROTECTED = "protected-person"

# Restated on purpose: a role whose audiences change by mistake disagrees here.
AUDIENCES = {
    "analyst": {"hq", "office", "records"},
    "supervisor": {"hq", "office", "records"},
    "field_officer": {"office"},
    "field_supervisor": {"office"},
    "records_officer": {"records"},
    "privacy_officer": {"hq", "records"},
    "auditor": set(),
    "data_operator": {"intake"},
    "administrator": set(),
}
OWN_OFFICE_ONLY = {"field_officer", "field_supervisor"}


@dataclass
class Held:
    """Something given to a person: a role, an office, a clearance."""

    what: str
    until: datetime | None = None
    revoked: bool = False

    def holds(self, now: datetime) -> bool:
        return not self.revoked and (self.until is None or self.until > now)


@dataclass
class Given:
    """Sight of one lead."""

    lead: int
    kind: str
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        return self.until is None or self.until > now


@dataclass
class Reader:
    """A person of the population."""

    pk: int
    roles: list[Held] = field(default_factory=list)
    offices: list[Held] = field(default_factory=list)
    clearances: list[Held] = field(default_factory=list)
    grants: list[Given] = field(default_factory=list)
    active: bool = True

    def holding(self, held: Iterable[Held], now: datetime) -> set[str]:
        return {each.what for each in held if each.holds(now)} if self.active else set()

    def may(self, permission: Permission, now: datetime) -> bool:
        return any(permission in ROLES[role].permissions for role in self.holding(self.roles, now))


@dataclass
class Class:
    """What a row carries."""

    audience: str
    office: str = ""
    compartments: frozenset[str] = frozenset()
    phase: str = "live"


@dataclass
class PersonRow:
    """A subject and its facts."""

    pk: int
    uuid: UUID
    family_name: str
    passport: str
    cls: Class
    suspected: bool = False  # something rests on them that is no lead
    merged: dict[int, UUID] = field(default_factory=dict)  # subjects that are shown as this one; they are where the person is


@dataclass
class ReferralRow:
    """A referral with packet and outcome."""

    uuid: UUID
    packet: UUID
    state: str
    cls: Class
    file: UUID  # attached for its office


@dataclass
class LeadRow:
    """A lead with its children."""

    pk: int
    uuid: UUID
    number: str
    state: str
    subject: int
    cls: Class
    referrals: list[ReferralRow] = field(default_factory=list)


@dataclass
class StoneRow:
    """What is left of a destroyed lead."""

    number: str
    cls: Class


@dataclass
class PlaceRow:
    """A school of the lists of organizations."""

    uuid: UUID
    name: str
    cls: Class


@dataclass
class Population:
    """Everybody and everything."""

    readers: dict[str, Reader] = field(default_factory=dict)
    people: dict[int, PersonRow] = field(default_factory=dict)
    leads: dict[int, LeadRow] = field(default_factory=dict)
    stones: list[StoneRow] = field(default_factory=list)
    places: list[PlaceRow] = field(default_factory=list)

    # the rule -----------------------------------------------------------------------------------------------------

    def in_class(self, reader: Reader, cls: Class, now: datetime) -> bool:
        """Whether the reader's roles, offices and clearances open a class of rows."""
        if cls.phase != "live" or not cls.compartments <= reader.holding(reader.clearances, now):
            return False
        offices = reader.holding(reader.offices, now)
        return any(
            cls.audience in AUDIENCES[role] and (role not in OWN_OFFICE_ONLY or cls.office in offices)
            for role in reader.holding(reader.roles, now)
        )

    def assigned(self, reader: Reader, lead: LeadRow, now: datetime) -> bool:
        """An assignment opens a lead, not its compartments: marks are conjunctive whatever was granted."""
        given = any(given.lead == lead.pk and given.kind == "assignment" and given.holds(now) for given in reader.grants)
        return reader.active and given and lead.cls.phase == "live" and lead.cls.compartments <= reader.holding(reader.clearances, now)

    def under_glass(self, reader: Reader, lead: LeadRow, now: datetime) -> bool:
        """Whether the lead is open to the reader by break-glass: never that of a protected person, never an archived one."""
        broken = any(given.lead == lead.pk and given.kind == "break_glass" and given.holds(now) for given in reader.grants)
        person = self.people[lead.subject]
        closed = any(PROTECTED in cls.compartments or cls.phase != "live" for cls in (lead.cls, person.cls))
        return reader.active and broken and not closed

    def sees_lead(self, reader: Reader, lead: LeadRow, now: datetime) -> bool:
        return self.in_class(reader, lead.cls, now) or self.assigned(reader, lead, now) or self.under_glass(reader, lead, now)

    def sees_person(self, reader: Reader, person: PersonRow, now: datetime) -> bool:
        return self.in_class(reader, person.cls, now) or any(
            self.under_glass(reader, lead, now) for lead in self.leads.values() if lead.subject == person.pk
        )

    def sees_referral(self, reader: Reader, lead: LeadRow, referral: ReferralRow, now: datetime) -> bool:
        opened = PROTECTED not in referral.cls.compartments and self.under_glass(reader, lead, now)
        return self.in_class(reader, referral.cls, now) or opened

    def sees_office_file(self, reader: Reader, lead: LeadRow, referral: ReferralRow, now: datetime) -> bool:
        """A file for the office is read by the office's class, and by whoever was given the lead."""
        given = self.assigned(reader, lead, now) or self.under_glass(reader, lead, now)
        return self.in_class(reader, referral.cls, now) or given

    # what of it a page shows --------------------------------------------------------------------------------------

    def leads_of(self, reader: Reader, now: datetime) -> list[LeadRow]:
        return [lead for lead in self.leads.values() if self.sees_lead(reader, lead, now)]

    def people_of(self, reader: Reader, now: datetime) -> list[PersonRow]:
        return [person for person in self.people.values() if self.sees_person(reader, person, now)]

    def merged_of(self, reader: Reader, now: datetime) -> dict[int, UUID]:
        """The rows of people merged into others: by class alone, glass opens the person who is shown."""
        seen = [person for person in self.people.values() if self.in_class(reader, person.cls, now)]
        return {pk: uuid for person in seen for pk, uuid in person.merged.items()}

    def referrals_of(self, reader: Reader, now: datetime) -> list[ReferralRow]:
        return [referral for lead in self.leads.values() for referral in lead.referrals if self.sees_referral(reader, lead, referral, now)]
