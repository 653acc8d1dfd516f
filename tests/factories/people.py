"""The cast: one person a role, made on demand."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from access.context import acting_as
from access.models import Clearance, Compartment, Membership, Office, RoleGrant, User
from access.selectors import service_actor


class OfficeFactory(DjangoModelFactory[Office]):
    class Meta:
        model = Office
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: f"HSI-{number}")
    name = factory.LazyAttribute(lambda office: f"HSI {office.code[4:]}")
    kind = Office.Kind.HSI
    valid_from = date(2003, 3, 1)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        django_get_or_create = ("username",)

    username = factory.Sequence(lambda number: f"person{number}")
    display_name = factory.LazyAttribute(lambda user: user.username.replace(".", " ").title())


def person(name: str, role: str, *, office: Office | None = None, cleared_for: str = "") -> User:
    """A user who holds `role`, at `office`, cleared for the compartment with that code."""
    user = UserFactory.create(username=name)
    with acting_as(service_actor("audit")):  # as the command that makes the first administrator
        if role:
            RoleGrant.objects.get_or_create(user=user, role_id=role, revoked_at=None, defaults={"reason": "test"})
        if office is not None:
            Membership.objects.get_or_create(user=user, office=office, revoked_at=None, defaults={"reason": "test"})
        if cleared_for:
            compartment = Compartment.objects.get(code=cleared_for)
            Clearance.objects.get_or_create(user=user, compartment=compartment, revoked_at=None, defaults={"reason": "test"})
    return user
