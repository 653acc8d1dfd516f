"""Publishing: two files that only grow, in a folder that may be write-once, and the same in a second folder.

    checkpoints   the signed notes, one after the other
    leaves        the hash of every sealed event, 32 bytes each: with them a verifier names the very event that was touched
    key           the public key in one line, written once: who may not read the signing key shows this one
    destroyers    the keys that sign destructions, each vouched for by the log's key

What each file must hold follows from the sealed tables byte for byte, so publishing is: append from where the file ends.
A crash in the middle of a write heals by itself, and a folder that is new gets the whole log.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from audit.log.checkpoint import public_key, verifier_key
from audit.log.destruction import vouched_key
from audit.log.sealing import HASH_BYTES, only_sealer, published, signing_seed
from audit.models import Checkpoint

CHECKPOINTS, LEAVES, KEY, DESTROYERS = "checkpoints", "leaves", "key", "destroyers"
LEAVES_A_READ = 100_000
OVERLAP_BYTES = 4096  # how much of what already stands there is compared before anything is added
Content = Callable[[int, int], Iterator[bytes]]


class PublishedLogIsAhead(RuntimeError):
    """The files know more than the database, or something else: an older database was restored, or one was changed."""


def folders() -> list[Path]:
    """The folders of this installation, the first one first."""
    return [Path(folder) for folder in (settings.CHECKPOINT_DIR, settings.SECOND_CHECKPOINT_DIR) if folder]


def publish() -> int:
    """Bring the files of every folder up to the sealed tables; returns how many bytes were written.

    Call inside `acting_as` the service actor `audit`, after the sealing transaction has been committed. Raises
    `PublishedLogIsAhead` instead of writing a second history beside the first, and `OSError`.
    """
    last = Checkpoint.objects.order_by("-size").first()
    if last is None or not only_sealer():
        return 0
    _require_not_ahead(last)
    written = 0
    for folder in folders():
        folder.mkdir(parents=True, exist_ok=True)
        written += _grow(folder / LEAVES, last.size * HASH_BYTES, _leaves_from)
        written += _grow(folder / CHECKPOINTS, last.starts_at + len(published(last.note)), _notes_from)
        written += _grow(folder / KEY, len(_key_line()), _key_from)
        if vouched := vouched_key(signing_seed()):
            written += _add_missing(folder / DESTROYERS, vouched)
    return written


def own_key() -> str:
    """The public half of the signing key, in one line as verifiers take it. Only the sealer can read the signing key."""
    return verifier_key(settings.LOG_ORIGIN, public_key(signing_seed()))


def _require_not_ahead(last: Checkpoint) -> None:
    """Look into every folder before anything is written to any: the second one may know what was taken back from the first."""
    due = {LEAVES: last.size * HASH_BYTES, CHECKPOINTS: last.starts_at + len(published(last.note))}
    for folder in folders():
        for name, size in due.items():
            if (folder / name).is_file() and (folder / name).stat().st_size > size:
                raise PublishedLogIsAhead(f"{name} holds more than the database has sealed")


def _grow(path: Path, due: int, content_from: Content) -> int:
    """Append what `path` lacks to be `due` bytes long, after comparing where it ends with what the tables say."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        size = os.fstat(descriptor).st_size
        if size > due:
            raise PublishedLogIsAhead(f"{path.name} holds more than the database has sealed")
        start = max(0, size - OVERLAP_BYTES)
        file.seek(start)
        known = file.read(size - start)
        written = 0
        for chunk in content_from(start, due):
            seen, known, fresh = known[: len(chunk)], known[len(chunk) :], chunk[len(known) :]
            if not chunk.startswith(seen):
                raise PublishedLogIsAhead(f"{path.name} ends otherwise than the database says")
            file.write(fresh)
            written += len(fresh)
        os.fsync(descriptor)
    return written


def _add_missing(path: Path, note: bytes) -> int:
    """Append `note` unless it stands there already; behind one that was half written it begins on a new line."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        known = file.read()
        if note in known:
            return 0
        file.write(note if not known or known.endswith(b"\n") else b"\n" + note)
        os.fsync(descriptor)
    return len(note)


def _leaves_from(start: int, due: int) -> Iterator[bytes]:
    """The bytes of the file of leaves from `start` on."""
    skipped = start % HASH_BYTES
    for first in range(start // HASH_BYTES, due // HASH_BYTES, LEAVES_A_READ):
        with connection.cursor() as cursor:
            cursor.execute("SELECT hash FROM audit_leaf WHERE seq >= %s AND seq < %s ORDER BY seq", [first, first + LEAVES_A_READ])
            yield b"".join(bytes(row[0]) for row in cursor.fetchall())[skipped:]
        skipped = 0


def _key_line() -> bytes:
    """What the file of the key holds."""
    return f"{own_key()}\n".encode()


def _key_from(start: int, due: int) -> Iterator[bytes]:
    """The bytes of the file of the key from `start` on."""
    yield _key_line()[start:due]


def _notes_from(start: int, due: int) -> Iterator[bytes]:
    """The bytes of the file of checkpoints from `start` on."""
    first = Checkpoint.objects.filter(starts_at__lte=start).order_by("-starts_at").values_list("starts_at", flat=True).first()
    notes = Checkpoint.objects.filter(starts_at__gte=first or 0).order_by("starts_at")
    for starts_at, note in notes.values_list("starts_at", "note").iterator():
        yield published(note)[max(0, start - starts_at) :]
