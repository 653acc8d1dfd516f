"""A person's word on whether two subjects are one. It is kept, later runs obey it, and it can be taken back."""

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
from foundation.errors import Conflict, InvalidInput, NotFound
from subjects.matching.against import against
from subjects.matching.pool import one_writer
from subjects.models import Judgement, SubjectRedirect
from subjects.selectors.pairs import SIDES, said_different
from subjects.services.merge import merge, split

VERDICTS = ("same", "different", "unsure")
REASON_LENGTH = 300


@transaction.atomic
def judge(*, actor: User, judgement: Judgement, verdict: str, reason: str = "", now: datetime) -> None:
    """Say same, different or unsure; "same" merges the two at once, and asks for a reason.

    Raises `Forbidden`, `NotFound`, `InvalidInput` or, when somebody was faster or a standing "different" says otherwise, `Conflict`.
    """
    require(actor, Permission.JUDGE_IDENTITY)
    if verdict not in VERDICTS:
        raise InvalidInput("Choose same, different or unsure.", field="verdict")
    if verdict == "same" and not reason.strip():
        raise InvalidInput("Say why these two are one person.", field="reason")
    fresh = _waiting(judgement)
    left, right = fresh.shown
    if left.pk == right.pk:
        raise Conflict("These two are shown as one person already.")
    fresh.verdict, fresh.reason, fresh.judged_by, fresh.judged_at = verdict, reason.strip()[:REASON_LENGTH], actor, now
    if verdict == "same":
        _refuse_against_a_word(left.pk, right.pk)
    shown = against(left.pk, right.pk)  # as the judge saw it, which may be newer than what asked
    fresh.explanation, fresh.weight = shown.explained(), shown.score.weight if shown.score is not None else None
    fresh.save(update_fields=["verdict", "reason", "judged_by", "judged_at", "explanation", "weight"])
    words = {"verdict": verdict, "reason": fresh.reason}
    record(Act.SUBJECT_JUDGED, object_kind="judgement", object_uuid=fresh.uuid, results=[left.uuid, right.uuid], payload=words)
    if verdict == "same":
        with through_service(service_actor("subjects")):  # what hangs on the two may lie beyond the judge's sight
            merge(actor=actor, left=left, right=right, judgement=fresh, now=now)


@transaction.atomic
def undo(*, actor: User, judgement: Judgement, now: datetime) -> Judgement:
    """Take a verdict back; a merge is split again. The pair waits anew; the old word stays in the ledger.

    Raises `Forbidden`, `NotFound` or `Conflict`.
    """
    require(actor, Permission.JUDGE_IDENTITY)
    fresh = _held(judgement)
    if not fresh.verdict or fresh.undone_at is not None:
        raise Conflict("There is no verdict to take back.")
    redirect = SubjectRedirect.objects.select_for_update(of=("self",)).filter(judgement=fresh, closed_at=None).first()
    if redirect is not None:
        with through_service(service_actor("subjects")):
            split(actor=actor, redirect=redirect, now=now)
        fresh.refresh_from_db(fields=["left_now", "right_now"])
    fresh.undone_at = now
    fresh.save(update_fields=["undone_at"])
    people = [each.uuid for each in fresh.shown]
    record(Act.SUBJECT_JUDGED, object_kind="judgement", object_uuid=fresh.uuid, results=people, payload={"verdict": "taken back"})
    return Judgement.objects.create(
        access_class_id=fresh.access_class_id,
        left=fresh.left,
        right=fresh.right,
        left_now=fresh.left_now,
        right_now=fresh.right_now,
        weight=fresh.weight,
        explanation=fresh.explanation,
    )


def _refuse_against_a_word(left: int, right: int) -> None:
    """Nobody overrules "different" through a chain of merges: whoever doubts it asks that pair again."""
    with through_service(service_actor("subjects")):
        said = said_different(left, right)
    if said and said[0].judged_by is not None:
        raise Conflict(f"{said[0].judged_by.label} has said that these two differ. Ask that pair again first.")


def _waiting(judgement: Judgement) -> Judgement:
    fresh = _held(judgement)
    if fresh.verdict or fresh.undone_at is not None:
        raise Conflict("Somebody has judged this pair already.")
    return fresh


def _held(judgement: Judgement) -> Judgement:
    """The pair as it stands, locked; raises `NotFound` when it left the actor's sight meanwhile.

    The lock of the one writer comes first: a load that holds it looks at pairs and moves keys.
    """
    one_writer()
    fresh = Judgement.objects.select_for_update(of=("self",)).select_related(*SIDES).filter(pk=judgement.pk).first()
    if fresh is None:
        raise NotFound
    return fresh
