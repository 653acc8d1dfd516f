"""A departure that a carrier reports is held against the passport of the stay, from the rows of the source to the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from access.context import acting_as
from access.selectors import service_actor
from leads.judging import judge
from leads.rules.base import Outcome
from leads.snapshots import snapshot_of
from subjects.models import Subject
from tests.factories.drops import load, overstay

pytestmark = pytest.mark.django_db


def departure(**cells: str) -> dict[str, str]:
    """An ADIS row: the same person on a carrier's manifest with a document number, matched to no arrival."""
    return {
        "record_id": "R2",
        "record_type": "D",
        "departure_date": "2026-09-20",
        "departure_mode": "1",
        "departure_evidence": "M",
        "family_name": "EXAMPLE",
        "given_name": "ANA MARIA",
        "date_of_birth": "1991-02-17",
        "passport_number": "ZZ0001234",
        "passport_country": "UTO",
    } | cells


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, Outcome.REBUTTED),
        ({"passport_number": "ZZ0009999"}, Outcome.STANDS),
        ({"passport_country": ""}, Outcome.REBUTTED),  # who issued it was not said: it is no other passport
    ],
)
def test_a_passport_without_its_state_is_not_another_one(tmp_path: Path, settings: Any, cells: dict[str, str], outcome: Outcome) -> None:
    settings.DROP_DIR = tmp_path / "store"
    with acting_as(service_actor("ingest")):
        load(tmp_path, [overstay(), departure(**cells)])
        verdicts = judge(snapshot_of(Subject.objects.get())).evaluation.verdicts

    assert [each.outcome for each in verdicts if each.rule_id == "overstay-dated"] == [outcome]
