"""Many files at a time: whole or not at all, and nothing goes on behind the caller's back."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from django.test import override_settings

from foundation.sealed_files import SealedFolder

FOLDER = SealedFolder("ARCHIVE_DIR")


def test_an_error_of_one_file_is_told_when_the_others_are_through(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    one_failed = threading.Event()
    sync = os.fdatasync

    def fails_once(descriptor: int) -> None:
        if not one_failed.is_set():
            one_failed.set()
            raise OSError(28, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(os, "fdatasync", fails_once)
    with override_settings(ARCHIVE_DIR=tmp_path):
        with pytest.raises(OSError, match="No space left"):
            FOLDER.write_many({f"{number:032x}": b"sealed" for number in range(64)})

        assert len([name for name in FOLDER.names() if not name.endswith(".part")]) == 63
        FOLDER.remove_many(f"{number:032x}" for number in range(64))
        assert [name for name in FOLDER.names() if not name.endswith(".part")] == []
