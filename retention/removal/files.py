"""The files of sealed packages under `ARCHIVE_DIR`: random names, written whole or not at all, ciphertext only."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from foundation.sealed_files import WRITERS, SealedFolder

FOLDER = SealedFolder("ARCHIVE_DIR")
write = FOLDER.write
write_many = FOLDER.write_many
read = FOLDER.read
remove = FOLDER.remove
names = FOLDER.names
remove_stray = FOLDER.remove_stray


def remove_many(names: Sequence[str]) -> None:
    """Take many files away; the disk takes several at once."""
    with ThreadPoolExecutor(WRITERS) as workers:
        list(workers.map(remove, names))
