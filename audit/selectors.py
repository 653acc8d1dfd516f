"""Reading events back. Row-level security shows them to auditors and privacy officers, and to each actor their own."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db.models import Q, QuerySet

from audit.keys import KeyDestroyed, existing_key
from audit.models import Event, Payload
from foundation.crypto import SALT_BYTES, commitment, unseal


def events_about(object_uuid: uuid.UUID) -> QuerySet[Event]:
    """Every event on an object, or in whose results it was shown, newest first."""
    return Event.objects.filter(Q(object_uuid=object_uuid) | Q(result_uuids__contains=[object_uuid])).order_by("-occurred_at", "-id")


def words_of(event: Event) -> dict[str, Any] | None:
    """Open an event's payload and check it against the commitment; None when it had none or was lawfully destroyed."""
    payload = Payload.objects.filter(event_uuid=event.uuid).first()
    if payload is None:
        return None
    try:
        opened = unseal(existing_key(payload.scope), bytes(payload.sealed), event.uuid.bytes)
    except KeyDestroyed:
        return None
    salt, words = opened[:SALT_BYTES], opened[SALT_BYTES:]
    if commitment(salt, words) != bytes(event.commitment or b""):
        message = f"the payload of event {event.uuid} does not match its commitment"
        raise ValueError(message)
    result: dict[str, Any] = json.loads(words)
    return result
