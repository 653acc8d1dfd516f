"""The sealed events in their order, as the verifier takes them: from the tables, or packed into an export."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import connection

from audit.keys import key_encryption_key
from audit.log.publishing import CHECKPOINTS, DESTROYERS, LEAVES, folders
from audit.log.skeleton import ROW_LENGTH, has_words, line_of, selected
from audit.models import Checkpoint
from foundation.crypto import DecryptionError, unseal

BATCH = 10_000
_SEALED = f"""
SELECT {selected("e")}, p.sealed, p.scope, k.wrapped
FROM audit_leaf l JOIN audit_event e ON e.uuid = l.event_uuid
LEFT JOIN audit_payload p ON p.event_uuid = e.uuid LEFT JOIN audit_datakey k ON k.scope = p.scope
WHERE l.seq >= %s AND l.seq < %s ORDER BY l.seq
"""  # noqa: S608  # the names are our own constant


@dataclass(slots=True)
class SealedEvents:
    """Iterate over `lines()`; `gone` and `words` hold what belongs to the lines given so far (words: to the present batch)."""

    open_words: bool
    until: int
    gone: set[int] = field(default_factory=set)
    words: dict[int, bytes] = field(default_factory=dict)
    _keys: dict[UUID, bytes] = field(default_factory=dict)

    def lines(self) -> Iterator[bytes]:
        """The bytes that were hashed, event by event; an event whose row is missing is missing here too."""
        index = 0
        for first in range(0, self.until, BATCH):
            self.words.clear()
            with connection.cursor() as cursor:
                cursor.execute(_SEALED, [first, min(first + BATCH, self.until)])
                rows = cursor.fetchall()
            for row in rows:
                if has_words(row):
                    self._look_at_words(index, UUID(row[0]), *row[ROW_LENGTH:])
                yield line_of(row)
                index += 1

    def _look_at_words(self, index: int, event_uuid: UUID, sealed: Any, scope: UUID | None, wrapped: Any) -> None:
        if sealed is None or scope is None or wrapped is None:
            self.gone.add(index)
        elif self.open_words:
            try:
                if scope not in self._keys:
                    self._keys[scope] = unseal(key_encryption_key(), bytes(wrapped), scope.bytes)
                self.words[index] = unseal(self._keys[scope], bytes(sealed), event_uuid.bytes)
            except DecryptionError:
                self.words[index] = b""  # opens with no key: not what the event committed to


def sealed_size() -> int:
    """How many events the last checkpoint of the tables holds."""
    return Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0


def published(folder: Path | None = None) -> tuple[str, bytes]:
    """The published notes and leaves of `folder` (the first one unless said); empty where nothing was published."""
    place = folder or folders()[0]
    notes, leaves = place / CHECKPOINTS, place / LEAVES
    return (notes.read_text(encoding="utf-8") if notes.exists() else "", leaves.read_bytes() if leaves.exists() else b"")


def destroyers() -> str:
    """The published keys that sign destructions, each vouched for; empty where nothing was destroyed yet."""
    path = folders()[0] / DESTROYERS
    return path.read_text(encoding="utf-8") if path.exists() else ""


def write_export(target: BinaryIO, *, with_words: bool = False) -> int:
    """Write what the stand-alone verifier takes; returns the number of events. With words it holds personal data.

    Call inside `acting_as` the service actor `audit`, and record the export.
    """
    events = SealedEvents(open_words=with_words, until=sealed_size())
    notes, leaves = published()
    count = 0
    opened: list[bytes] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("events.jsonl", "w", force_zip64=True) as file:
            for line in events.lines():
                if count in events.words:
                    opened.append(json.dumps([count, base64.b64encode(events.words[count]).decode()]).encode())
                file.write(line + b"\n")
                count += 1
        archive.writestr("gone.txt", "".join(f"{index}\n" for index in sorted(events.gone)))
        archive.writestr(CHECKPOINTS, notes)
        archive.writestr(LEAVES, leaves)
        archive.writestr(DESTROYERS, destroyers())
        if with_words:
            archive.writestr("words.jsonl", b"".join(line + b"\n" for line in opened))
        archive.writestr("README.txt", _ABOUT.format(origin=settings.LOG_ORIGIN))
    return count


_ABOUT = """Export of the sealed audit log {origin}.

Verify it with verify_log.py (Python and the package cryptography are enough):

    python verify_log.py EXPORT.zip --key KEY --checkpoints FOLDER

KEY is the log's public key and FOLDER your own copy of the published checkpoints; have both from somebody other than
whoever gave you this file.
"""
