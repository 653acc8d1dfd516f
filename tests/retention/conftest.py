"""The archive's files of a test lie in a folder of its own; its 25 years are the demonstration's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings


@pytest.fixture(autouse=True)
def archive_folder(tmp_path: Path) -> Iterator[Path]:
    """Where packages, and the ledger of destruction, go."""
    folders = {f"{name.upper()}_DIR": tmp_path / name for name in ("archive", "attachment", "checkpoint")}
    with override_settings(DEMO=True, **folders):
        yield tmp_path / "archive"
