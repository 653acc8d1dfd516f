"""A person holds two subjects against each other by hand: the pair then waits like one that the machine asked about."""

from __future__ import annotations

from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import class_of_both
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict
from subjects.matching.against import against
from subjects.models import Judgement, Subject
from subjects.selectors.pairs import between, names, pairs


@transaction.atomic
def propose(*, actor: User, subject: Subject, other: Subject) -> Judgement:
    """The pair that waits, made where there is none; a pair that was judged is returned with its verdict. One that names somebody
    merged into one of the two counts.

    Raises `Forbidden`, or `Conflict` when the two are one subject.
    """
    require(actor, Permission.JUDGE_IDENTITY)
    if subject.pk == other.pk:
        raise Conflict("This is the same record.")
    left, right = sorted((subject, other), key=lambda each: each.pk)
    held = pairs().filter(between(left.pk, right.pk), names([left.pk]), undone_at=None).order_by("verdict", "-id").first()
    if held is not None:
        return held
    found = against(left.pk, right.pk)
    made = Judgement.objects.create(
        access_class_id=class_of_both(left.access_class_id, right.access_class_id),
        left=left,
        right=right,
        weight=found.score.weight if found.score is not None else None,
        explanation=found.explained(),
    )
    record(
        Act.SUBJECT_JUDGED, object_kind="judgement", object_uuid=made.uuid, results=[left.uuid, right.uuid], payload={"verdict": "asked"}
    )
    return made
