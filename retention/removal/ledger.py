"""The ledger of destruction: a file beside the sealed log's checkpoints, outside the database, that a restored backup replays.

One line a record, opaque ids only. It is written before the destroying transaction commits: a line without its
destruction names a record that was signed for destruction and was about to go.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from retention.models import ArchivePackage, Disposition

NAME = "destructions.jsonl"


@dataclass(frozen=True, slots=True)
class Destroyed:
    """One destroyed record: its opaque id and number, the scopes of its keys, its file."""

    lead: UUID
    number: str
    run: UUID
    scopes: tuple[UUID, ...]
    file: str


def append(run: Disposition, packages: Sequence[ArchivePackage]) -> None:
    """Add the records to the ledger and wait until they are on disk."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(
        json.dumps(
            {
                "lead": str(package.lead_uuid),
                "number": package.lead_number,
                "run": str(run.uuid),
                "scopes": [str(package.uuid), *map(str, package.shred)],
                "file": package.uuid.hex,
            }
        )
        + "\n"
        for package in packages
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def entries() -> Iterator[Destroyed]:
    """Every line of the ledger, oldest first; a half-written last line is left out."""
    path = _path()
    if not path.is_file():
        return
    for line in path.read_text().splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        yield Destroyed(
            UUID(entry["lead"]), entry["number"], UUID(entry["run"]), tuple(UUID(each) for each in entry["scopes"]), entry["file"]
        )


def _path() -> Path:
    return Path(settings.CHECKPOINT_DIR) / NAME
