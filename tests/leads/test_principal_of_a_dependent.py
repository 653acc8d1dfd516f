"""A dependent is judged by the record of the principal, from the rows of the source to the verdict."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from access.context import acting_as
from access.selectors import service_actor
from leads.judging import judge
from leads.snapshots import snapshot_of
from subjects.models import Subject
from subjects.services.protect import protect
from tests.factories.drops import AS_OF, NOW, load, student

pytestmark = pytest.mark.django_db
PRINCIPAL, DEPENDENT = "N9900000123", "N9900000777"
ENDED = {"status": "terminated", "status_effective_on": "2026-09-01", "program_start": "2025-08-20", "program_end": "2027-06-01"}


def family(tmp_path: Path, reason: str) -> Subject:
    """A student whose record ended for a reason, and, returned, the spouse whose record ended with it."""
    wife = {"family_name": "SPECIMEN", "given_name": "ASHA", "date_of_birth": "1994-05-05", "passport_number": "ZZ0008888"}
    rows = [
        student(PRINCIPAL, reason_code=reason, **ENDED),
        student(DEPENDENT, record_type="D", class_of_admission="F2", reason_code="06", principal_sevis_id=PRINCIPAL, **ENDED, **wife),
    ]
    load(tmp_path, rows, source="sevis")
    return Subject.objects.get(family_name="SPECIMEN")


def outcome_of(dependent: Subject) -> str:
    verdicts = judge(snapshot_of(dependent)).evaluation.verdicts
    return next(each.outcome.value for each in verdicts if each.rule_id == "dependent")


@pytest.mark.parametrize(("reason", "outcome"), [("03", "stands"), ("12", "review"), ("20", "review"), ("25", "review")])
def test_a_dependent_follows_the_reason_of_the_principal(tmp_path: Path, settings: Any, reason: str, outcome: str) -> None:
    settings.DROP_DIR = tmp_path / "store"
    with acting_as(service_actor("ingest")):
        assert outcome_of(family(tmp_path, reason)) == outcome


def test_a_principal_whom_not_everybody_sees_tells_nothing(tmp_path: Path, settings: Any) -> None:
    settings.DROP_DIR = tmp_path / "store"
    with acting_as(service_actor("ingest")):
        dependent = family(tmp_path, "03")
        protect([Subject.objects.exclude(pk=dependent.pk).get().pk])
        assert outcome_of(dependent) == "review"


def test_a_new_row_of_the_principal_has_the_dependent_judged_again(tmp_path: Path, settings: Any) -> None:
    settings.DROP_DIR = tmp_path / "store"
    with acting_as(service_actor("ingest")):
        dependent = family(tmp_path, "03")
        Subject.objects.filter(pk=dependent.pk).update(touched_at=NOW - timedelta(days=1))
        corrected = ENDED | {"status": "active", "status_effective_on": "2026-09-10"}
        load(tmp_path, [student(PRINCIPAL, reason_code="", **corrected)], source="sevis", as_of=AS_OF + timedelta(days=7))
        dependent.refresh_from_db()
        assert dependent.touched_at == NOW
        assert outcome_of(dependent) != "stands"
