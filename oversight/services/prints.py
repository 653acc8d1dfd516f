"""A page that goes to paper is an event of its own, about all that the page showed."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from audit.services import record
from foundation.errors import NotFound

STANDS_OPEN = timedelta(hours=12)  # a page is no older than a session


@transaction.atomic
def record_print(*, actor: User, event_uuid: uuid.UUID, now: datetime) -> None:
    """Record that `actor` prints the page that the event `event_uuid` put on their screen, with the same records.

    Raises `NotFound` for another's event, an old one, and one that let nobody see anything.
    """
    require(actor, Permission.SIGNED_IN)
    with through_service(service_actor("audit")):
        shown = Event.objects.filter(uuid=event_uuid, actor_id=actor.pk, allowed=True, recorded_at__gt=now - STANDS_OPEN).first()
    if shown is None:
        raise NotFound
    record(Act.PRINT, object_kind=shown.object_kind, object_uuid=shown.object_uuid, results=shown.result_uuids, fields=["page"])
