"""Everybody is judged again after the book has changed: asked for by whoever changes it, done by the service that sees everybody."""

from __future__ import annotations

from datetime import datetime

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.policy import require
from leads.models import Rejudging
from subjects.models import Subject

BATCH = 2000


def judge_everybody_again(*, now: datetime) -> Rejudging:
    """Ask for it, in the transaction that changes the book. Whoever asks need not see everybody."""
    return Rejudging.objects.create(asked_at=now)


def mark_for_judgement(*, actor: User, now: datetime) -> int:
    """Mark everybody for whom it was asked, in the order of ids and a transaction a batch; returns how many. Raises `Forbidden`.

    Every row of a batch is locked, marked or not: a judgement by the older book that is under way ends first, and is marked too.
    A killed worker loses one batch; of several workers one marks.
    """
    require(actor, Permission.SERVICE)
    marked = 0
    while True:
        with acting_as(actor):
            asked = Rejudging.objects.filter(done_at=None).order_by("pk").select_for_update(skip_locked=True).first()
            if asked is None:
                return marked
            subjects = Subject.objects.filter(pk__gt=asked.last_subject).order_by("pk").select_for_update(no_key=True)
            ids = list(subjects.values_list("pk", flat=True)[:BATCH])
            if ids:
                marked += Subject.objects.filter(pk__gte=ids[0], pk__lte=ids[-1], evaluated_at__isnull=False).update(evaluated_at=None)
                asked.last_subject = ids[-1]
            else:
                asked.done_at = now
            asked.save(update_fields=["last_subject", "done_at"])
