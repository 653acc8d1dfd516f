"""The one way to write an event. It runs in the caller's transaction: no event, no change, no page."""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, connection, transaction

from audit.acts import Act
from audit.context import Work, current_work
from audit.keys import WORDS_OF_A_DAY, WORDS_OF_A_RECORD, data_key, named_scope
from foundation.crypto import SALT_BYTES, canonical, commitment, seal
from foundation.errors import AuditUnavailable

logger = logging.getLogger(__name__)
INSERT_EVENT = """
INSERT INTO audit_event (uuid, occurred_at, act, allowed, object_kind, object_uuid, result_uuids, field_names, commitment, payload_scope,
    actor_id, via_id, view, purpose_kind, purpose_uuid, session_ref, request_ref, origin)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""  # no RETURNING: row-level security would ask whether the writer may also read


def record(
    act: Act,
    *,
    object_kind: str = "",
    object_uuid: uuid.UUID | None = None,
    results: Iterable[uuid.UUID] = (),
    fields: Iterable[str] = (),
    payload: Mapping[str, Any] | None = None,
    scope: uuid.UUID | None = None,
    allowed: bool = True,
    occurred_at: datetime | None = None,
    identity: uuid.UUID | None = None,
) -> uuid.UUID:
    """Record one act of the work under way and return the event's id.

    `results` are the opaque ids shown or touched, `payload` the words: sealed under `scope`, the id of the one record that they
    are about, with which they end; or under a key of the day when they are about no single record (settings.AUDIT_WORDS_DAYS).
    `occurred_at` (aware, UTC) is given only when history is played, `identity` only when something names the event beforehand.
    Raises `AuditUnavailable` when the event cannot be written.
    """
    work = current_work()
    event_uuid = identity or uuid.uuid4()
    when = occurred_at or (work.clock if work else None) or datetime.now(UTC)
    try:
        # no savepoint: an event that cannot be written takes the caller's whole transaction with it
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            chosen = (scope or named_scope(f"events {when:%Y-%m-%d}")) if payload else None
            purpose = WORDS_OF_A_RECORD if scope else WORDS_OF_A_DAY
            promise = _store_payload(cursor, event_uuid, payload, chosen, purpose) if payload and chosen else None
            about: list[Any] = [act.value, allowed, object_kind, object_uuid, list(results), list(fields), promise, chosen]
            cursor.execute(INSERT_EVENT, [event_uuid, when, *about, *_at_work(work)])
    except DatabaseError as error:
        logger.critical("the audit log cannot be written (%s): nothing is shown and nothing is changed", type(error).__name__)
        raise AuditUnavailable from error
    if work is not None:
        work.recorded.append(act.value)
        work.events.append(event_uuid)
    return event_uuid


def _at_work(work: Work | None) -> list[Any]:
    """Who works, through whom, on which page, what for, and where from; of nobody at work the columns are empty."""
    if work is None:
        return [None, None, "", "", None, "", None, ""]
    purpose = [work.purpose_kind, work.purpose_uuid]
    return [work.actor_id, work.via_id, work.view, *purpose, work.session_ref, work.request_ref, work.origin]


def _store_payload(cursor: Any, event_uuid: uuid.UUID, payload: Mapping[str, Any], scope: uuid.UUID, purpose: str) -> bytes:
    """Seal salt and words together; the event keeps only the commitment and the scope of the key."""
    words = canonical(payload)
    salt = secrets.token_bytes(SALT_BYTES)
    sealed = seal(data_key(scope, purpose=purpose), salt + words, event_uuid.bytes)
    cursor.execute("INSERT INTO audit_payload (event_uuid, scope, sealed) VALUES (%s, %s, %s)", [event_uuid, scope, sealed])
    return commitment(salt, words)
