"""Telling people at the desk what happened to what they work on. Written in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from leads.models import Claim, Notice, Transition

KEEP_DAYS = 90  # ours [own]: a notice is a help, not a record
# no RETURNING: row-level security shows a notice to its person alone
_TELL = """
INSERT INTO leads_notice (user_id, kind, lead_id, run_id, view_id, count, because, happened_at)
SELECT new.user_id, new.kind, new.lead_id, new.run_id, new.view_id, new.count, new.because, %s
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::text[])
    AS new (user_id, kind, lead_id, run_id, view_id, count, because)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One notice to write. `because` holds no personal data."""

    user_id: int
    kind: Notice.Kind
    lead_id: int | None = None
    run_id: int | None = None
    view_id: int | None = None
    count: int = 0
    because: str = ""


def tell(news: Iterable[News], *, now: datetime, actor: User | None = None) -> None:
    """Write notices with one statement; nobody is told of what they did themselves."""
    rows = [each for each in news if actor is None or each.user_id != actor.pk]
    if not rows:
        return
    columns = [[getattr(row, name) for row in rows] for name in ("user_id", "kind", "lead_id", "run_id", "view_id", "count", "because")]
    columns[1] = [str(kind) for kind in columns[1]]
    columns[6] = [words[:200] for words in columns[6]]
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [now, *columns])


def working_on(lead_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Who works on the leads: (lead, user) of open claims, and of whoever put a lead on hold last."""
    if not lead_ids:
        return set()
    claims = Claim.objects.filter(lead_id__in=lead_ids, released_at=None).values_list("lead_id", "user_id")
    return {(lead_id, user_id) for lead_id, user_id in claims} | last_to("hold", lead_ids)


def last_to(action: str, lead_ids: Sequence[int]) -> set[tuple[int, int]]:
    """The person who did an act on each lead last: (lead, user); the system is told nothing."""
    if not lead_ids:
        return set()
    newest = Transition.objects.filter(lead_id__in=lead_ids, action=action).order_by("lead_id", "-pk").distinct("lead_id")
    rows = newest.values_list("lead_id", "actor_id", "actor__kind")
    return {(lead_id, actor_id) for lead_id, actor_id, kind in rows if kind == User.Kind.PERSON}


def tell_each(pairs: Iterable[tuple[int, int]], kind: Notice.Kind, *, now: datetime, because: str = "", actor: User | None = None) -> None:
    """The same notice to each (lead, user)."""
    tell([News(user_id=user_id, kind=kind, lead_id=lead_id, because=because) for lead_id, user_id in sorted(pairs)], now=now, actor=actor)


@transaction.atomic
def mark_read(*, actor: User, now: datetime, notice_id: int | None = None) -> int:
    """Mark one of the actor's notices as read, or all; returns how many were unread."""
    require(actor, Permission.SIGNED_IN)
    mine = Notice.objects.filter(user=actor, read_at=None)
    found = (mine.filter(pk=notice_id) if notice_id is not None else mine).update(read_at=now)
    record(Act.PREFERENCE, object_kind="notice", fields=["read"], occurred_at=now)
    return found


@transaction.atomic
def forget_notices(*, actor: User, now: datetime) -> int:
    """Delete the notices, whoever's, from before `now` (aware) less `KEEP_DAYS`; returns how many went. What happened stays in history."""
    require(actor, Permission.SERVICE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_forget_notices(%s)", [old_before(now)])
        (gone,) = cursor.fetchone()
    if gone:
        record(Act.ROWS_EXPIRED, object_kind="notice", payload={"rows": gone})
    return int(gone)


def old_before(now: datetime) -> datetime:
    """Notices from before this moment are no longer shown."""
    return now - timedelta(days=KEEP_DAYS)
