"""Taking back, trying out, repairing: what moves and what stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from foundation.errors import Conflict, InvalidInput
from ingest.models import Extract, QuarantinedRow, SourceRow
from ingest.services.expire import expire_buffer, expire_drop_files, expire_quarantine
from ingest.services.quarantine import raw_text, repair
from ingest.services.requests import request_apply, request_preview, request_unimport
from ingest.states import ExtractState
from leads.models import Lead
from organizations.models import Organization
from organizations.selectors import officials_of
from subjects.models import AdmissionFact, DepartureFact, EncounterFact, IdentityLink, MatchKey, Subject
from subjects.services.drain import drain
from subjects.services.preview import preview
from subjects.services.wishes import fulfil_next
from tests.factories.drops import AS_OF, NEVER, NOW, adis, figures, filing, load, overstay, receive, school, student, write_drop
from tests.factories.people import person
from tests.factories.possible import left, say, the_question
from tests.pages import counted_queries

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[None]:
    """A store of this test's own, and the sight of the system for what it looks at."""
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


@pytest.fixture
def operator() -> User:
    return person("dora.operator", "data_operator")


def take_back(extract: Extract, *, days: int = 14) -> Extract:
    actor = service_actor("ingest")
    request_unimport(actor=actor, extract=extract, reason="The source sent the wrong file.", now=NOW)
    drain(now=NOW + timedelta(days=days))
    extract.refresh_from_db()
    return extract


def standing_ends() -> list[str]:
    return [str(fact.admit_until) for fact in AdmissionFact.objects.filter(superseded_at=None, retracted_at=None)]


def test_taking_an_extract_back_retracts_its_facts_and_touches_their_people(tmp_path: Path) -> None:
    extract = take_back(load(tmp_path, [overstay()]))

    assert (extract.state, extract.wanted) == (ExtractState.UNIMPORTED, "")
    assert standing_ends() == []
    assert AdmissionFact.objects.get().retracted_at == NOW + timedelta(days=14)
    assert Subject.objects.get().touched_at == NOW + timedelta(days=14)
    assert IdentityLink.objects.filter(closed_at=None).count() == 1


def test_what_the_extract_had_replaced_stands_again(tmp_path: Path) -> None:
    load(tmp_path, [overstay()])
    take_back(load(tmp_path, [overstay(admit_until="2026-10-15", family_name="EXAMPLO")], as_of=AS_OF + WEEK, now=NOW + WEEK))

    assert standing_ends() == ["2026-10-01"]
    assert Subject.objects.get().family_name == "EXAMPLE"


def test_what_a_later_extract_repeated_word_for_word_stays(tmp_path: Path) -> None:
    first = load(tmp_path, [overstay()])
    load(tmp_path, [overstay()], as_of=AS_OF + WEEK)

    take_back(first)

    assert standing_ends() == ["2026-10-01"]


def test_when_the_later_extract_is_taken_back_too_nothing_stands(tmp_path: Path) -> None:
    first = load(tmp_path, [overstay()])
    second = load(tmp_path, [overstay()], as_of=AS_OF + WEEK)

    take_back(first)
    take_back(second)

    assert standing_ends() == []


def test_of_three_extracts_that_say_the_same_the_second_counts_when_the_third_is_taken_back(tmp_path: Path) -> None:
    first = load(tmp_path, [overstay()])
    load(tmp_path, [overstay()], as_of=AS_OF + WEEK, kind="full")
    third = load(tmp_path, [overstay()], as_of=AS_OF + 2 * WEEK, kind="full")

    take_back(third)
    assert IdentityLink.objects.get().unreported_since is None
    assert standing_ends() == ["2026-10-01"]

    take_back(first)
    assert standing_ends() == ["2026-10-01"]


def test_of_extracts_that_came_in_any_order_each_one_left_counts(tmp_path: Path) -> None:
    third = load(tmp_path, [overstay()], as_of=AS_OF + 2 * WEEK)
    first = load(tmp_path, [overstay()])
    second = load(tmp_path, [overstay()], as_of=AS_OF + WEEK)

    for extract in (third, second):
        take_back(extract)
        assert standing_ends() == ["2026-10-01"]
    take_back(first)
    assert standing_ends() == []


def test_a_late_row_that_was_history_stands_when_the_extract_after_it_is_taken_back(tmp_path: Path) -> None:
    load(tmp_path, [overstay()])
    third = load(tmp_path, [overstay()], as_of=AS_OF + 2 * WEEK)
    load(tmp_path, [overstay(admit_until="2026-10-15")], as_of=AS_OF + WEEK)
    assert standing_ends() == ["2026-10-01"]

    take_back(third)

    assert standing_ends() == ["2026-10-15"]


def test_a_waiting_departure_that_a_bad_extract_replaced_is_known_again_when_that_is_taken_back(tmp_path: Path) -> None:
    gone = {"departure_date": "2026-04-20", "departure_evidence": "B", "passport_number": "", "admission_number": ""}
    first = load(tmp_path, [adis("R2", **gone)], name="first")
    bad = load(tmp_path, [adis("R2", given_name="WRONG", passport_number="", admission_number="")], as_of=AS_OF + WEEK)

    take_back(bad)
    load(tmp_path, [overstay("R1")], as_of=AS_OF + 2 * WEEK)

    first.refresh_from_db()
    assert figures(first) == (1, 0, 0, 0)
    assert [str(fact.departed_on) for fact in DepartureFact.objects.filter(retracted_at=None)] == ["2026-04-20"]


def test_a_waiting_row_that_became_facts_in_a_bad_extract_stands_as_it_was_before(tmp_path: Path) -> None:
    load(tmp_path, [adis(departure_date="2026-04-20", departure_evidence="B")])
    bad = load(tmp_path, [overstay()], as_of=AS_OF + WEEK)
    assert standing_ends() == ["2026-10-01"]

    take_back(bad)

    assert standing_ends() == [NEVER]
    assert [str(fact.departed_on) for fact in DepartureFact.objects.filter(superseded_at=None, retracted_at=None)] == ["2026-04-20"]


def test_a_waiting_row_that_came_twice_is_gone_when_both_extracts_are_taken_back(tmp_path: Path) -> None:
    first = load(tmp_path, [adis()])
    second = load(tmp_path, [adis()], as_of=AS_OF + WEEK)

    take_back(first)
    assert SourceRow.objects.count() == 1
    take_back(second)

    assert not SourceRow.objects.exists()


def test_a_withdrawal_and_an_official_that_were_sent_wrongly_fall_with_their_extract(tmp_path: Path) -> None:
    load(tmp_path, [student()], source="sevis")
    officials = '[{"role": "dso", "family_name": "SAMPLE", "given_name": "JOAN"}]'
    wrong = load(tmp_path, [school(withdrawn_on="2026-09-15", officials=officials)], source="sevis_schools")
    described = Organization.objects.get()
    assert (described.name, str(described.withdrawn_on)) == ("Specimen College", "2026-09-15")

    take_back(wrong)

    described = Organization.objects.get()
    assert (described.name, described.withdrawn_on, officials_of(described)) == ("SIM214F00000001", None, [])
    assert Subject.objects.get().touched_at == NOW + timedelta(days=14)


def test_what_an_older_extract_said_of_a_school_stands_again(tmp_path: Path) -> None:
    load(tmp_path, [student()], source="sevis")
    officials = '[{"role": "dso", "family_name": "SAMPLE", "given_name": "JOAN"}]'
    load(tmp_path, [school(officials=officials)], source="sevis_schools")
    take_back(load(tmp_path, [school(withdrawn_on="2026-09-15")], source="sevis_schools", as_of=AS_OF + WEEK))

    described = Organization.objects.get()
    assert (described.name, described.withdrawn_on) == ("Specimen College", None)
    assert [each.family_name for each in officials_of(described)] == ["SAMPLE"]


def test_an_extract_that_was_taken_back_can_come_again(tmp_path: Path) -> None:
    take_back(load(tmp_path, [overstay()]))
    again = load(tmp_path, [overstay()])

    assert again.state == ExtractState.APPLIED
    assert standing_ends() == ["2026-10-01"]
    assert Subject.objects.count() == 1


def encounter(number: str, passport: str, **cells: str) -> dict[str, str]:
    """An IDENT row of one of two namesakes, whom the passport alone tells apart."""
    about = {"passport_number": passport, "passport_country": "UTO", "family_name": "EXAMPLE", "given_name": "ANA MARIA"}
    return {"encounter_id": number, "fin": number[-4:], "encountered_on": "2026-09-20", "reason": "Exit", **about} | cells


def exits() -> dict[str, int]:
    """In which year the person of each encounter that stands was born."""
    found = EncounterFact.objects.filter(superseded_at=None, retracted_at=None, source="ident")
    return dict(found.values_list("event_number", "subject__date_of_birth__year"))


NAMESAKE = {"admission_number": "999000555X4", "passport_number": "ZZ0005555", "date_of_birth": "1965-07-30"}


def test_the_right_extract_finds_the_right_people_after_a_shifted_one_was_taken_back(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **NAMESAKE)])
    shifted = load(tmp_path, [encounter("E0001", "ZZ0005555"), encounter("E0002", "ZZ0001234")], source="ident")
    assert exits() == {"E0001": 1965, "E0002": 1991}

    take_back(shifted)
    assert not IdentityLink.objects.filter(source="ident", closed_at=None).exists()
    load(tmp_path, [encounter("E0001", "ZZ0001234"), encounter("E0002", "ZZ0005555")], source="ident", as_of=AS_OF + WEEK)

    assert exits() == {"E0001": 1991, "E0002": 1965}


def test_a_record_that_made_a_person_of_others_finds_them_anew(tmp_path: Path) -> None:
    shifted = load(tmp_path, [overstay("R1", **NAMESAKE)])
    load(tmp_path, [encounter("E0002", "ZZ0005555")], source="ident")

    take_back(shifted)
    load(tmp_path, [overstay("R1"), overstay("R2", **NAMESAKE)], as_of=AS_OF + WEEK)

    assert exits() == {"E0002": 1965}
    assert sorted(Subject.objects.values_list("date_of_birth__year", flat=True)) == [1965, 1991]


def test_a_name_that_nobody_states_any_more_finds_nobody(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    wrong = load(tmp_path, [encounter("E0001", "ZZ0001234", family_name="SPECIMEN EXAMPLE", date_of_birth="1991-02-17")], source="ident")
    before = MatchKey.objects.count()

    take_back(wrong)

    assert 0 < MatchKey.objects.count() < before


def test_what_a_person_decided_stays_when_its_extract_is_taken_back(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    extract = load(tmp_path, [left()], as_of=AS_OF + WEEK)
    say(person("ana", "analyst"), the_question(), "same")

    take_back(extract)

    assert IdentityLink.objects.get(decision="judged").closed_at is None


def test_the_lock_of_the_one_writer_is_taken_before_the_extract_is_locked(tmp_path: Path) -> None:
    extract = load(tmp_path, [overstay()])
    request_unimport(actor=service_actor("ingest"), extract=extract, reason="The wrong file.", now=NOW)

    with counted_queries() as queries:
        assert fulfil_next(now=NOW)

    said = [query["sql"] for query in queries]
    first = [next(place for place, each in enumerate(said) if word in each) for word in ("pg_advisory_xact_lock", 'FOR UPDATE OF "ingest')]
    assert first == sorted(first)


def test_an_extract_that_is_not_applied_cannot_be_taken_back(tmp_path: Path) -> None:
    received = receive(write_drop(tmp_path, [overstay()]), apply=False)
    drain(now=NOW)
    assert received.extract is not None

    with pytest.raises(Conflict):
        request_unimport(actor=service_actor("ingest"), extract=received.extract, reason="x", now=NOW)


def test_a_preview_counts_what_would_change_and_changes_nothing(tmp_path: Path) -> None:
    load(tmp_path, [filing()], source="claims3")
    received = receive(write_drop(tmp_path, [overstay("R1"), overstay("R2", arrival_date="x")]), apply=False)
    drain(now=NOW)
    extract = Extract.objects.get(pk=received.extract.pk)
    request_preview(actor=service_actor("ingest"), extract=extract, now=NOW)

    drain(now=NOW)

    extract.refresh_from_db()
    assert extract.preview["subjects created"] == 1
    assert extract.preview["rows out of the buffer"] == 1
    assert extract.preview["quarantined"] == 1
    assert extract.state == ExtractState.CHECKED
    assert not Subject.objects.exists()
    assert SourceRow.objects.get().state == "buffered"


def test_a_preview_says_what_would_become_of_leads_and_opens_none(tmp_path: Path) -> None:
    load(tmp_path, [filing(received_on="2026-10-20")], source="claims3")  # too late to help R1, but it shows the person here
    rows = [overstay("R1"), overstay("R2", admission_number="999000888X4", passport_number="ZZ0008888", date_of_birth="1970-05-05")]
    received = receive(write_drop(tmp_path, rows), apply=False)
    drain(now=NOW)

    found = preview(extract=Extract.objects.get(pk=received.extract.pk), actor=service_actor("ingest"), now=NOW).figures

    assert (found["subjects created"], found["leads opened"]) == (2, 1)
    assert not Subject.objects.exists()
    with acting_as(service_actor("leads")):
        assert not Lead.objects.exists()


def test_applying_what_was_previewed_gives_the_same_figures(tmp_path: Path, operator: User) -> None:
    received = receive(write_drop(tmp_path, [overstay("R1"), adis("R2", admission_number="", passport_number="")]), apply=False)
    drain(now=NOW)
    extract = Extract.objects.get(pk=received.extract.pk)
    foreseen = preview(extract=extract, actor=service_actor("ingest"), now=NOW).figures

    request_apply(actor=service_actor("ingest"), extract=extract, now=NOW)
    drain(now=NOW)

    extract.refresh_from_db()
    assert figures(extract) == (foreseen["applied"], foreseen["unchanged"], foreseen["waiting in the buffer"], foreseen["quarantined"])


def test_a_repaired_row_goes_the_way_of_every_other_row(tmp_path: Path) -> None:
    extract = load(tmp_path, [overstay(arrival_date="2 April 2026")])
    row = QuarantinedRow.objects.get()

    repair(actor=service_actor("ingest"), row=row, text=raw_text(row).replace("2 April 2026", "2026-04-02"), now=NOW)
    drain(now=NOW)

    row.refresh_from_db()
    extract.refresh_from_db()
    assert row.outcome == "applied"
    assert figures(extract) == (1, 0, 0, 0)
    assert str(AdmissionFact.objects.get().arrived_on) == "2026-04-02"


def test_a_row_that_is_still_wrong_is_refused_with_the_column(tmp_path: Path) -> None:
    load(tmp_path, [overstay(arrival_date="2 April 2026")])
    row = QuarantinedRow.objects.get()

    with pytest.raises(InvalidInput) as refused:
        repair(actor=service_actor("ingest"), row=row, text=raw_text(row), now=NOW)

    assert refused.value.field == "arrival_date"


def test_the_buffer_is_emptied_when_its_time_is_over_and_the_count_stays(tmp_path: Path) -> None:
    extract = load(tmp_path, [adis()])

    kept, gone = expire_buffer(now=AS_OF + timedelta(days=180)), expire_buffer(now=AS_OF + timedelta(days=181))

    extract.refresh_from_db()
    assert (kept, gone) == (0, 1)
    assert not SourceRow.objects.exists()
    assert figures(extract) == (0, 0, 1, 0)


def test_quarantined_rows_go_when_their_time_is_over(tmp_path: Path) -> None:
    load(tmp_path, [overstay(arrival_date="x")])
    recorded = QuarantinedRow.objects.get().recorded_at

    kept, gone = expire_quarantine(now=recorded + timedelta(days=89)), expire_quarantine(now=recorded + timedelta(days=91))

    assert (kept, gone) == (0, 1)


def test_drop_files_go_a_month_after_their_rows_were_applied(tmp_path: Path, settings: Settings) -> None:
    load(tmp_path, [overstay()])

    kept = expire_drop_files(now=NOW + timedelta(days=29))
    gone = expire_drop_files(now=NOW + timedelta(days=60))  # the file itself was written today, by the clock of the disk

    assert (kept, gone) == (0, 1)
    assert list(settings.DROP_DIR.iterdir()) == []
