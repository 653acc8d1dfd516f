"""Showing the identifying numbers of an official: for a stated reason, on record."""

from __future__ import annotations

from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.context import name_purpose
from audit.keys import existing_key, named_scope
from audit.services import record
from foundation.crypto import unseal
from foundation.errors import Conflict, InvalidInput
from organizations.models import Official
from organizations.services import OFFICIAL_CONTEXT


@transaction.atomic
def reveal_official(*, actor: User, official: Official, reason: str) -> str:
    """The identifying numbers of an official, as their source states them.

    Raises `Forbidden`, `InvalidInput` without a reason, `Conflict` where no number is known.
    """
    require(actor, Permission.REVEAL_IDENTIFIER)
    if not reason.strip():
        raise InvalidInput("Say why you need the whole number.", field="reason")
    if official.identifiers_sealed is None:
        raise Conflict("No number is known of this official.")
    name_purpose("reason")
    value = unseal(existing_key(named_scope("identifiers")), bytes(official.identifiers_sealed), OFFICIAL_CONTEXT).decode()
    record(
        Act.REVEAL,
        object_kind="organization",
        object_uuid=official.organization.uuid,
        results=[official.uuid],
        fields=["identifying number of an official"],
        payload={"reason": reason.strip()},
    )
    return value
