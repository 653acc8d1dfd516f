"""Reading events back. Row-level security shows them to auditors and privacy officers, and to each actor their own."""

from __future__ import annotations

import json
from typing import Any

from audit.keys import KeyDestroyed, existing_key
from audit.models import Event, Payload
from foundation.crypto import SALT_BYTES, commitment, unseal


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
