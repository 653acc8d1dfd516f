"""The people of the demonstration: enough to finish every flow that needs two or three of them."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from access.context import acting_as
from access.models import Clearance, Compartment, Membership, Office, RoleGrant, User
from access.reference import PROTECTED
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record

REASON = "demonstration"


@dataclass(frozen=True, slots=True)
class Person:
    """One account of the demonstration."""

    username: str
    name: str
    role: str
    team: str = ""
    office: str = ""
    cleared: bool = False


PEOPLE: tuple[Person, ...] = (
    Person("osei", "R. Osei", "analyst", team="3"),
    Person("lindqvist", "M. Lindqvist", "analyst", team="3"),
    Person("mfano", "G. Mfano", "analyst", team="3"),  # shares a surname with people of the scripted cast
    Person("castellano", "P. Castellano", "supervisor", team="3", cleared=True),
    Person("whitfield", "D. Whitfield", "supervisor", team="1"),
    Person("brandt", "K. Brandt", "field_officer", office="HSI-BOS"),
    Person("moreau", "S. Moreau", "field_officer", office="HSI-BOS"),
    Person("tremblay", "G. Tremblay", "field_supervisor", office="HSI-BOS"),
    Person("ishikawa", "T. Ishikawa", "field_officer", office="HSI-LOS"),
    Person("delgado", "V. Delgado", "field_officer", office="HSI-LOS"),
    Person("adeyemi", "F. Adeyemi", "field_supervisor", office="HSI-LOS"),
    Person("novak", "H. Novak", "records_officer"),
    Person("okafor", "B. Okafor", "records_officer"),
    Person("petrov", "L. Petrov", "records_officer"),
    Person("haddad", "N. Haddad", "privacy_officer", cleared=True),
    Person("quinn", "E. Quinn", "privacy_officer", cleared=True),
    Person("ferreira", "A. Ferreira", "auditor"),
    Person("yamada", "C. Yamada", "data_operator"),
    Person("burke", "J. Burke", "administrator"),
)


@transaction.atomic
def make_people() -> int:
    """Create what is missing of the demonstration's accounts, each with a one-time-code generator; returns how many."""
    made = 0
    for person in PEOPLE:
        details = {"display_name": person.name, "team": person.team, "demonstration": True, "email": f"{person.username}@leadtrac.example"}
        user, new = User.objects.get_or_create(username=person.username, defaults=details)
        if new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            made += 1
        with acting_as(service_actor("audit")):  # as the command that makes the first administrator
            _equip(user, person)
            if new:
                record(Act.ROLE_GRANTED, object_kind="user", object_uuid=user.uuid, payload={"role": person.role, "reason": REASON})
    return made


def _equip(user: User, person: Person) -> None:
    RoleGrant.objects.get_or_create(user=user, role_id=person.role, revoked_at=None, defaults={"reason": REASON})
    if person.office:
        office = Office.objects.get(code=person.office)
        Membership.objects.get_or_create(user=user, office=office, revoked_at=None, defaults={"reason": REASON})
    if person.cleared:
        compartment = Compartment.objects.get(code=PROTECTED)
        Clearance.objects.get_or_create(user=user, compartment=compartment, revoked_at=None, defaults={"reason": REASON})
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, generate_totp_secret())
