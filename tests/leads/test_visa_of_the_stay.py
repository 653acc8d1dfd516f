"""A revoked visa counts against the stay that rests on it, from the rows of the sources to the verdict."""

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


def revocation(visa: str) -> dict[str, str]:
    """A CCD row: a visa of the person, revoked in the country."""
    return {
        "control_number": "20269990000123",
        "visa_foil": visa,
        "visa_class": "B1/B2",
        "action": "revoked",
        "action_on": "2026-06-01",
        "family_name": "EXAMPLE",
        "given_name": "ANA MARIA",
        "date_of_birth": "1991-02-17",
        "passport_number": "ZZ0001234",
        "passport_country": "UTO",
    }


@pytest.mark.parametrize(("revoked", "outcome"), [("X0000123", Outcome.STANDS), ("X0000999", Outcome.HELD)])
def test_a_revoked_visa_on_which_nobody_was_admitted_holds(tmp_path: Path, settings: Any, revoked: str, outcome: Outcome) -> None:
    settings.DROP_DIR = tmp_path / "store"
    with acting_as(service_actor("ingest")):
        load(tmp_path, [overstay(visa_foil="X0000123")])
        load(tmp_path, [revocation(revoked)], source="ccd")
        verdicts = judge(snapshot_of(Subject.objects.get())).evaluation.verdicts

    assert [each.outcome for each in verdicts if each.rule_id == "visa-revoked"] == [outcome]
