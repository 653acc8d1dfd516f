"""Moving a person into a compartment by hand, and out of it: design 5 and 7, ADR 26.

Into it one privacy officer moves at once: whoever must be protected does not wait. Out of it, where everybody at headquarters
will see the person again, two of them must agree who are cleared for it. Leads, notes, referrals, numbers, match keys and
dates of retention follow. Each page asks for a fresh sign-in.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from access.context import through_service
from access.models import AccessClass, Compartment, User
from access.permissions import Permission
from access.policy import require
from access.reference import PROTECTED
from access.selectors import class_for, service_actor
from audit.acts import Act
from audit.keys import data_key
from audit.services import record
from foundation.crypto import seal
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from ingest.codes.protected import is_protected, is_victim_class
from leads.services.compartments import follow_compartments, leave_compartments
from oversight.models import CompartmentMove
from oversight.selectors.one_person import ids_of
from subjects.matching.pool import one_writer
from subjects.models import AdmissionFact, FilingFact, Subject, VisaFact
from subjects.selectors.one_person import one_person
from subjects.services.protect import close_off, open_up

STANDS = Q(superseded_at=None, retracted_at=None)
ASKED = "Somebody has asked for this already; it waits for a second person."
Way, State = CompartmentMove.Way, CompartmentMove.State


@transaction.atomic
def move_in(*, actor: User, subject: Subject, compartment: Compartment, reason: str, now: datetime) -> None:
    """Move a person whom `actor` sees into a compartment, at once. Raises `Forbidden`, `InvalidInput`, `Conflict`."""
    require(actor, Permission.PROTECT_PERSON)
    _need(reason)
    one_writer()  # a load that has read the old class would leave what it brings outside
    if compartment.pk in subject.access_class.compartments:
        raise Conflict("The person is in this compartment already.")
    wanted = {*subject.access_class.compartments, compartment.pk}
    with through_service(service_actor("subjects")):
        close_off([subject.pk], [compartment.pk])
        keep_move(actor, subject, compartment, Way.IN, State.DONE, reason, wanted, now)
        Subject.objects.filter(pk=subject.pk).update(touched_at=now)
    leads = service_actor("leads")
    with through_service(leads):
        follow_compartments(one_person([subject.pk]), actor=leads, now=now)
    record(
        Act.PROTECTED,
        object_kind="subject",
        object_uuid=subject.uuid,
        payload={"compartment": compartment.pk, "reason": reason.strip()},
        scope=subject.uuid,
    )


@transaction.atomic
def ask_out(*, actor: User, subject: Subject, compartment: Compartment, reason: str, now: datetime) -> CompartmentMove:
    """Ask that a person leaves a compartment; nothing moves before a second person agrees.

    Raises `Forbidden`, `InvalidInput` (no reason, a filing protects the person), `Conflict` (not in it, or asked already).
    """
    require(actor, Permission.PROTECT_PERSON)
    _need(reason)
    if compartment.pk not in subject.access_class.compartments:
        raise Conflict("The person is not in this compartment.")
    _refuse_protected(subject, compartment)
    if CompartmentMove.objects.filter(subject_uuid__in=ids_of(subject.uuid), compartment=compartment, state=State.WAITING).exists():
        raise Conflict(ASKED)
    try:
        with transaction.atomic():
            move = keep_move(actor, subject, compartment, Way.OUT, State.WAITING, reason, set(subject.access_class.compartments), now)
    except IntegrityError as error:  # the database lets one wait, also of two at the same moment
        raise Conflict(ASKED) from error
    record(
        Act.COMPARTMENT_ASKED,
        object_kind="subject",
        object_uuid=subject.uuid,
        payload={"compartment": compartment.pk, "reason": reason.strip()},
        scope=subject.uuid,
    )
    return move


@transaction.atomic
def decide_out(*, actor: User, move_uuid: UUID, agreed: bool, reason: str, now: datetime) -> None:
    """Agree that a person leaves a compartment, and move them out; or refuse.

    Raises `NotFound`, `Forbidden` (the one who asked), `InvalidInput`, `Conflict` (decided before, or a filing protects now).
    """
    require(actor, Permission.PROTECT_PERSON)
    _need(reason)
    one_writer()  # before any row: whoever merges or loads holds it and waits for rows
    move = CompartmentMove.objects.select_for_update(of=("self",)).select_related("compartment").filter(uuid=move_uuid, way=Way.OUT).first()
    subject = Subject.objects.select_related("access_class").filter(uuid=move.subject_uuid).first() if move else None
    if move is None or subject is None:
        raise NotFound
    if move.asked_by_id == actor.pk:
        raise Forbidden("You have asked for this yourself: another privacy officer must agree.")
    if move.state != State.WAITING:
        raise Conflict("This was decided before.")
    if agreed:
        _refuse_protected(subject, move.compartment)
    move.state = State.DONE if agreed else State.REFUSED
    move.decided_by, move.decided_at = actor, now
    move.decision_sealed = _sealed(subject.uuid, move.uuid, reason)
    move.save(update_fields=["state", "decided_by", "decided_at", "decision_sealed"])
    if agreed:
        _open(subject, move.compartment, now)
    record(
        Act.COMPARTMENT_LEFT,
        object_kind="subject",
        object_uuid=subject.uuid,
        fields=[str(move.state)],
        payload={"compartment": move.compartment_id, "reason": reason.strip()},
        scope=subject.uuid,
    )


def _open(subject: Subject, compartment: Compartment, now: datetime) -> None:
    with through_service(service_actor("subjects")):
        open_up([subject.pk], [compartment.pk])
        Subject.objects.filter(pk=subject.pk).update(touched_at=now)
    with through_service(service_actor("leads")):
        leave_compartments(one_person([subject.pk]), [compartment.pk])


def _refuse_protected(subject: Subject, compartment: Compartment) -> None:
    """A filing that protects keeps its person in, also after a denial (authorities.md 1367-DISC): the next extract would close it again."""
    if protects(subject, compartment):
        raise InvalidInput(
            "A filing or a class protects this person, and a denial alone does not end that: the person stays in the compartment."
        )


def protects(subject: Subject, compartment: Compartment) -> bool:
    """Whether what is known of the person keeps them in the compartment."""
    return compartment.code == PROTECTED and (_filing_protects(subject) or _class_protects(subject))


def _filing_protects(subject: Subject) -> bool:
    standing = FilingFact.objects.filter(STANDS, subject_id__in=one_person([subject.pk])).values("form", "basis", "requested_class")
    return any(is_protected(**filing) for filing in standing)


def _class_protects(subject: Subject) -> bool:
    of_person = Q(STANDS, subject_id__in=one_person([subject.pk]))
    admitted = AdmissionFact.objects.filter(of_person).values_list("class_of_admission", flat=True)
    visas = VisaFact.objects.filter(of_person).values_list("visa_class", flat=True)
    return any(map(is_victim_class, (*admitted, *visas)))


def keep_move(
    actor: User, subject: Subject, compartment: Compartment, way: str, state: str, reason: str, marks: set[int], now: datetime
) -> CompartmentMove:
    """Write a move down, its words sealed under the person's key; it is seen by whoever is cleared for `marks`."""
    move = CompartmentMove(
        access_class=AccessClass.objects.get(pk=class_for(audience="hq", compartments=marks)),
        subject_uuid=subject.uuid,
        compartment=compartment,
        way=way,
        state=state,
        asked_by=actor,
        asked_at=now,
    )
    move.reason_sealed = _sealed(subject.uuid, move.uuid, reason)
    CompartmentMove.objects.bulk_create([move])
    return move


def _sealed(subject_uuid: UUID, move_uuid: UUID, words: str) -> bytes:
    return seal(data_key(subject_uuid, purpose="subject"), words.strip().encode(), move_uuid.bytes)


def _need(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("Say why.", field="reason")
