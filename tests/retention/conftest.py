"""The archive's files of a test lie in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings


@pytest.fixture(autouse=True)
def archive_folder(tmp_path: Path) -> Iterator[Path]:
    """Where packages, and the ledger of destruction, go."""
    with override_settings(
        ARCHIVE_DIR=tmp_path / "archive", ATTACHMENT_DIR=tmp_path / "attachments", CHECKPOINT_DIR=tmp_path / "checkpoints"
    ):
        yield tmp_path / "archive"
