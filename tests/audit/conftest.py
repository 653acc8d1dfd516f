"""A published log of this test's own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from access.context import acting_as
from access.selectors import service_actor
from audit.log.publishing import publish
from audit.log.sealing import seal_batch

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """Where checkpoints go: a folder of this test's own."""
    settings.CHECKPOINT_DIR = tmp_path / "first"
    settings.SECOND_CHECKPOINT_DIR = str(tmp_path / "second")
    return tmp_path / "first"


def seal_and_publish(now: datetime = NOW, batch: int = 10_000) -> int:
    """What the task does: seal everything that waits, then publish."""
    auditor = service_actor("audit")
    total = 0
    while True:
        with acting_as(auditor):
            sealed = seal_batch(now=now, batch=batch)
        total += sealed
        if sealed == 0:
            break
    with acting_as(auditor):
        publish()
    return total
