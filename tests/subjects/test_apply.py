"""From checked rows to facts: what applies, what waits, what comes along, what is superseded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from access.context import acting_as
from access.selectors import service_actor
from ingest.models import BufferKey, Extract, QuarantinedRow, SourceRow
from ingest.services.quarantine import raw_text
from ingest.states import ExtractState
from organizations.models import Official, Organization
from organizations.selectors import officials_of
from subjects.identifiers import reveal
from subjects.models import (
    AdmissionFact,
    Associate,
    DepartureFact,
    FilingFact,
    IdentifierFact,
    IdentityLink,
    Judgement,
    NameFact,
    StatusFact,
    Subject,
)
from tests.factories.drops import AS_OF, NOW, adis, figures, filing, load, overstay, school, student

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[None]:
    """A store of this test's own, and the sight of the system for what it looks at."""
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


def standing(model: Any, **where: object) -> list:
    return list(model.objects.filter(superseded_at=None, retracted_at=None, **where))


def test_a_flagged_row_makes_a_subject_with_its_facts(tmp_path: Path) -> None:
    extract = load(tmp_path, [overstay()])

    subject = Subject.objects.get()
    assert figures(extract) == (1, 0, 0, 0)
    assert (subject.family_name, subject.given_name, str(subject.date_of_birth)) == ("EXAMPLE", "ANA MARIA", "1991-02-17")
    assert subject.name_key == "example ana maria"
    assert subject.touched_at == NOW
    assert subject.identity_strength == "strong"
    assert AdmissionFact.objects.get().subject == subject
    assert {reveal(fact) for fact in IdentifierFact.objects.all()} == {"999000123X4", "ZZ0001234"}
    assert IdentityLink.objects.get().decision == "new"


def test_a_row_that_flags_nobody_waits_in_the_buffer_and_makes_no_subject(tmp_path: Path) -> None:
    extract = load(tmp_path, [adis()])

    row = SourceRow.objects.get()
    assert figures(extract) == (0, 0, 1, 0)
    assert not Subject.objects.exists()
    assert row.state == "buffered"
    assert row.buffered_until == (AS_OF + timedelta(days=180)).date()


def test_what_waits_becomes_fact_when_its_person_becomes_known(tmp_path: Path) -> None:
    waiting = load(tmp_path, [filing()], source="claims3")
    load(tmp_path, [overstay()])

    waiting.refresh_from_db()
    assert figures(waiting) == (1, 0, 0, 0)
    assert FilingFact.objects.get().subject == Subject.objects.get()
    assert SourceRow.objects.filter(state="buffered").count() == 0


def test_a_number_learnt_from_a_row_pulls_further_rows_out_of_the_buffer(tmp_path: Path) -> None:
    by_a_number = filing("SIM2611200777", admission_number="", a_number="A900000123")
    load(tmp_path, [by_a_number], source="claims3", name="first")
    load(tmp_path, [filing(a_number="A900000123")], source="claims3", name="second")
    load(tmp_path, [overstay()])

    assert FilingFact.objects.count() == 2
    assert Subject.objects.count() == 1


def test_a_later_row_of_a_record_supersedes_what_changed_and_keeps_what_did_not(tmp_path: Path) -> None:
    load(tmp_path, [overstay()])
    extract = load(tmp_path, [overstay(departure_date="2026-09-20", departure_evidence="M")], as_of=AS_OF + WEEK, now=NOW + WEEK)

    assert figures(extract) == (1, 0, 0, 0)
    assert len(standing(DepartureFact)) == 1
    assert AdmissionFact.objects.count() == 1
    assert NameFact.objects.count() == 1
    assert Subject.objects.get().touched_at == NOW + WEEK


def test_a_changed_fact_stands_in_the_place_of_the_old_one_and_both_are_kept(tmp_path: Path) -> None:
    load(tmp_path, [overstay()])
    load(tmp_path, [overstay(admit_until="2026-10-15")], as_of=AS_OF + WEEK, now=NOW + WEEK)

    old, new = AdmissionFact.objects.order_by("id")
    assert (old.superseded_at, str(old.admit_until)) == (NOW + WEEK, "2026-10-01")
    assert (new.superseded_at, str(new.admit_until)) == (None, "2026-10-15")


def test_what_could_not_be_read_stays_with_the_row_and_is_counted_once(tmp_path: Path) -> None:
    load(tmp_path, [overstay()])
    extract = load(tmp_path, [filing(status="rfe", a_number="12")], source="claims3", as_of=AS_OF + WEEK, now=NOW + WEEK)

    (row,) = SourceRow.objects.exclude(remarks="")
    assert extract.rows_remarked == 1
    assert "Status rfe" in row.remarks
    assert len(row.remarks.splitlines()) == 2
    assert FilingFact.objects.get().status == "unknown"


def test_a_row_that_waited_is_remarked_when_it_becomes_facts(tmp_path: Path) -> None:
    waits = load(tmp_path, [filing(status="rfe")], source="claims3")
    assert waits.rows_remarked == 0

    load(tmp_path, [overstay()], as_of=AS_OF + WEEK, now=NOW + WEEK)

    waits.refresh_from_db()
    assert waits.rows_remarked == 1


def test_an_equal_row_in_a_later_extract_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path, [overstay()])
    extract = load(tmp_path, [overstay()], as_of=AS_OF + WEEK, now=NOW + WEEK)

    assert figures(extract) == (0, 1, 0, 0)
    assert NameFact.objects.count() == 1
    assert Subject.objects.get().touched_at == NOW
    assert SourceRow.objects.get().restated_in == extract


def test_a_row_that_waits_is_looked_at_again_when_the_same_words_now_flag_the_person(tmp_path: Path) -> None:
    before, after = datetime(2026, 9, 20, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC)
    row = adis(admit_until="2026-10-01")
    load(tmp_path, [row], as_of=before)
    extract = load(tmp_path, [row], as_of=after)

    assert figures(extract) == (1, 0, 0, 0)
    assert Subject.objects.count() == 1
    assert [row.state for row in SourceRow.objects.order_by("id")] == ["buffered", "applied"]
    assert not BufferKey.objects.exists()


def test_an_older_extract_that_comes_late_adds_history_and_changes_nothing_that_stands(tmp_path: Path) -> None:
    load(tmp_path, [overstay(admit_until="2026-10-15")])
    load(tmp_path, [overstay()], as_of=AS_OF - WEEK, now=NOW + WEEK)

    assert [str(fact.admit_until) for fact in standing(AdmissionFact)] == ["2026-10-15"]
    assert AdmissionFact.objects.count() == 2


def test_an_older_row_of_nobody_is_not_kept(tmp_path: Path) -> None:
    load(tmp_path, [adis(given_name="ANA")])
    extract = load(tmp_path, [overstay()], as_of=AS_OF - WEEK)

    assert figures(extract) == (0, 1, 0, 0)
    assert not Subject.objects.exists()
    assert SourceRow.objects.count() == 1


def test_a_newer_row_takes_the_place_of_the_one_that_waits(tmp_path: Path) -> None:
    load(tmp_path, [adis()])
    load(tmp_path, [adis(given_name="ANA")], as_of=AS_OF + WEEK)

    assert [row.extract.as_of for row in SourceRow.objects.order_by("id")] == [AS_OF, AS_OF + WEEK]
    assert {key.source_row.extract.as_of for key in BufferKey.objects.select_related("source_row__extract")} == {AS_OF + WEEK}


def test_of_two_rows_of_one_record_in_an_extract_the_last_counts(tmp_path: Path) -> None:
    extract = load(tmp_path, [overstay(), overstay(admit_until="2026-10-15")])

    assert figures(extract) == (2, 0, 0, 0)
    assert [str(fact.admit_until) for fact in standing(AdmissionFact)] == ["2026-10-15"]


def test_a_bad_row_waits_in_quarantine_with_its_words_and_the_rest_goes_on(tmp_path: Path) -> None:
    extract = load(tmp_path, [overstay("R1", arrival_date="2 April"), overstay("R2")])

    row = QuarantinedRow.objects.get()
    assert figures(extract) == (1, 0, 0, 1)
    assert (row.line, row.column) == (2, "arrival_date")
    assert "YYYY-MM-DD" in row.reason
    assert raw_text(row).startswith("R1,A,")


def test_the_figures_of_an_applied_extract_add_up_in_the_database(tmp_path: Path) -> None:
    stranger = adis("R2", admission_number="999000777X4", passport_number="", family_name="STRANGER", date_of_birth="1950-01-01")
    extract = load(tmp_path, [overstay("R1"), stranger, overstay("R3", arrival_date="x")])

    assert extract.state == ExtractState.APPLIED
    assert figures(extract) == (1, 0, 1, 1)


def test_parts_add_up_to_the_extract(tmp_path: Path, settings: Settings) -> None:
    settings.EXTRACT_PART_ROWS = 2
    rows = [
        overstay(f"R{n}", admission_number=f"99900{n:04}X4", passport_number=f"ZZ000{n:04}", date_of_birth=f"19{60 + n}-0{n + 1}-1{n}")
        for n in range(7)
    ]
    extract = load(tmp_path, rows)

    assert extract.parts.count() == 4
    assert sum(part.rows_applied for part in extract.parts.all()) == extract.rows_applied == 7
    assert Subject.objects.count() == 7


def test_one_person_in_two_parts_is_one_subject(tmp_path: Path, settings: Settings) -> None:
    settings.EXTRACT_PART_ROWS = 1
    load(tmp_path, [overstay("R1"), overstay("R2", admission_number="999000555X4", arrival_date="2025-04-02", admit_until="2025-09-01")])

    assert Subject.objects.count() == 1
    assert AdmissionFact.objects.count() == 2


def test_a_shared_number_with_another_birth_date_is_a_doubt_and_no_merge(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    load(
        tmp_path,
        [overstay("R2", admission_number="999000555X4", family_name="OTHER", given_name="BEN", date_of_birth="1965-07-30")],
        as_of=AS_OF + WEEK,
    )

    assert Subject.objects.count() == 2
    doubt = Judgement.objects.get()
    assert doubt.verdict == ""
    assert doubt.explanation["numbers"] == ["passport"]
    assert "1965" not in str(doubt.explanation)


def test_an_unflagged_row_with_a_contradicting_birth_date_stays_in_the_buffer(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    extract = load(tmp_path, [filing(family_name="OTHER", given_name="BEN", date_of_birth="1965-07-30")], source="claims3")

    assert figures(extract) == (0, 0, 1, 0)
    assert not FilingFact.objects.exists()


def test_a_departure_without_numbers_finds_its_person_by_name_and_birth_date(tmp_path: Path) -> None:
    load(tmp_path, [overstay()])
    departure = {
        "record_id": "D1",
        "record_type": "D",
        "departure_date": "2026-09-28",
        "family_name": "EXAMPEL",
        "given_name": "ANA MARIA",
        "date_of_birth": "1991-02-17",
        "citizenship": "689",
    }
    load(tmp_path, [departure], as_of=AS_OF + WEEK)

    assert DepartureFact.objects.get().subject == Subject.objects.get()
    link = IdentityLink.objects.get(decision="scored")
    assert link.weight > 6
    assert link.explanation["fields"]["family name"]["level"] == "close"


def test_a_namesake_with_another_birth_date_is_another_person(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    load(
        tmp_path,
        [overstay("R2", admission_number="999000555X4", passport_number="ZZ0005555", date_of_birth="1975-08-01")],
        as_of=AS_OF + WEEK,
    )

    assert Subject.objects.count() == 2
    assert not Judgement.objects.exists()


def test_a_school_becomes_a_record_when_a_student_names_it_and_is_described_from_the_buffer(tmp_path: Path) -> None:
    schools = load(tmp_path, [school(), school(code="SIM214F00000002", name="Unnamed College")], source="sevis_schools")
    assert figures(schools) == (0, 0, 2, 0)
    assert not Organization.objects.exists()

    load(tmp_path, [student()], source="sevis")

    organization = Organization.objects.get()
    assert organization.name == "Specimen College"
    assert StatusFact.objects.get().organization == organization
    schools.refresh_from_db()
    assert figures(schools) == (1, 0, 1, 0)


def test_an_official_whom_the_school_names_no_more_is_one_no_more(tmp_path: Path) -> None:
    ruth, joan = [{"role": "dso", "family_name": name, "given_name": "X"} for name in ("RUTH", "JOAN")]
    load(tmp_path, [student()], source="sevis")
    load(tmp_path, [school(officials=json.dumps([ruth, joan]))], source="sevis_schools")
    load(tmp_path, [school(officials=json.dumps([joan]))], source="sevis_schools", as_of=AS_OF + WEEK)
    load(tmp_path, [school(officials=json.dumps([ruth]))], source="sevis_schools", as_of=AS_OF - WEEK)

    assert [each.family_name for each in officials_of(Organization.objects.get())] == ["JOAN"]
    assert Official.objects.count() == 2


def test_an_associate_is_corrected_and_goes_as_the_record_says(tmp_path: Path) -> None:
    ben, eva = [{"family_name": "EXAMPLE", "given_name": name, "relation": "child"} for name in ("BEN", "EVA")]
    load(tmp_path, [student(dependents=json.dumps([ben | {"date_of_birth": "2015-01-01"}, eva]))], source="sevis")
    load(tmp_path, [student(dependents=json.dumps([ben | {"date_of_birth": "2015-10-01"}]))], source="sevis", as_of=AS_OF + WEEK)

    (here,) = Associate.objects.filter(retracted_at=None)
    assert (here.given_name, str(here.date_of_birth)) == ("BEN", "2015-10-01")


def test_a_student_and_a_visitor_with_one_number_are_one_person(tmp_path: Path) -> None:
    load(tmp_path, [overstay()])
    load(tmp_path, [student(admission_number="999000123X4", practical_training="opt", employer_name="Specimen Works")], source="sevis")

    assert Subject.objects.count() == 1
    assert Associate.objects.get().organization_name == "Specimen Works"
    assert Organization.objects.filter(kind="employer").count() == 1


def test_an_amount_that_no_column_holds_does_not_stop_its_part(tmp_path: Path) -> None:
    extract = load(tmp_path, [student(funding_usd="9" * 30), student("N9900000777", family_name="OTHER")], source="sevis")

    assert extract.state == ExtractState.APPLIED
    assert sum(figures(extract)) == 2


def test_nothing_is_left_over_when_the_work_is_done_again(tmp_path: Path) -> None:
    rows = [overstay("R1"), adis("R2", admission_number="999000777X4", passport_number="ZZ0007777", family_name="QUIET")]
    load(tmp_path, rows)
    before = _rows_of_everything()

    load(tmp_path, rows)

    assert _rows_of_everything() == before


def _rows_of_everything() -> dict[str, int]:
    models = (Subject, NameFact, AdmissionFact, IdentifierFact, IdentityLink, SourceRow, Extract)
    return {model.__name__: model.objects.count() for model in models}


def test_a_worker_without_a_context_writes_nothing(tmp_path: Path) -> None:
    load(tmp_path, [overstay()])
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadtrac.context', '', true)")

    assert Subject.objects.count() == 0
    assert SourceRow.objects.filter(state="applied").update(buffered_until=None) == 0
