"""Saved views of the queue, and the standing ones that tell their owner when leads come into them."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl

from django.db import IntegrityError, transaction
from django.db.models import F

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.policy import can, require
from access.selectors import class_for
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.filters import read_query
from leads.models import Notice, SavedView
from leads.selectors.queue import new_since_for
from leads.services.notices import News, tell


@transaction.atomic
def save_view(*, actor: User, name: str, query: str, shared: bool, standing: bool, why: str, now: datetime) -> SavedView:
    """Keep a view of the queue under a name. `query` is the queue's own address part; whatever else it holds is dropped.

    Raises `InvalidInput` (no name, a standing one without its why) and `Conflict` (the name is taken).
    """
    require(actor, Permission.VIEW_QUEUE)
    if not name.strip():
        message = "Give it a name."
        raise InvalidInput(message, field="name")
    if standing and not why.strip():
        message = "Say why it exists: you read it with each notice."
        raise InvalidInput(message, field="why")
    kept = read_query(dict(parse_qsl(query))).but().encoded
    try:
        with transaction.atomic():
            view = SavedView.objects.create(
                access_class_id=class_for(audience="hq"),
                owner=actor,
                name=name.strip()[:60],
                query=kept,
                shared=shared,
                standing=standing,
                why=why.strip()[:300],
                checked_at=now,
                created_at=now,
            )
    except IntegrityError as error:
        message = "You have a view of that name already."
        raise Conflict(message) from error
    record(Act.PREFERENCE, object_kind="saved view", object_uuid=view.uuid, fields=["saved"], occurred_at=now)
    return view


@transaction.atomic
def remove_view(*, actor: User, view: SavedView, now: datetime) -> None:
    """Remove one's own view; notices that it sent stay. Raises `Forbidden`."""
    if view.owner_id != actor.pk:
        message = "Only its owner removes a view."
        raise Forbidden(message)
    SavedView.objects.filter(pk=view.pk).update(removed_at=now)
    record(Act.PREFERENCE, object_kind="saved view", object_uuid=view.uuid, fields=["removed"], occurred_at=now)


def check_standing_views(*, service: User, now: datetime) -> int:
    """Ask each standing view, as its owner, what has come into it since the last time; returns how many owners were told."""
    require(service, Permission.SERVICE)
    with acting_as(service):
        views = list(SavedView.objects.filter(standing=True, removed_at=None).select_related("owner").order_by("pk"))
    return sum(_check(view, now) for view in views if can(view.owner, Permission.VIEW_QUEUE))


def _check(view: SavedView, now: datetime) -> bool:
    with acting_as(view.owner):
        locked = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
        wanted = read_query(dict(parse_qsl(view.query))).wanted
        found = new_since_for(view.owner, wanted, since=locked.checked_at, now=now)
        SavedView.objects.filter(pk=view.pk).update(checked_at=now)
        record(Act.LIST, object_kind="lead", fields=["standing view"], occurred_at=now)
        if not found:
            return False
        unread = Notice.objects.filter(user=view.owner, view=view, read_at=None)
        if not unread.update(count=F("count") + found.number, happened_at=now):
            news = News(user_id=view.owner_id, kind=Notice.Kind.STANDING, view_id=view.pk, count=found.number, because=view.why)
            tell([news], now=now)
    return True
