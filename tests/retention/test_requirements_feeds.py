"""A feed goes on after a record is gone (records management requirement R30): extracts received, applied and judged as ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from access.context import acting_as
from access.selectors import service_actor
from ingest.models import Extract, SourceRow
from leads.models import Lead
from leads.services.evaluation import evaluate_subjects
from retention.models import Suppression, Tombstone
from retention.services.upkeep import forget_suppressions
from subjects.models import Subject
from tests.factories.drops import AS_OF, NOW, adis, figures, load, overstay, student
from tests.factories.records import Officers, finished_run, rewritten, twenty_five_years
from tests.leads.test_legacy import entry, export

pytestmark = pytest.mark.usefixtures("world")
WEEK = timedelta(days=7)
ARCHIVED_ON, DESTROYED_ON = date(2046, 11, 24), date(2051, 11, 24)  # twenty and twenty-five years on, and a day
LATER = datetime(2051, 12, 1, tzinfo=UTC)
AFTER_ALL = datetime(2057, 1, 1, tzinfo=UTC)
STRANGER = {"school_code": "SIM214F00000001", "sevis_id": "N9900000777", "date_of_birth": "1990-05-05", "family_name": "SAMPLE"}


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Settings) -> Iterator[None]:
    """A store of this test's own."""
    settings.DROP_DIR = tmp_path / "store"
    yield


def judge(now: datetime) -> None:
    """Judge everybody, as the nightly work does."""
    service = service_actor("leads")
    with acting_as(service):
        everybody = list(Subject.objects.values_list("pk", flat=True))
    evaluate_subjects(actor=service, subject_ids=everybody, now=now)


def feed(folder: Path, *rows: dict[str, str], at: datetime = AS_OF, source: str = "adis") -> Extract:
    """A full extract of a source, loaded and judged."""
    folder.mkdir(exist_ok=True)
    with acting_as(service_actor("ingest")):
        extract = load(folder, rows, source=source, as_of=at, now=max(at, NOW), kind="full", name=f"{source}-{at:%Y%m%d}")
    judge(max(at, NOW))
    return extract


def counts() -> tuple[int, int, int]:
    """Subjects, leads, source rows that are here."""
    with acting_as(service_actor("leads")):
        return Subject.objects.count(), Lead.objects.count(), SourceRow.objects.count()


def departed(**cells: str) -> dict[str, str]:
    """The same person's stay, as ADIS tells it after the departure."""
    return overstay(departure_date="2026-11-20", departure_evidence="M") | cells


def gone(team: Officers, folder: Path) -> None:
    """A student out of status who then left: archived after twenty years, destroyed after twenty-five."""
    feed(folder, student(), source="sevis")
    with acting_as(service_actor("leads")):
        assert Lead.objects.get().state == "queued"
    feed(folder, departed(), at=AS_OF + WEEK)
    with acting_as(service_actor("leads")):
        assert Lead.objects.get().state == "auto_closed"
    finished_run(team, "archive", ARCHIVED_ON)
    rewritten(team)
    finished_run(team, "destroy", DESTROYED_ON)
    with acting_as(service_actor("retention")):
        assert Tombstone.objects.count() == 1
    assert counts() == (0, 0, 0)


@pytest.mark.requirement("R30")
def test_r30_full_extracts_that_repeat_the_rows_of_a_destroyed_record_make_nothing(tmp_path: Path) -> None:
    gone(twenty_five_years(), tmp_path)

    sevis = feed(tmp_path / "sevis", student(), at=LATER, source="sevis")
    adis_again = feed(tmp_path / "adis", departed(), at=LATER + WEEK)

    assert (figures(sevis), figures(adis_again)) == ((0, 1, 0, 0), (0, 1, 0, 0))
    assert counts() == (0, 0, 0)


@pytest.mark.requirement("R30")
def test_r30_a_new_stay_of_the_same_person_makes_a_new_lead_and_brings_nothing_back(tmp_path: Path) -> None:
    gone(twenty_five_years(), tmp_path)
    travel = student("N9900000999", status_effective_on="2051-09-01", program_start="2050-09-01", program_end="2054-06-01")

    extract = feed(tmp_path / "again", student(), travel, at=LATER, source="sevis")

    assert figures(extract) == (1, 1, 0, 0)
    assert counts() == (1, 1, 1)
    with acting_as(service_actor("leads")):
        assert Lead.objects.get().record_created_on == LATER.date()
        assert not Subject.objects.get().admissionfacts.exists()


@pytest.mark.requirement("R30")
def test_r30_a_stranger_beside_a_suppressed_row_is_taken(tmp_path: Path) -> None:
    gone(twenty_five_years(), tmp_path)

    extract = feed(tmp_path / "again", student(), student(**STRANGER), at=LATER, source="sevis")

    assert figures(extract) == (1, 1, 0, 0)
    with acting_as(service_actor("leads")):
        assert Subject.objects.get().family_name == "SAMPLE"


@pytest.mark.requirement("R30")
def test_r30_a_suppression_ends_five_years_after_the_day_of_destruction_and_not_before(tmp_path: Path) -> None:
    gone(twenty_five_years(), tmp_path)
    with acting_as(service_actor("retention")):
        assert {each.expires_on for each in Suppression.objects.all()} == {date(2056, 11, 23)}
        assert forget_suppressions(now=datetime(2056, 11, 23, 12, tzinfo=UTC)) == 0
        assert forget_suppressions(now=AFTER_ALL) == 2

    extract = feed(tmp_path / "again", student(), at=AFTER_ALL, source="sevis")

    assert figures(extract) == (1, 0, 0, 0)
    assert counts() == (1, 1, 1)


@pytest.mark.requirement("R30")
def test_r30_a_row_that_waited_in_the_buffer_is_not_mistaken_for_one_of_a_destroyed_record(tmp_path: Path) -> None:
    gone(twenty_five_years(), tmp_path)
    stranger = adis("R9", admission_number="999000555X4", passport_number="ZZ0009999", family_name="STRANGER", date_of_birth="1970-01-01")

    extract = feed(tmp_path / "again", stranger | {"admit_until": "2052-05-01", "arrival_date": "2051-11-02"}, at=LATER)

    assert figures(extract) == (0, 0, 1, 0)


@pytest.mark.requirement("R30")
def test_r30_a_legacy_record_that_was_archived_or_destroyed_is_not_migrated_again(tmp_path: Path) -> None:
    team = twenty_five_years()
    closed = {"closed_on": "2005-01-10", "closed_reason": "departed"}
    path = export(
        tmp_path,
        entry("LT-1", **closed, created_on="2001-02-01"),
        entry("LT-2", **closed),
        entry("LT-3"),
        entry("LT-4", created_on="2020-01-01"),
    )
    call_command("migrate_legacy", path)
    finished_run(team, "archive")
    rewritten(team)
    finished_run(team, "destroy")

    call_command("migrate_legacy", path)

    with acting_as(service_actor("leads")):
        assert set(Lead.objects.values_list("legacy_number", flat=True)) == {"LT-3", "LT-4"}
        assert Tombstone.objects.count() == 1
