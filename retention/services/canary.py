"""The canary scan: values that must be gone are looked for wherever this house keeps anything.

A dump (what SQL shows to the owner), heap files of the database, the files of drops, archive, attachments and checkpoints, Redis, the
logs that `LOG_PATHS` names and whatever else is given.
Not scanned: WAL and backups, which end within `BACKUP_HORIZON_DAYS` days; the certificate says so.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import connection

from audit.log.publishing import folders
from retention.services.postgres_programs import printed

_CHUNK = 1 << 22
NOTHING = "nothing there, or not readable from here"
ARGUMENTS = re.compile(rb'"body": ?"([A-Za-z0-9+/=]+)"')  # of a queued task: Celery writes them in base64


@dataclass(frozen=True, slots=True)
class Found:
    """A place that still holds a value; the value itself is not repeated."""

    place: str
    value_number: int


class Looked(dict[str, str]):
    """How much of each place the last scan of this process looked through."""


_looked = Looked()


def looked_at() -> dict[str, str]:
    """What the last scan looked through, place by place."""
    return dict(_looked)


def scan(values: Sequence[str], *, heap: Path | None = None, logs: Iterable[Path] = ()) -> list[Found]:
    """Look for every value (as UTF-8 and as UTF-16) in all places; `heap` is the server's data directory when it is ours.

    Without `heap` the data directory is asked of the server; when it cannot be read from here (a server on another
    machine), the scan says so in `looked_at` and whoever keeps that machine runs the scan there.
    `logs` are files or folders, beside those that `LOG_PATHS` names.
    """
    needles = [(number, form) for number, value in enumerate(values, start=1) for form in _forms(value)]
    _looked.clear()
    found: set[Found] = set()
    for place, pieces in _places(heap, logs):
        size = 0
        tail = b""
        for piece in pieces:
            size += len(piece)
            block = tail + piece
            found |= {Found(place, number) for number, form in needles if form in block}
            tail = block[-256:]
        _looked[place] = f"{size:,} bytes" if size else NOTHING
    return sorted(found, key=lambda each: (each.place, each.value_number))


def _forms(value: str) -> set[bytes]:
    return {text.encode(coding) for text in {value, value.upper(), value.lower()} for coding in ("utf-8", "utf-16-le")}


def _places(heap: Path | None, logs: Iterable[Path]) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "database dump", printed("pg_dump", "--format=plain", "--enable-row-security")
    yield "database files", _heap(heap)
    for name, folder in (
        ("drops", settings.DROP_DIR),
        ("archive", settings.ARCHIVE_DIR),
        ("attachments", settings.ATTACHMENT_DIR),
    ):
        yield name, _files(path for path in Path(folder).rglob("*"))
    yield "checkpoints", _files(path for folder in folders() for path in folder.rglob("*"))
    yield "Redis", _redis()
    yield "logs", _files(path for log in (*settings.LOG_PATHS, *logs) for path in [log, *log.rglob("*")])


def _heap(heap: Path | None) -> Iterator[bytes]:
    """The files of this database's tables, indexes and TOAST, as they lie on the disk now."""
    directory = heap or _data_directory()
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        oid = cursor.fetchone()[0]
    if directory is not None and (directory / "base" / str(oid)).is_dir():
        yield from _files((directory / "base" / str(oid)).iterdir())


def _data_directory() -> Path | None:
    """Where a server on this machine keeps its files: a backend works in its data directory. None from elsewhere."""
    connection.ensure_connection()
    driver: Any = connection.connection
    try:
        found = Path("/proc", str(driver.info.backend_pid), "cwd").resolve(strict=True)
        return found if (found / "PG_VERSION").is_file() else None
    except OSError:
        return None


def _files(paths: Iterable[Path]) -> Iterator[bytes]:
    for path in paths:
        if path.is_file():
            with path.open("rb") as file:
                while piece := file.read(_CHUNK):
                    yield piece


def _redis() -> Iterator[bytes]:
    """Every key and value as it is (a dump would be compressed): cache, queue, and the arguments of queued tasks in plain."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    for key in client.scan_iter(count=1000):
        for value in (key, *_values(client, key)):
            yield value + b"\n" + b"\n".join(map(base64.b64decode, ARGUMENTS.findall(value)))


def _values(client: Any, key: bytes) -> Iterator[bytes]:
    """What lies under a key, whatever its type; nothing when it is gone meanwhile."""
    kind = client.type(key)
    if kind == b"string":
        yield client.get(key) or b""
    elif kind == b"list":
        yield from client.lrange(key, 0, -1)
    elif kind == b"set":
        yield from client.sscan_iter(key)
    elif kind == b"hash":
        yield from (part for pair in client.hscan_iter(key) for part in pair)
    elif kind == b"zset":
        yield from (member for member, _ in client.zscan_iter(key))
    elif kind == b"stream":
        yield from (part for _, fields in client.xrange(key) for pair in fields.items() for part in pair)
    elif kind != b"none":
        yield client.dump(key) or b""
