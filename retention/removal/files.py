"""The files of sealed packages under `ARCHIVE_DIR`: random names, written whole or not at all, ciphertext only."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from django.conf import settings

WRITERS = 16
_NAME = re.compile(r"[0-9a-f]{32}")


def write(name: str, sealed: bytes) -> None:
    """Keep a sealed package under `name` (32 hexadecimal digits); an older file of that name is replaced whole."""
    target = _path(name)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half_made = target.with_suffix(".part")
    descriptor = os.open(half_made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fdatasync(file.fileno())
    half_made.rename(target)


def write_many(packages: Mapping[str, bytes]) -> None:
    """Keep many sealed packages; when it returns, files and folders are on the disk.

    Waiting for the disk is most of the work, and the disk takes many at once: so several wait side by side.
    """
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, packages.keys(), packages.values()))
        list(writers.map(_settle, {_path(name).parent for name in packages}))


def _settle(folder: Path) -> None:
    """A renamed file is safe only when its folder is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(name: str) -> bytes:
    """The sealed package; raises `FileNotFoundError`."""
    return _path(name).read_bytes()


def remove(name: str) -> None:
    """Take the file away; nothing happens when it is gone already."""
    _path(name).unlink(missing_ok=True)


def remove_many(names: Sequence[str]) -> None:
    """Take many files away; the disk takes several at once."""
    with ThreadPoolExecutor(WRITERS) as workers:
        list(workers.map(remove, names))


def names() -> Iterator[str]:
    """Every file of the archive, half-made ones included."""
    root = Path(settings.ARCHIVE_DIR)
    return (path.name for path in root.glob("*/*") if _NAME.match(path.name)) if root.is_dir() else iter(())


def remove_stray(known: set[str], *, before: datetime) -> int:
    """Remove files that no package knows and that are older than `before` (a worker was killed); returns how many."""
    gone = 0
    for name in list(names()):
        path = _path(name[:32]).with_name(name)
        if name not in known and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _path(name: str) -> Path:
    if not _NAME.fullmatch(name):
        message = "not the name of a package"
        raise ValueError(message)
    return Path(settings.ARCHIVE_DIR) / name[:2] / name
