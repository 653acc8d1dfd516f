"""Drop files under `DROP_DIR`: random names, written whole or not at all, and sealed from the moment they are cut into parts.

A received data file lies in the clear only until it is checked; after that each part lies sealed under its extract's key,
and goes when its stated life is over (`ingest.services.expire`) or with the key.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
import zlib
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path

from django.conf import settings

from audit.keys import existing_key
from foundation.crypto import seal, unseal
from ingest.drop_text import LogicalRow
from ingest.drops import RawRow, split_text
from ingest.models import Extract

_CHUNK = 1 << 20
_OURS = re.compile(r"[0-9a-f]{32}")


def keep_copy(path: Path) -> tuple[str, str]:
    """Copy the file at `path` into the store; returns its random name there and the SHA-256 of what was copied."""
    name = uuid.uuid4().hex
    digest = hashlib.sha256()
    target = _file(name)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half_made = target.with_suffix(".part")
    with path.open("rb") as source, half_made.open("wb") as copy:
        half_made.chmod(0o600)
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    half_made.rename(target)
    return name, digest.hexdigest()


def received_file(extract: Extract) -> Path:
    """Where the received file lies until it is checked."""
    return _file(extract.file_name)


def write_part(extract: Extract, key: bytes, number: int, first_row: int, rows: Sequence[LogicalRow]) -> None:
    """Seal the raw rows of part `number`, counted from `first_row`, under the extract's `key`; an older file of the same part
    is replaced. Asks the database nothing, so that it may run in a thread beside the reading."""
    lines = [row.line for row in rows]
    problems = {place: row.problem for place, row in enumerate(rows) if row.problem}
    content = json.dumps([first_row, lines, problems, [row.text for row in rows]], ensure_ascii=False)
    target = _parts(extract.file_name) / str(number)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half_made = target.with_suffix(".part")
    packed = zlib.compress(content.encode(), level=1)
    half_made.write_bytes(seal(key, packed, _context(number)))
    half_made.chmod(0o600)
    half_made.rename(target)


def read_part(extract: Extract, number: int) -> list[RawRow]:
    """The raw rows of part `number`, split into cells again. Raises `FileNotFoundError` when its life is over."""
    sealed = (_parts(extract.file_name) / str(number)).read_bytes()
    packed = unseal(existing_key(extract.uuid), sealed, _context(number))
    first_row, lines, problems, texts = json.loads(zlib.decompress(packed))
    found = list(map(split_text, count(first_row), lines, texts))
    for place, problem in problems.items():
        at = int(place)
        found[at] = split_text(first_row + at, lines[at], texts[at], problem)
    return found


def forget_received(extract: Extract) -> None:
    """Remove the file as it was received: it has been cut into sealed parts, or refused."""
    _file(extract.file_name).unlink(missing_ok=True)


def forget(name: str) -> None:
    """Remove all that the store holds under a random name."""
    _file(name).unlink(missing_ok=True)
    shutil.rmtree(_parts(name), ignore_errors=True)


def is_older(name: str, moment: datetime) -> bool:
    """Whether what lies under a random name was written before `moment`: a copy under way is nobody's yet."""
    return all(path.stat().st_mtime < moment.timestamp() for path in Path(settings.DROP_DIR).glob(f"{name}.*"))


def names_in_store() -> set[str]:
    """The random names under which anything lies in the store, half-made files included."""
    root = Path(settings.DROP_DIR)
    names = {path.name.partition(".")[0] for path in root.iterdir()} if root.is_dir() else set()
    return {name for name in names if _OURS.fullmatch(name)}


def _file(name: str) -> Path:
    return Path(settings.DROP_DIR) / f"{name}.csv.gz"


def _parts(name: str) -> Path:
    return Path(settings.DROP_DIR) / f"{name}.parts"


def _context(number: int) -> bytes:
    return b"part %d" % number
