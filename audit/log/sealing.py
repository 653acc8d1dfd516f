"""The sealer: takes the events that wait, appends their hashes to the tree, signs a checkpoint.

One at a time (an advisory lock), outside every request, so that no request waits for another's hash. It writes no event of
its own: each would need sealing in turn, for ever; the checkpoint is its record. Publishing is a step of its own
(`audit.log.publishing`), after the commit: what stands in the files is true whatever fails.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from audit.log.checkpoint import Checkpoint as Note
from audit.log.checkpoint import moment, sign
from audit.log.merkle import append, leaf_hash, root_of
from audit.log.skeleton import line_of, selected
from audit.models import Checkpoint

ONE_SEALER = 7_241_002  # advisory lock
HASH_BYTES = 32
BATCH = 10_000

_WAITING = f"""
SELECT {selected("e")} FROM audit_unsealed u JOIN audit_event e ON e.id = u.event_id
ORDER BY e.id LIMIT %s
"""  # noqa: S608  # the names are our own constant
# two long texts: three lists of ten thousand values cost the driver a third of the sealing
_LEAVES = """
INSERT INTO audit_leaf (seq, event_uuid, hash) SELECT %s + place - 1, event::uuid, decode(hash, 'hex')
FROM unnest(string_to_array(%s, ','), string_to_array(%s, ',')) WITH ORDINALITY AS one (event, hash, place)
"""


@cache
def _seed(path: str) -> bytes:
    seed = Path(path).read_bytes()
    if len(seed) != HASH_BYTES:
        message = f"the key file {Path(path).name} must hold exactly 32 bytes"
        raise ValueError(message)
    return seed


def signing_seed() -> bytes:
    """The seed of the log's Ed25519 key, from the file named by `LOG_KEY_FILE`; it never enters the database."""
    return _seed(str(settings.LOG_KEY_FILE))


def only_sealer() -> bool:
    """Take the sealer's lock until the end of the transaction; False when another holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_SEALER])
        return bool(cursor.fetchone()[0])


def frontier_of(packed: bytes) -> list[bytes]:
    """The hashes of a stored frontier, largest subtree first."""
    return [packed[start : start + HASH_BYTES] for start in range(0, len(packed), HASH_BYTES)]


@transaction.atomic
def seal_batch(*, now: datetime, batch: int = BATCH) -> int:
    """Seal up to `batch` waiting events under one checkpoint; returns how many, 0 when none waits or another seals.

    Call inside `acting_as` the service actor `audit`: row-level security shows the queue to nobody else. `now` (aware) is
    what the checkpoint says; the database notes its own clock beside it.
    """
    if not only_sealer():
        return 0
    events = _waiting(batch)
    if not events:
        return 0
    last = Checkpoint.objects.order_by("-size").first()
    first = last.size if last else 0
    frontier = frontier_of(bytes(last.frontier)) if last else []
    hashes = [leaf_hash(line_of(event)) for event in events]
    for place, leaf in enumerate(hashes):
        append(frontier, first + place, leaf)
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES, [first, ",".join(event[0] for event in events), ",".join(leaf.hex() for leaf in hashes)])
    note = Note(settings.LOG_ORIGIN, first + len(events), root_of(frontier), moment(now))
    Checkpoint.objects.create(
        size=note.size,
        root=note.root,
        frontier=b"".join(frontier),
        note=sign(note, signing_seed()),
        starts_at=last.starts_at + len(published(last.note)) if last else 0,
        sealed_at=now,
    )
    return len(events)


def published(note: str) -> bytes:
    """A note as the file of checkpoints holds it: a blank line sets it apart from the next."""
    return note.encode() + b"\n"


def _waiting(batch: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [batch])
        return list(cursor.fetchall())
