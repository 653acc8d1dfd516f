"""Showing a whole identifier: one at a time, for a stated reason, on record."""

from __future__ import annotations

import uuid

from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.context import current_work
from audit.services import record
from foundation.errors import InvalidInput
from ingest.facts import IdentifierKind
from ingest.identifiers import display
from subjects.identifiers import reveal
from subjects.models import IdentifierFact


@transaction.atomic
def reveal_identifier(
    *, actor: User, identifier: IdentifierFact, reason: str = "", purpose_kind: str = "", purpose_uuid: uuid.UUID | None = None
) -> str:
    """Return the printed form of one number; raises `InvalidInput` when neither a reason nor a purpose is given."""
    require(actor, Permission.REVEAL_IDENTIFIER)
    if not reason.strip() and not purpose_kind:
        message = "Say why you need the whole number."
        raise InvalidInput(message, field="reason")
    work = current_work()
    if work is not None and purpose_kind:
        work.purpose_kind, work.purpose_uuid = purpose_kind, purpose_uuid
    value = reveal(identifier)
    record(
        Act.REVEAL,
        object_kind="subject",
        object_uuid=identifier.subject.uuid,
        results=[identifier.uuid],
        fields=[identifier.kind],
        payload={"reason": reason} if reason else None,
    )
    return display(IdentifierKind(identifier.kind), value)
