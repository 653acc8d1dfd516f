"""Undo of "same": what the record brought is taken back, and the record waits as if it had never left."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from ingest.models import BufferKey, SourceRow
from ingest.services.expire import expire_buffer
from ingest.states import RowState
from subjects.models import Associate, DepartureFact, FilingFact, IdentityLink, PossibleRecord, Subject
from subjects.selectors.possible import open_questions
from subjects.services.judge_record import undo_record
from subjects.services.merge import merge
from tests.factories.drops import AS_OF, adis, figures, filing, load, overstay
from tests.factories.people import person
from tests.factories.possible import LATER, WEEK, departures, left, say, signs, the_question

pytestmark = pytest.mark.django_db
TWIN = {"admission_number": "999000999X1", "passport_number": "ZZ0009999", "date_of_birth": "1991-08-30"}  # of the same name


@pytest.fixture(autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> None:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")


@pytest.fixture
def analyst() -> User:
    return person("ana.lyst", "analyst")


@pytest.fixture
def question(tmp_path: Path) -> PossibleRecord:
    load(tmp_path, [overstay("R1")])
    extract = load(tmp_path, [left()], as_of=AS_OF + WEEK)
    assert figures(extract) == (0, 0, 1, 0)
    return the_question()


def touched(question: PossibleRecord) -> datetime | None:
    with acting_as(service_actor("subjects")):
        return Subject.objects.get(pk=question.subject_id).touched_at


def test_undo_takes_away_what_came_along_and_leaves_what_holds_without_it(tmp_path: Path, analyst: User) -> None:
    numbers = {"passport_number": "ZZ0007771", "passport_country": "UTO"}
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [left(admission_number="999000123X6", **numbers)], as_of=AS_OF + WEEK)
    other = {"family_name": "EXEMPLO", "date_of_birth": "1991"}
    by_passport = filing("SIM2611200124", **other, admission_number="", **numbers)
    by_both = filing("SIM2611200125", **other, admission_number="999000123X6", passport_number="ZZ0008888", passport_country="UTO")
    along = [by_passport, by_both]
    extract = load(tmp_path, along, source="claims3", as_of=AS_OF + 2 * WEEK)
    with acting_as(service_actor("subjects")):
        question = PossibleRecord.objects.get(source="adis")
    say(analyst, question, "same")
    with acting_as(service_actor("subjects")):
        assert FilingFact.objects.filter(subject=question.subject, retracted_at=None).count() == 2
    load(tmp_path, [adis("R3", passport_number="ZZ0008888")], as_of=AS_OF + 3 * WEEK)  # proves the second without the record

    with acting_as(analyst):
        again = undo_record(actor=analyst, question=question, now=LATER)

    extract.refresh_from_db()
    with acting_as(service_actor("subjects")):
        stands = FilingFact.objects.get(retracted_at=None)
        assert stands.source_row is not None
        assert stands.source_row.line == 3
        assert IdentityLink.objects.filter(source="claims3", closed_at=None).count() == 1
    assert figures(extract) == (1, 0, 1, 0)
    assert again.verdict == ""
    assert departures() == []


def test_undo_asks_again_of_everybody_whose_the_record_may_be(tmp_path: Path, analyst: User) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **TWIN)])
    load(tmp_path, [left()], as_of=AS_OF + WEEK)
    with acting_as(service_actor("subjects")):
        mine, other = PossibleRecord.objects.select_related("subject").order_by("subject_id")
        Subject.objects.update(touched_at=AS_OF)
    say(analyst, mine, "same")
    given = signs(other.subject), touched(other)

    with acting_as(service_actor("subjects")):
        Subject.objects.update(touched_at=AS_OF)
    with acting_as(analyst):
        undo_record(actor=analyst, question=mine, now=LATER)

    assert given == (set(), LATER)
    assert (signs(other.subject), touched(other)) == ({("possible_departure", True)}, LATER)


def test_a_record_taken_away_waits_in_the_buffer_as_if_it_had_never_left(tmp_path: Path, analyst: User, question: PossibleRecord) -> None:
    with acting_as(service_actor("subjects")):
        before = SourceRow.objects.get(state=RowState.BUFFERED)
        keys = BufferKey.objects.filter(source_row=before).count()
    say(analyst, question, "same")
    with acting_as(analyst):
        undo_record(actor=analyst, question=question, now=LATER)

    with acting_as(service_actor("subjects")):
        row = SourceRow.objects.get(pk=before.pk)
        assert (row.state, row.buffered_until) == (RowState.BUFFERED, before.buffered_until)
        assert BufferKey.objects.filter(source_row=row).count() == keys > 0
        assert figures(row.extract) == (0, 0, 1, 0)

    with acting_as(service_actor("ingest")):
        assert expire_buffer(now=LATER + timedelta(days=400)) == 1
    with acting_as(service_actor("subjects")):
        kept = DepartureFact.objects.get()  # what was once believed stays, without the row
        assert (kept.retracted_at, kept.source_row_id) == (LATER, None)
        assert not BufferKey.objects.exists()
        assert not open_questions().exists()


def test_a_record_taken_away_after_its_time_waits_a_month_for_whose_it_is(analyst: User, question: PossibleRecord) -> None:
    say(analyst, question, "same")
    long_after = AS_OF + timedelta(days=400)
    with acting_as(analyst):
        undo_record(actor=analyst, question=question, now=long_after)

    with acting_as(service_actor("ingest")):
        assert expire_buffer(now=long_after + timedelta(days=30)) == 0
    say(analyst, the_question(), "same")
    assert departures() == [date(2026, 9, 20)]

    with acting_as(analyst):
        undo_record(actor=analyst, question=PossibleRecord.objects.get(undone_at=None), now=long_after)
    with acting_as(service_actor("ingest")):
        assert expire_buffer(now=long_after + timedelta(days=31)) == 1


def test_an_undo_after_a_merge_leaves_nothing_that_holds_the_row(tmp_path: Path, analyst: User) -> None:
    employer = {"employer_name": "Example Widgets"}
    load(tmp_path, [overstay("R1"), overstay("R2", **TWIN)])
    load(tmp_path, [filing(**employer)], source="claims3", as_of=AS_OF + WEEK)
    told = filing("SIM2611200124", **employer, admission_number="", date_of_birth="1991")
    load(tmp_path, [told], source="claims3", as_of=AS_OF + 2 * WEEK)
    with acting_as(service_actor("subjects")):
        first, other = Subject.objects.order_by("pk")
        question = PossibleRecord.objects.get(subject=other)
    say(analyst, question, "same")
    with acting_as(service_actor("subjects")):
        merge(actor=analyst, left=first, right=other, judgement=None, now=LATER)  # the employer stays with the other: the first has it
        assert Associate.objects.filter(subject=other).count() == 1

    with acting_as(analyst):
        undo_record(actor=analyst, question=question, now=LATER)

    with acting_as(service_actor("ingest")):
        assert expire_buffer(now=LATER + timedelta(days=2000)) == 1
    with acting_as(service_actor("subjects")):
        assert Associate.objects.get(retracted_at=None).subject == first


def test_a_number_that_proves_a_record_finds_it_after_an_undo(tmp_path: Path, analyst: User) -> None:
    numbers = {"passport_number": "ZZ0007771", "passport_country": "UTO"}
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [left(**numbers)], as_of=AS_OF + WEEK)
    question = the_question()
    say(analyst, question, "same")
    with acting_as(analyst):
        undo_record(actor=analyst, question=question, now=LATER)
    assert departures() == []

    load(tmp_path, [overstay("R4", **numbers)], as_of=AS_OF + 2 * WEEK)

    assert departures() == [date(2026, 9, 20)]
