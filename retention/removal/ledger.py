"""The ledger of destruction: a file beside the sealed log's checkpoints, outside the database, that a restored backup replays.

One line a record, opaque ids only, in each folder of checkpoints. It is written before the destroying transaction commits, so
that none is missing. A line whose transaction did not commit names a record that goes when the run is taken up again; when it
then stays after all (a hold came), a line that says so is added at the end of the run.

Each line names the hash of the one before it. A line that a killed writer left half-written is passed over, because the next
whole line follows the one before it; any other that is missing or changed is damage, and nobody goes on over damage.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from audit.log.publishing import folders
from foundation.errors import Conflict
from retention.models import ArchivePackage, Disposition

NAME = "destructions.jsonl"
TAIL_BYTES = 1 << 16  # many times the longest line


class LedgerDamaged(Conflict):
    """The ledger of destruction is not there, not whole, or not the one that a backup knows."""


@dataclass(frozen=True, slots=True)
class State:
    """How far the ledger had come: how many whole lines, and the hash of the last one. A backup keeps it."""

    lines: int
    head: str


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


def append(run: Disposition, packages: Sequence[ArchivePackage], *, at: datetime, scopes: Collection[UUID]) -> None:
    """Add the records to the ledger and wait until they are on disk; `at` is the moment of their destruction.

    `packages` come with their schedules (`select_related`); `scopes` are those whose keys go with them.
    """
    going = set(scopes)
    _write(
        {
            "lead": str(package.lead_uuid),
            "number": package.lead_number,
            "run": str(run.uuid),
            "scopes": [str(scope) for scope in (package.uuid, *package.shred) if scope in going],
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


def begin(*, at: datetime) -> State:
    """Open a ledger where there is none, so that a lost one is not taken for an empty one; returns how far it has come."""
    if not (lines := whole_lines()):
        _write([{"opened": at.isoformat()}])
        lines = whole_lines()
    return State(len(lines), _hash(lines[-1]))


def require_whole(known: Iterable[State] = ()) -> None:
    """Raise `LedgerDamaged` unless the ledger is there, whole, and continues every one of the states `known`."""
    lines = whole_lines()
    if not lines:
        message = f"The ledger of destruction ({NAME}) is not in the folder of checkpoints: what was destroyed is not known."
        raise LedgerDamaged(message)
    for state in known:
        if state.lines > len(lines) or _hash(lines[state.lines - 1]) != state.head:
            message = (
                f"The ledger of destruction ({NAME}) is older than the backup, or another one: it does not hold what the backup knows."
            )
            raise LedgerDamaged(message)


def begin_anew(*, at: datetime) -> None:
    """Set the ledger aside and begin one with whatever can still be read of it, from any copy; only when a person says so."""
    read: dict[tuple[Any, ...], dict[str, Any]] = {}
    for path in paths():
        for line in _raw(path).split(b"\n"):
            entry = _parsed(line)
            entry.pop("after", None)
            if "kept" in entry or _can_be_read(entry):
                read.setdefault((entry.get("lead"), entry.get("kept"), entry.get("run")), entry)
        if path.exists():
            path.rename(path.with_name(f"{NAME}.{at:%Y%m%dT%H%M%SZ}"))
    _write([{"opened": at.isoformat()}, *read.values()])


def entries() -> Iterator[Destroyed]:
    """Every record that the ledger says is destroyed, each once, oldest first. Raises `LedgerDamaged`."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in map(_parsed, whole_lines()):
        if "kept" in entry:
            found.pop((entry["kept"], entry["run"]), None)
        elif "lead" in entry:
            found[entry["lead"], entry["run"]] = entry
    for entry in found.values():
        yield _destroyed(entry)


def _destroyed(entry: dict[str, Any]) -> Destroyed:
    return Destroyed(
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


def _can_be_read(entry: dict[str, Any]) -> bool:
    try:
        _destroyed(entry)
    except (KeyError, ValueError, TypeError):
        return False
    return True


def whole_lines() -> list[bytes]:
    """The lines of the longest copy, of which every other is the beginning. Raises `LedgerDamaged`."""
    copies = [_lines_of(path) for path in paths()]
    longest = max(copies, key=len)
    for place, copy in enumerate(copies, start=1):
        if copy != longest[: len(copy)]:
            message = f"The ledger of destruction ({NAME}) in folder {place} of checkpoints is not the one in the other."
            raise LedgerDamaged(message)
    return longest


def paths() -> list[Path]:
    """Where the copies lie."""
    return [folder / NAME for folder in folders()]


def _lines_of(path: Path) -> list[bytes]:
    whole: list[bytes] = []
    head = ""
    for line in _raw(path).split(b"\n"):
        if not (entry := _parsed(line)):
            continue
        if entry.get("after") != head:
            message = f"The ledger of destruction ({path}) is damaged after line {len(whole)}. Put the other folder's copy in its place."
            raise LedgerDamaged(message)
        whole.append(line)
        head = _hash(line)
    return whole


def _parsed(line: bytes) -> dict[str, Any]:
    """A line's content; empty for what was not written to its end."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _raw(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _write(entries_: Iterable[dict[str, Any]]) -> None:
    """Add lines to every copy; one that lacks some of the others' gets them first."""
    given = list(entries_)
    if not given:
        return
    for path in paths():
        path.parent.mkdir(parents=True, exist_ok=True)
    with paths()[0].open("ab") as first:
        fcntl.flock(first, fcntl.LOCK_EX)  # workers of two runs write one after the other, and never into one another's lines
        tails = [_tail(path) for path in paths()]
        if len(set(tails)) == 1 and tails[0]:
            lacking, head = [b""] * len(tails), _hash(tails[0])
        else:
            known = whole_lines()
            lacking = [b"".join(line + b"\n" for line in known[len(_lines_of(path)) :]) for path in paths()]
            head = _hash(known[-1]) if known else ""
        fresh = b""
        for entry in given:
            line = json.dumps(entry | {"after": head}).encode()
            fresh, head = fresh + line + b"\n", _hash(line)
        for path, before in zip(paths(), lacking, strict=True):
            _add(path, before + fresh)


def _tail(path: Path) -> bytes:
    """The last whole line; empty when there is none near the end."""
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
        return next((line for line in reversed(file.read().split(b"\n")) if _parsed(line)), b"")


def _add(path: Path, lines: bytes) -> None:
    """Append, and wait until it is on disk; behind a half-written line a new one begins."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab+") as file:
        if size := file.seek(0, os.SEEK_END):
            file.seek(size - 1)
            lines = lines if file.read(1) == b"\n" else b"\n" + lines
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
