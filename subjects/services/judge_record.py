"""A person's word on whose a waiting record is. "Same" makes its rows facts of the subject; the word can be taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from ingest.services.buffer import hold_row
from ingest.states import RowState
from subjects.matching.against import against_record
from subjects.matching.pool import one_writer
from subjects.matching.records import Decision
from subjects.matching.resolver import Resolver
from subjects.models import IdentityLink, PossibleRecord
from subjects.selectors.waiting_row import GONE, standing_line
from subjects.services.judge import REASON_LENGTH, VERDICTS
from subjects.services.lines import Line
from subjects.services.merge import standing_for
from subjects.services.settle import Plan, carry_out
from subjects.services.take_away import take_away
from subjects.services.write_subjects import SubjectIds, refresh


@transaction.atomic
def judge_record(*, actor: User, question: PossibleRecord, verdict: str, reason: str = "", now: datetime) -> None:
    """Say same, different or unsure; "same" gives the record to the subject at once, and asks for a reason.

    Raises `Forbidden`, `InvalidInput`, or `Conflict` when somebody was faster or the record is no longer here.
    """
    require(actor, Permission.JUDGE_IDENTITY)
    if verdict not in VERDICTS:
        raise InvalidInput("Choose same, different or unsure.", field="verdict")
    if verdict == "same" and not reason.strip():
        raise InvalidInput("Say why this record is this person's.", field="reason")
    fresh = _held(question)
    if fresh.verdict or fresh.undone_at is not None:
        raise Conflict("Somebody has judged this record already.")
    line = standing_line(fresh)
    if not hold_row(line.row_id):
        raise Conflict(GONE)
    shown = against_record(fresh.subject_id, line.as_record(0))  # as the judge saw it, which may be newer than what asked
    fresh.verdict, fresh.reason, fresh.judged_by, fresh.judged_at = verdict, reason.strip()[:REASON_LENGTH], actor, now
    fresh.explanation, fresh.weight = shown.explained(), shown.score.weight if shown.score is not None else None
    fresh.save(update_fields=["verdict", "reason", "judged_by", "judged_at", "explanation", "weight"])
    record(
        Act.SUBJECT_JUDGED,
        object_kind="possible_record",
        object_uuid=fresh.uuid,
        results=[fresh.subject.uuid],
        payload={"verdict": verdict, "reason": fresh.reason},
        scope=fresh.subject.uuid,
    )
    with through_service(service_actor("subjects")):  # what the record brings along may lie beyond the judge's sight
        if verdict == "same":
            _give(fresh, line, actor=actor, now=now)
        else:
            refresh([fresh.subject_id], now)


@transaction.atomic
def undo_record(*, actor: User, question: PossibleRecord, now: datetime) -> PossibleRecord:
    """Take a verdict back. What "same" had made facts of the subject, and what had come along with it, stands no more and
    waits in the buffer as before; what came along may belong to somebody by other numbers. The record waits for a person anew.

    Raises `Forbidden` or `Conflict`.
    """
    require(actor, Permission.JUDGE_IDENTITY)
    fresh = _held(question)
    if not fresh.verdict or fresh.undone_at is not None:
        raise Conflict("There is no verdict to take back.")
    fresh.undone_at = now
    fresh.save(update_fields=["undone_at"])
    with through_service(service_actor("subjects")):
        if fresh.verdict == "same":
            take_away(_judged_link(fresh), fresh.brought, actor=actor, now=now)
            refresh(_rivals(fresh), now)
        else:
            refresh([fresh.subject_id], now)
    payload = {"verdict": "taken back"}
    record(Act.SUBJECT_JUDGED, object_kind="possible_record", object_uuid=fresh.uuid, results=[fresh.subject.uuid], payload=payload)
    return PossibleRecord.objects.create(
        subject=fresh.subject,
        access_class_id=fresh.access_class_id,
        source=fresh.source,
        record_key=fresh.record_key,
        as_of=fresh.as_of,
        speaks_of=fresh.speaks_of,
        weight=fresh.weight,
        explanation=fresh.explanation,
    )


def _held(question: PossibleRecord) -> PossibleRecord:
    """The question as it stands, locked; raises `Conflict` when it was withdrawn meanwhile.

    The lock of the one writer comes first, as everywhere: a load that holds it withdraws and asks questions.
    """
    one_writer()
    fresh = PossibleRecord.objects.select_for_update(of=("self",)).select_related("subject").filter(pk=question.pk).first()
    if fresh is None:
        raise Conflict(GONE)
    return fresh


def _give(question: PossibleRecord, line: Line, *, actor: User, now: datetime) -> None:
    """The record's row becomes facts of the subject; what waits for what it brings comes along, and is noted for an undo.

    What was asked about the record and others stays: nobody is shown it while the record is somebody's.
    """
    subject = standing_for(question.subject_id)
    ids = SubjectIds()
    resolver = Resolver(ids)
    resolver.known_row(line.as_record(0), subject)
    line.subject, line.fate = subject, RowState.APPLIED
    decision = Decision(0, subject, "judged", question.weight, question.explanation)
    plan = Plan(live=[line], decisions=[(line, decision)], taken=[line.row_id])
    carry_out(plan, resolver, ids, actor=actor, now=now)
    along = [other.row_id for other, _ in plan.decisions if other is not line]
    question.brought = sorted(IdentityLink.objects.filter(source_row_id__in=along, closed_at=None).values_list("pk", flat=True))
    question.save(update_fields=["brought"])
    refresh(_rivals(question), now)


def _judged_link(question: PossibleRecord) -> IdentityLink:
    link = IdentityLink.objects.filter(
        subject_id=standing_for(question.subject_id),
        source=question.source,
        record_key=question.record_key,
        decision="judged",
        closed_at=None,
    ).first()
    if link is None:
        raise Conflict("The record belongs to somebody else by now; see the identity of the person.")
    return link


def _rivals(question: PossibleRecord) -> list[int]:
    """The other subjects whose the record may be: what the word changes for it changes for them."""
    asked = PossibleRecord.objects.filter(source=question.source, record_key=question.record_key, undone_at=None)
    return list(asked.exclude(pk=question.pk).values_list("subject_id", flat=True))
