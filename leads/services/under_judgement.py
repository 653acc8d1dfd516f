"""Nobody waits because judging breaks off over somebody else (ADR 35).

Before a batch is judged its people are written down, in a transaction of its own; with their judgement the rows go. Whatever
ends a worker in between, an error in a rule, a killed process, memory, leaves the rows. Each of these people is then taken
alone: all but one are judged, and over that one only its own attempt breaks off. It is tried again when something about it
changes, every `RETRY`, and when somebody asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.arrays import one_of
from leads.models import UnderJudgement
from subjects.models import Subject

RETRY = timedelta(hours=1)
_BEGIN = """
INSERT INTO leads_underjudgement (subject_key, since, begun_at, alone)
SELECT id, %(now)s, %(now)s, false FROM unnest(%(ids)s::int8[]) AS picked (id)
ON CONFLICT DO NOTHING RETURNING subject_key
"""


def begin_batch(waiting: QuerySet[Subject], *, actor: User, after: int, now: datetime) -> tuple[list[int], int]:
    """Write down the next people of `waiting` by id beyond `after`, whom nobody else has begun; returns their ids, and the last
    id that was looked at (0: nobody is left)."""
    with acting_as(actor):
        begun = UnderJudgement.objects.filter(pk=OuterRef("pk"))
        rows = waiting.filter(~Exists(begun), pk__gt=after).order_by("pk").select_for_update(skip_locked=True, of=("self",), no_key=True)
        picked = list(rows.values_list("pk", flat=True)[: settings.EVALUATION_BATCH_SUBJECTS])
        if not picked:
            return [], 0
        with connection.cursor() as cursor:
            cursor.execute(_BEGIN, {"now": now, "ids": picked})
            return sorted(row[0] for row in cursor.fetchall()), picked[-1]


def begin_left(*, actor: User, now: datetime) -> int | None:
    """The next of those whose judgement did not end, to be taken alone; None when nobody is to be tried now."""
    changed = Subject.objects.filter(pk=OuterRef("pk"), touched_at__gt=OuterRef("begun_at"))
    with acting_as(actor):
        due = UnderJudgement.objects.filter(Q(alone=False) | Q(begun_at__lte=now - RETRY) | Exists(changed))
        row = due.order_by("alone", "begun_at", "pk").select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        UnderJudgement.objects.filter(pk=row.pk).update(alone=True, begun_at=now)
        return int(row.pk)


def hold(subject_ids: Sequence[int], *, alone: bool) -> list[int]:
    """Those of the people that are still this worker's to judge, for the rest of the transaction: others leave them be."""
    rows = UnderJudgement.objects.filter(pk__in=one_of(subject_ids), alone=alone).order_by("pk").select_for_update(skip_locked=True)
    return list(rows.values_list("pk", flat=True))


def end(subject_ids: Sequence[int]) -> None:
    """They are judged, in this very transaction.

    Rows that another worker holds are left to it: it waits for these people, judges them again and ends them itself. Whoever
    waited for it in turn would wait for ever.
    """
    rows = UnderJudgement.objects.filter(pk__in=one_of(subject_ids)).select_for_update(skip_locked=True)
    UnderJudgement.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()


def try_again(*, actor: User, now: datetime) -> int:
    """Let the people over whom judging broke off be tried at once; returns how many. Raises `Forbidden`."""
    require(actor, Permission.PROMOTE_RULE)
    number = UnderJudgement.objects.filter(alone=True).update(alone=False, begun_at=F("since"))
    record(Act.SUBJECTS_EVALUATED, object_kind="rule_book", payload={"to be tried again": number}, occurred_at=now)
    return number
