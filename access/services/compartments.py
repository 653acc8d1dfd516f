"""Compartments: made by administrators, with the authority that closes them.

Who is cleared stands on a person's page; who is moved into one, and out of it, is the
privacy officers' act (`oversight.services.compartments`).
"""

from __future__ import annotations

from django.db import transaction
from django.utils.text import slugify

from access.models import Compartment, User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.errors import InvalidInput

CODE_LENGTH = 30


@transaction.atomic
def make_compartment(*, actor: User, name: str, authority: str, reason: str) -> Compartment:
    """Make a compartment that nobody is cleared for yet and that holds nobody. Raises `Forbidden`, `InvalidInput`."""
    require(actor, Permission.GRANT_ROLE)
    for field, words in (("name", name), ("authority", authority), ("reason", reason)):
        if not words.strip():
            raise InvalidInput("This is needed.", field=field)
    code = slugify(name)[:CODE_LENGTH].strip("-")
    if not code:
        raise InvalidInput("Write the name with letters or digits.", field="name")
    if Compartment.objects.filter(code=code).exists():
        raise InvalidInput("There is a compartment of this name.", field="name")
    made = Compartment.objects.create(code=code, name=name.strip(), authority=authority.strip())
    payload = {"code": code, "name": made.name, "authority": made.authority, "reason": reason.strip()}
    record(Act.COMPARTMENT_MADE, object_kind="compartment", payload=payload)
    return made
