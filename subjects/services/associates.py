"""Associates by hand: only the elements that the notice lists for them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.keys import data_key, named_scope
from audit.services import record
from foundation.crypto import seal
from foundation.errors import Conflict, InvalidInput
from subjects import words
from subjects.models import Associate, Subject

CONTEXT = b"associate"


@transaction.atomic
def add_associate(  # the elements of the notice, one argument each
    *,
    actor: User,
    subject: Subject,
    relation: str,
    now: datetime,
    family_name: str = "",
    given_name: str = "",
    organization_name: str = "",
    date_of_birth: date | None = None,
    contact: str = "",
    identifying_number: str = "",
) -> Associate:
    """Note a family member or employer of `subject`; never a subject by itself. Raises `InvalidInput` or `Conflict`.

    Elements: DHS/ICE-015, categories of records: names, dates of birth, contact information, other identifying numbers.
    """
    require(actor, Permission.ADD_ASSOCIATE)
    if relation not in words.RELATIONS:
        raise InvalidInput("Choose one of the listed relations.", field="relation")
    if not (family_name.strip() or organization_name.strip()):
        raise InvalidInput("Enter a last name, or the organization.", field="family_name")
    named = {"family_name": family_name.strip(), "given_name": given_name.strip(), "organization_name": organization_name.strip()}
    if Associate.objects.filter(subject=subject, relation=relation, retracted_at=None, **named).exists():
        message = "This associate is on the record already."
        raise Conflict(message)
    number = identifying_number.strip()
    associate = Associate.objects.create(
        subject=subject,
        access_class_id=subject.access_class_id,
        relation=relation,
        date_of_birth=date_of_birth,
        contact=contact.strip(),
        identifiers_sealed=seal(data_key(named_scope("identifiers"), purpose="identifiers"), number.encode(), CONTEXT) if number else None,
        source="manual",
        entered_by=actor,
        **named,
    )
    record(Act.ASSOCIATE_ADDED, object_kind="subject", object_uuid=subject.uuid, results=[associate.uuid], occurred_at=now)
    return associate
