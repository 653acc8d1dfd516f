"""`manage.py score` on a small world that went through the real services."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from access.context import acting_as
from access.selectors import service_actor
from ingest.services.receive import receive_directory
from ingest.simulator.world import simulate
from subjects.services.drain import drain

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.slow
def test_the_command_prints_precision_and_recall_of_leads_and_identities(world: str, tmp_path: Path) -> None:
    simulate(people=60, days=60, seed=4, out=tmp_path, every_days=60)
    actor = service_actor("ingest")
    with acting_as(actor):
        receive_directory(actor=actor, directory=tmp_path, now=NOW, apply=True)
    drain(now=NOW)
    out = StringIO()
    call_command("score", truth=tmp_path / "truth.jsonl.gz", judge=True, situations=True, stdout=out)
    text = out.getvalue()
    by_rule = next(line.split() for line in text.splitlines() if line.startswith("f1-terminated"))
    assert 0.5 < float(by_rule[4]) <= 1.0  # recall
    assert 0.5 < float(by_rule[3]) <= 1.0  # precision
    assert "Found, with an open lead or waiting for evidence:" in text
    table = text.split("by rule (the naive rule in brackets)")[1].splitlines()
    settled = next(line.split() for line in table if line.startswith("overstay-dated"))[-3]
    assert 0 < float(settled) < 1000  # of 1,000 suspicions, answered by evidence
    assert "Pairs of records: precision" in text
    by_source = text.split("Open leads by source that the suspicion rests on:")[1].split("Open leads by kind of noise:")[0]
    assert {line.split()[0] for line in by_source.splitlines() if line[:1].isalpha()} >= {"adis", "sevis"}
    assert "Links by noise on the person" in text
    assert "EXAMPLE" not in text  # counts only, no names


def test_a_world_that_was_never_received_is_said_to_be_unknown(world: str, tmp_path: Path) -> None:
    simulate(people=0, days=10, seed=4, out=tmp_path, every_days=10)
    with pytest.raises(CommandError, match="receive and apply"):
        call_command("score", truth=tmp_path / "truth.jsonl.gz", stdout=StringIO())


def test_a_missing_truth_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no file"):
        call_command("score", truth=tmp_path / "nowhere.gz")
