"""The files of sealed packages under `ARCHIVE_DIR`: random names, written whole or not at all, ciphertext only."""

from __future__ import annotations

from foundation.sealed_files import SealedFolder

FOLDER = SealedFolder("ARCHIVE_DIR")
write = FOLDER.write
write_many = FOLDER.write_many
read = FOLDER.read
remove = FOLDER.remove
remove_many = FOLDER.remove_many
names = FOLDER.names
remove_stray = FOLDER.remove_stray
