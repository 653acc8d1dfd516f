"""Small proofs: that one event stands in the signed log, that one checkpoint continues another."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from django.db import connection

from audit.log.merkle import consistency_proof, inclusion_proof
from audit.log.skeleton import COLUMNS, skeleton
from audit.models import Checkpoint, Event, Leaf


class NoProof(LookupError):
    """There is no such sealed event or checkpoint."""


def prove_event(event_uuid: UUID) -> dict[str, Any]:
    """That the event is part of the log as the last checkpoint signed it. Raises `NoProof`."""
    last = Checkpoint.objects.order_by("-size").first()
    leaf = Leaf.objects.filter(event_uuid=event_uuid).first()
    event = Event.objects.filter(uuid=event_uuid).values(*COLUMNS).first()
    if last is None or leaf is None or event is None:
        raise NoProof
    path = inclusion_proof(_leaves(last.size), leaf.seq)
    return {"event": skeleton(event).decode(), "index": leaf.seq, "path": _text(path), "checkpoint": last.note}


def prove_growth(older_size: int) -> dict[str, Any]:
    """That the checkpoint of `older_size` events is the beginning of the last one. Raises `NoProof`."""
    last = Checkpoint.objects.order_by("-size").first()
    older = Checkpoint.objects.filter(size=older_size).first()
    if last is None or older is None:
        raise NoProof
    path = consistency_proof(_leaves(last.size), older.size)
    return {"older_checkpoint": older.note, "path": _text(path), "checkpoint": last.note}


def _leaves(size: int) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM audit_leaf WHERE seq < %s ORDER BY seq", [size])
        return [bytes(row[0]) for row in cursor.fetchall()]


def _text(path: list[bytes]) -> list[str]:
    return [base64.b64encode(step).decode() for step in path]
