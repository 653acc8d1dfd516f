"""A folder of encrypted files under random names: each written whole or not at all, ciphertext only.

Two kinds of files are kept so: the sealed packages of the archive and what people attach to leads. Which folder it is says a
setting; who may open a file is a matter of keys, not of the folder.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

WRITERS = 16
HALF_MADE = ".part"
_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class SealedFolder:
    """The folder that the setting of this name names; names of files are 32 hexadecimal digits."""

    setting: str

    @property
    def root(self) -> Path:
        """Where it lies now."""
        return Path(getattr(settings, self.setting))

    def write(self, name: str, sealed: bytes) -> None:
        """Keep a file; an older one of that name is replaced whole. Its folder may not be on the disk yet: see `write_many`."""
        target = self.path(name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half_made = target.with_suffix(HALF_MADE)
        descriptor = os.open(half_made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fdatasync(file.fileno())
        half_made.rename(target)

    def write_many(self, files: Mapping[str, bytes]) -> None:
        """Keep many; when it returns, files and folders are on the disk.

        Waiting for the disk is most of the work, and the disk takes many at once: so several wait side by side.
        """
        _side_by_side(self.write, files.keys(), files.values())
        _side_by_side(_settle, {self.path(name).parent for name in files} | ({self.root} if files else set()))

    def read(self, name: str) -> bytes:
        """The sealed content; raises `FileNotFoundError`."""
        return self.path(name).read_bytes()

    def remove(self, name: str) -> None:
        """Take the file away; nothing happens when it is gone already."""
        self.path(name).unlink(missing_ok=True)

    def remove_many(self, names: Iterable[str]) -> None:
        """Take many files away; the disk takes several at once."""
        _side_by_side(self.remove, names)

    def names(self) -> Iterator[str]:
        """Every file, half-made ones included."""
        return (path.name for path in self.root.glob("*/*") if _NAME.match(path.name)) if self.root.is_dir() else iter(())

    def older(self, before: datetime) -> list[str]:
        """The files last written before a moment, half-made ones included."""
        found = []
        for name in self.names():
            try:
                written = self._anywhere(name).stat().st_mtime
            except FileNotFoundError:
                continue  # somebody else took it away
            if written < before.timestamp():
                found.append(name)
        return found

    def remove_stray(self, known: set[str], *, before: datetime) -> int:
        """Remove files that stand not among `known` and are older than `before` (their writer was killed); returns how many."""
        stray = [name for name in self.older(before) if name not in known]
        for name in stray:
            self._anywhere(name).unlink(missing_ok=True)
        return len(stray)

    def copy_to(self, target: Path) -> None:
        """Copy every whole file that is not there yet to `target`; one that is removed meanwhile is left out."""
        for name in self.names():
            copy = target / name[:2] / name
            if name.endswith(HALF_MADE) or copy.exists():
                continue
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                shutil.copy2(self.path(name), copy)
            except FileNotFoundError:
                continue

    def path(self, name: str) -> Path:
        """Where a file lies; raises `ValueError` for what is no name of ours."""
        if not _NAME.fullmatch(name):
            message = "not the name of a sealed file"
            raise ValueError(message)
        return self._anywhere(name)

    def _anywhere(self, name: str) -> Path:
        return self.root / name[:2] / name


def _side_by_side(act: Callable[..., None], *given: Iterable[Any]) -> None:
    """Do it for each; an error of one is raised when all have ended, so that no file appears or goes behind the caller's back."""
    writers = _writers(os.getpid())
    doing = [writers.submit(act, *each) for each in zip(*given, strict=True)]
    wait(doing)
    for done in doing:
        done.result()


@cache
def _writers(process: int) -> ThreadPoolExecutor:  # a fork takes no threads along: each process has its own
    """Threads that wait for the disk; started once, a batch of files takes less time than starting them."""
    return ThreadPoolExecutor(WRITERS, "sealed-files")


def _settle(folder: Path) -> None:
    """A renamed file is safe only when its folder is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
