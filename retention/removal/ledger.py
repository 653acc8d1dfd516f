"""The ledger of destruction: a file beside the sealed log's checkpoints, outside the database, that a restored backup replays.

One line a record, opaque ids only. It is written before the destroying transaction commits, so that none is missing. A line
whose transaction did not commit names a record that goes when the run is taken up again; when it then stays after all (a hold
came), a line that says so is added at the end of the run.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from retention.models import ArchivePackage, Disposition

NAME = "destructions.jsonl"


@dataclass(frozen=True, slots=True)
class Destroyed:
    """One destroyed record: its opaque id and number, the scopes of its keys, its file, and what its tombstone says."""

    lead: UUID
    number: str
    run: UUID
    scopes: tuple[UUID, ...]
    file: str
    class_id: int
    authority: str
    schedule: str
    created_on: date
    destroyed_at: datetime


def append(run: Disposition, packages: Sequence[ArchivePackage], *, at: datetime) -> None:
    """Add the records to the ledger and wait until they are on disk; `at` is the moment of their destruction.

    `packages` come with their schedules (`select_related`).
    """
    _write(
        {
            "lead": str(package.lead_uuid),
            "number": package.lead_number,
            "run": str(run.uuid),
            "scopes": [str(package.uuid), *map(str, package.shred)],
            "file": package.uuid.hex,
            "class_id": package.lead_class_id,
            "authority": package.schedule.authority,
            "schedule": f"{package.schedule.title} (version {package.schedule.version})",
            "created_on": package.record_created_on.isoformat(),
            "destroyed_at": at.isoformat(),
        }
        for package in packages
    )


def take_back(run: Disposition, leads: Collection[UUID]) -> None:
    """Say of those of the records that the ledger names for `run` that they were not destroyed after all."""
    named = {entry.lead for entry in entries() if entry.run == run.uuid}
    _write({"kept": str(lead), "run": str(run.uuid)} for lead in leads if lead in named)


def _write(entries_: Iterable[dict[str, Any]]) -> None:
    lines = "".join(json.dumps(entry) + "\n" for entry in entries_).encode()
    if not lines:
        return
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # workers of two runs write one after the other, and never into one another's lines
        if size := file.seek(0, os.SEEK_END):
            file.seek(size - 1)
            lines = lines if file.read(1) == b"\n" else b"\n" + lines  # a writer was killed in its line: that one is lost, not ours too
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def entries() -> Iterator[Destroyed]:
    """Every record that the ledger says is destroyed, each once, oldest first; a half-written last line is left out."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in _lines():
        if "kept" in entry:
            found.pop((entry["kept"], entry["run"]), None)
        else:
            found[entry["lead"], entry["run"]] = entry
    for entry in found.values():
        yield Destroyed(
            lead=UUID(entry["lead"]),
            number=entry["number"],
            run=UUID(entry["run"]),
            scopes=tuple(UUID(each) for each in entry["scopes"]),
            file=entry["file"],
            class_id=entry["class_id"],
            authority=entry["authority"],
            schedule=entry["schedule"],
            created_on=date.fromisoformat(entry["created_on"]),
            destroyed_at=datetime.fromisoformat(entry["destroyed_at"]),
        )


def _lines() -> Iterator[dict[str, Any]]:
    path = _path()
    if not path.is_file():
        return
    for line in path.read_text().splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def _path() -> Path:
    return Path(settings.CHECKPOINT_DIR) / NAME
