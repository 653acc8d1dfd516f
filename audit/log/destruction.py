"""Destructions are signed: whoever only rules the database can take words away, but not say that it was lawful.

The signing key is a data key like others, wrapped by a key outside the database. The sealer vouches for its public half with
the log's own key, in a file beside the checkpoints, so that a verifier still needs nothing but the log's public key.

    leadtrac.example/audit            <- origin, the log's name
    destruction key
    hF3k…=                            <- the public key, base64

    — leadtrac.example/audit AbCd…=   <- the log's signature, in the form of the checkpoints
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from audit.acts import Act
from audit.keys import data_key, existing_keys, named_scope
from audit.log.checkpoint import public_key, signed_note
from audit.services import record

SIGNING = named_scope("destructions")
MARK, HALF = "signed ", 32  # a signature stands among the names of an event's fields, which are short: in two halves (bytes), marked


def record_destruction(
    *,
    object_kind: str,
    results: Iterable[uuid.UUID],
    payload: Mapping[str, Any],
    object_uuid: uuid.UUID | None = None,
    fields: Iterable[str] = (),
    occurred_at: datetime | None = None,
) -> None:
    """Record and sign that the scopes `results` were destroyed, in the transaction that destroys them.

    A verifier takes words for lawfully gone only when such a later event names their scope.
    """
    identity, gone = uuid.uuid4(), list(results)
    signature = Ed25519PrivateKey.from_private_bytes(data_key(SIGNING, purpose="destruction signing")).sign(statement(identity, gone))
    record(
        Act.DESTROYED,
        identity=identity,
        object_kind=object_kind,
        object_uuid=object_uuid,
        results=gone,
        fields=[*fields, *(MARK + base64.b64encode(half).decode() for half in (signature[:HALF], signature[HALF:]))],
        payload=payload,
        occurred_at=occurred_at,
    )


def statement(event: uuid.UUID, scopes: Iterable[uuid.UUID]) -> bytes:
    """What is signed: that this one event of this log names these scopes."""
    return "\n".join(["destruction", settings.LOG_ORIGIN, str(event), *map(str, scopes), ""]).encode()


def vouched_key(seed: bytes) -> bytes:
    """What the sealer says of the present signing key with the log's key (its `seed`); empty before anything was destroyed."""
    known = existing_keys([SIGNING]).get(SIGNING)
    if known is None:
        return b""
    body = f"{settings.LOG_ORIGIN}\ndestruction key\n{base64.b64encode(public_key(known)).decode()}\n"
    return f"{signed_note(body, origin=settings.LOG_ORIGIN, seed=seed)}\n".encode()
