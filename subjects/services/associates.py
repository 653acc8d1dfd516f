"""Associates by hand: only the elements that the notice lists for them. What is changed ends the old row; none is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.context import name_purpose
from audit.keys import data_key, existing_key, named_scope
from audit.services import record
from foundation.crypto import seal, unseal
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.registries import errand_about
from subjects import words
from subjects.models import Associate, Subject

CONTEXT = b"associate"
MANUAL = "manual"


@transaction.atomic
def add_associate(
    *, actor: User, subject: Subject, relation: str, now: datetime, identifying_number: str = "", **elements: Any
) -> Associate:
    """Note a family member or employer of `subject`; never a subject by itself. Raises `InvalidInput` or `Conflict`.

    `elements` (DHS/ICE-015, categories of records: names, dates of birth, contact information, other identifying numbers):
    family_name, given_name, organization_name, date_of_birth, contact; us_person (True, False, None) marks whom 5 USC 552a covers.
    """
    require(actor, Permission.ADD_ASSOCIATE)
    associate = _write(actor, subject, relation, _sealed(identifying_number), elements)
    record(Act.ASSOCIATE_ADDED, object_kind="subject", object_uuid=subject.uuid, results=[associate.uuid], occurred_at=now)
    return associate


@transaction.atomic
def correct_associate(
    *, actor: User, associate: Associate, relation: str, now: datetime, identifying_number: str = "", **elements: Any
) -> Associate:
    """Write a hand-made associate anew, and end the old row; an empty number keeps the old one. Returns the new row.

    `elements`: as for `add_associate`. Raises `InvalidInput`, or `Conflict` where a source names the associate.
    """
    require(actor, Permission.ADD_ASSOCIATE)
    old = _own(associate)
    Associate.objects.filter(pk=old.pk).update(retracted_at=now)
    made = _write(actor, old.subject, relation, _sealed(identifying_number) or _kept(old), elements, old.linked_subject_id)
    _changed(made, "corrected", now, others=[old.uuid])
    return made


@transaction.atomic
def remove_associate(*, actor: User, associate: Associate, reason: str, now: datetime) -> None:
    """End a hand-made associate. Raises `InvalidInput` without a reason, or `Conflict` where a source names the associate."""
    require(actor, Permission.ADD_ASSOCIATE)
    if not reason.strip():
        raise InvalidInput("Say why this associate goes.", field="reason")
    old = _own(associate)
    Associate.objects.filter(pk=old.pk).update(retracted_at=now)
    _changed(old, "removed", now, reason=reason.strip())


@transaction.atomic
def link_associate(*, actor: User, associate: Associate, other: Subject | None, reason: str, now: datetime) -> None:
    """Say whose record an associate has, or (None) that it is nobody's here: a judgement, never the machine's.

    Raises `InvalidInput` without a reason, or `Conflict` when the record is the person's own.
    """
    require(actor, Permission.JUDGE_IDENTITY)
    if not reason.strip():
        raise InvalidInput("Say why the two are one person.", field="reason")
    if other is not None and other.pk == associate.subject_id:
        raise Conflict("This is the record of the person whose associate it is.")
    Associate.objects.filter(pk=associate.pk).update(linked_subject=other)
    _changed(associate, "linked" if other else "link taken back", now, reason=reason.strip(), others=[other.uuid] if other else [])


@transaction.atomic
def reveal_associate(*, actor: User, associate: Associate, reason: str = "", now: datetime) -> str:
    """The identifying numbers of an associate, as they were stated; raises `InvalidInput` without a reason, unless work in
    hand with the person says why."""
    require(actor, Permission.REVEAL_IDENTIFIER)
    in_hand = errand_about(actor, associate.subject, now)
    if in_hand is not None:
        name_purpose(*in_hand)
    elif not reason.strip():
        raise InvalidInput("Say why you need the whole number.", field="reason")
    else:
        name_purpose("reason")
    if associate.identifiers_sealed is None:
        raise Conflict("No number is known of this associate.")
    value = unseal(existing_key(named_scope("identifiers")), bytes(associate.identifiers_sealed), CONTEXT).decode()
    payload = {"reason": reason} if reason else None
    fields = ["identifying number of an associate"]
    subject = associate.subject.uuid
    record(Act.REVEAL, object_kind="subject", object_uuid=subject, results=[associate.uuid], fields=fields, payload=payload)
    return value


def _own(associate: Associate) -> Associate:
    """The standing row, locked; what a source names is corrected at the source. Raises `NotFound` when it left the actor's sight."""
    fresh = Associate.objects.select_for_update(of=("self",)).select_related("subject").filter(pk=associate.pk).first()
    if fresh is None:
        raise NotFound
    if fresh.source != MANUAL:
        raise Conflict("A source names this associate: it is corrected there.")
    if fresh.retracted_at is not None:
        raise Conflict("Somebody has changed this associate meanwhile.")
    return fresh


def _write(  # what a row is made of
    actor: User, subject: Subject, relation: str, sealed: bytes | None, elements: Mapping[str, Any], linked: int | None = None
) -> Associate:
    names = {name: str(elements.get(name) or "").strip() for name in ("family_name", "given_name", "organization_name")}
    if relation not in words.RELATIONS:
        raise InvalidInput("Choose one of the listed relations.", field="relation")
    if not (names["family_name"] or names["organization_name"]):
        raise InvalidInput("Enter a last name, or the organization.", field="family_name")
    if Associate.objects.filter(subject=subject, relation=relation, retracted_at=None, **names).exists():
        raise Conflict("This associate is on the record already.")
    return Associate.objects.create(
        subject=subject,
        access_class_id=subject.access_class_id,
        relation=relation,
        date_of_birth=elements.get("date_of_birth"),
        contact=str(elements.get("contact") or "").strip(),
        us_person=elements.get("us_person"),
        identifiers_sealed=sealed,
        linked_subject_id=linked,
        source=MANUAL,
        entered_by=actor,
        **names,
    )


def _kept(associate: Associate) -> bytes | None:
    return bytes(associate.identifiers_sealed) if associate.identifiers_sealed is not None else None


def _sealed(number: str) -> bytes | None:
    text = number.strip()
    return seal(data_key(named_scope("identifiers"), purpose="identifiers"), text.encode(), CONTEXT) if text else None


def _changed(associate: Associate, what: str, now: datetime, *, reason: str = "", others: Sequence[UUID] = ()) -> None:
    payload = {"what": what} | ({"reason": reason} if reason else {})
    results = [associate.uuid, *others]
    record(
        Act.ASSOCIATE_CHANGED, object_kind="subject", object_uuid=associate.subject.uuid, results=results, payload=payload, occurred_at=now
    )
