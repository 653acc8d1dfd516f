"""Showing a whole identifier: one at a time, for the work in hand or a stated reason, on record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.context import name_purpose
from audit.services import record
from foundation.errors import InvalidInput
from foundation.registries import errand_about
from ingest.facts import IdentifierKind
from ingest.identifiers import display
from subjects.identifiers import reveal
from subjects.models import IdentifierFact


@transaction.atomic
def reveal_identifier(*, actor: User, identifier: IdentifierFact, reason: str = "", now: datetime) -> str:
    """Return the printed form of one number; raises `InvalidInput` without a reason, unless work in hand says why (design 7)."""
    require(actor, Permission.REVEAL_IDENTIFIER)
    in_hand = errand_about(actor, identifier.subject, now)
    if in_hand is not None:
        name_purpose(*in_hand)
    elif not reason.strip():
        message = "Say why you need the whole number."
        raise InvalidInput(message, field="reason")
    else:
        name_purpose("reason")
    value = reveal(identifier)
    record(
        Act.REVEAL,
        object_kind="subject",
        object_uuid=identifier.subject.uuid,
        results=[identifier.uuid],
        fields=[identifier.kind],
        payload={"reason": reason} if reason else None,
        scope=identifier.subject.uuid,
    )
    return display(IdentifierKind(identifier.kind), value)
