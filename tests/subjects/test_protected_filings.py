"""A protected filing takes its person, and whatever comes later of them, into the compartment."""

from __future__ import annotations

from pathlib import Path

import pytest

from access.context import acting_as
from audit.acts import Act
from audit.models import Event
from ingest.models import SourceRow
from subjects.models import AdmissionFact, FilingFact, NameFact, Subject
from tests.factories.drops import AS_OF, adis, filing, load, overstay
from tests.factories.people import person
from tests.subjects.test_take_back import WEEK, sight  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db


def test_a_protected_filing_moves_its_person_into_the_compartment(tmp_path: Path) -> None:
    load(tmp_path, [overstay()])
    load(tmp_path, [filing(form="I-360", basis="vawa")], source="claims3")
    analyst, cleared = person("ana", "analyst"), person("cleo", "analyst", cleared_for="protected-person")

    with acting_as(analyst):
        assert not Subject.objects.exists()
        assert not NameFact.objects.exists()
        assert not FilingFact.objects.exists()
        assert not SourceRow.objects.exists()
    with acting_as(cleared):
        assert Subject.objects.count() == 1
        assert FilingFact.objects.count() == 1
    assert Event.objects.filter(act=Act.PROTECTED).count() == 1


def test_a_protected_filing_that_waits_is_out_of_sight_too(tmp_path: Path) -> None:
    load(tmp_path, [filing(form="I-360", basis="vawa")], source="claims3")

    with acting_as(person("ana", "analyst")):
        assert not SourceRow.objects.exists()
    assert SourceRow.objects.count() == 1


def test_later_facts_of_a_protected_person_stay_in_the_compartment(tmp_path: Path) -> None:
    load(tmp_path, [overstay()])
    load(tmp_path, [filing(form="I-360", basis="vawa")], source="claims3")
    load(tmp_path, [overstay("R9", arrival_date="2025-01-01", admit_until="2025-03-01")], as_of=AS_OF + WEEK)

    with acting_as(person("ana", "analyst")):
        assert not AdmissionFact.objects.exists()
        assert not SourceRow.objects.exists()
    assert AdmissionFact.objects.count() == 2


def test_what_waited_for_a_protected_person_leaves_the_buffer_into_the_compartment(tmp_path: Path) -> None:
    load(tmp_path, [filing(form="I-360", basis="vawa")], source="claims3")
    load(tmp_path, [adis("R2", admission_number="999000777X4", fin="9900000123")], name="waits")
    load(tmp_path, [overstay("R1", fin="9900000123")], as_of=AS_OF + WEEK)

    with acting_as(person("ana", "analyst")):
        assert not Subject.objects.exists()
        assert not SourceRow.objects.exists()
    assert SourceRow.objects.filter(state="applied").count() == 3
