"""Waiting records beside everything that may happen to them meanwhile: loads, merges, compartments, expiry, a word taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.context import acting_as
from access.models import Compartment, User
from access.reference import PROTECTED
from access.selectors import service_actor
from audit.acts import Act
from audit.keys import KeyDestroyed
from audit.models import Event
from foundation.errors import Conflict
from ingest.models import Extract
from ingest.services import source_rows
from ingest.services.expire import expire_buffer
from ingest.services.requests import request_unimport
from subjects.matching.records import Doubt
from subjects.models import Judgement, PossibleRecord, Subject
from subjects.selectors.judging import waiting_count
from subjects.selectors.possible import held_against, next_record, record_counts, waiting_records
from subjects.services import possible
from subjects.services.drain import drain
from subjects.services.judge import judge
from subjects.services.judge_record import judge_record, undo_record
from subjects.services.merge import merge
from subjects.services.possible import forget_questions
from subjects.services.propose import propose
from subjects.services.protect import close_off, open_up, protect, protected_mark
from subjects.services.write_subjects import classes_of, write_doubts
from tests.factories.drops import AS_OF, NOW, figures, filing, load, overstay
from tests.factories.leads import make_lead
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


def locks_in_order(act: Callable[[], object]) -> list[str]:
    """The locks that `act` asks for: of the one writer, of rows."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        act()
    marks = {"pg_advisory_xact_lock": "one writer", "FOR UPDATE": "row"}
    return [word for query in asked.captured_queries for mark, word in marks.items() if mark in query["sql"]]


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_a_word_and_its_undo_wait_for_a_running_load_before_they_hold_the_question(
    analyst: User, question: PossibleRecord, verdict: str
) -> None:
    with acting_as(analyst):
        said = locks_in_order(lambda: judge_record(actor=analyst, question=question, verdict=verdict, reason="So.", now=LATER))
        back = locks_in_order(lambda: undo_record(actor=analyst, question=question, now=LATER))

    assert said[:3] == ["one writer", "row", "row"]  # the question, and the waiting row: its time must not end meanwhile
    assert back[:2] == ["one writer", "row"]


def test_a_pair_too_is_held_only_after_a_running_load(tmp_path: Path, analyst: User) -> None:
    stranger = {"admission_number": "999000999X1", "passport_number": "", "passport_country": "", "date_of_birth": "1991"}
    load(tmp_path, [overstay("R1"), overstay("R2", **stranger)])
    with acting_as(analyst):
        pair = Judgement.objects.get()
        assert locks_in_order(lambda: judge(actor=analyst, judgement=pair, verdict="unsure", now=LATER))[:2] == ["one writer", "row"]


def test_a_question_that_a_load_withdrew_meanwhile_is_answered_by_a_conflict(
    tmp_path: Path, analyst: User, question: PossibleRecord
) -> None:
    load(tmp_path, [left(date_of_birth="1991-02-17")], as_of=AS_OF + 2 * WEEK)

    with pytest.raises(Conflict, match="no longer here"):
        say(analyst, question, "same")
    with acting_as(analyst), pytest.raises(Conflict, match="no longer here"):
        undo_record(actor=analyst, question=question, now=LATER)


def test_a_row_that_nobody_can_read_any_more_is_no_longer_here(
    monkeypatch: pytest.MonkeyPatch, analyst: User, question: PossibleRecord
) -> None:
    def destroyed(scope: object) -> bytes:
        raise KeyDestroyed(scope)

    monkeypatch.setattr(source_rows, "existing_key", destroyed)
    with pytest.raises(Conflict, match="no longer here"):
        say(analyst, question, "different")


VAWA = {"admission_number": "", "form": "I-360", "basis": "vawa", "date_of_birth": "1991"}


def marks_of(held: PossibleRecord | Judgement) -> set[str]:
    with acting_as(service_actor("subjects")):
        return set(Compartment.objects.filter(pk__in=held.access_class.compartments).values_list("code", flat=True))


def second() -> int:
    return Compartment.objects.create(code="second", name="Second").pk


def test_a_question_stays_in_the_compartment_of_its_record_when_the_person_leaves_theirs(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [left()], as_of=AS_OF + WEEK)
    load(tmp_path, [filing(**VAWA)], source="claims3", as_of=AS_OF + WEEK)
    with acting_as(service_actor("subjects")):
        (subject,) = Subject.objects.all()
        protect([subject.pk])
        open_up([subject.pk], [protected_mark()])
        told, closed = PossibleRecord.objects.order_by("source")

    assert (marks_of(told), marks_of(closed)) == (set(), {PROTECTED})


def test_a_protected_row_that_may_be_of_somebody_in_another_compartment_is_asked_about_in_both(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    with acting_as(service_actor("subjects")):
        close_off(Subject.objects.values_list("pk", flat=True), [second()])
    load(tmp_path, [filing(**VAWA)], source="claims3", as_of=AS_OF + WEEK)

    assert marks_of(the_question()) == {PROTECTED, "second"}


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_pair_of_two_people_in_two_compartments_is_seen_only_through_both(tmp_path: Path, *, by_hand: bool) -> None:
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [overstay("R2", admission_number="999000888X1", passport_number="ZZ0008888", family_name="ANOTHER")], as_of=AS_OF + WEEK)
    with acting_as(service_actor("subjects")):
        one, other = Subject.objects.order_by("pk")
        close_off([one.pk], [second()])
        protect([other.pk])
        one, other = Subject.objects.order_by("pk")
        if by_hand:
            pair = propose(actor=person("ana.lyst", "analyst"), subject=one, other=other)
        else:
            classes = classes_of([one.pk, other.pk])
            write_doubts([Doubt(one.pk, other.pk, 3.0, {})], classes)
            pair = Judgement.objects.get()
    assert marks_of(pair) == {PROTECTED, "second"}


def test_different_goes_with_the_person_through_a_merge(tmp_path: Path, analyst: User) -> None:
    near = {"admission_number": "999000999X1", "passport_number": "ZZ0009999", "date_of_birth": "1991-02-18"}
    load(tmp_path, [overstay("R1"), overstay("R2", **near)])
    load(tmp_path, [left()], as_of=AS_OF + WEEK)
    with acting_as(service_actor("subjects")):
        _, second_question = PossibleRecord.objects.select_related("subject").order_by("subject_id")
        first, merged = Subject.objects.order_by("pk")
        assert second_question.subject == merged
    say(analyst, second_question, "different")
    with acting_as(service_actor("subjects")):
        merge(actor=analyst, left=first, right=merged, judgement=None, now=LATER)

    load(tmp_path, [left(date_of_birth="1991-02-17", departure_port="BOS")], as_of=AS_OF + 2 * WEEK)

    assert departures() == []


def look(stamp: datetime = AS_OF) -> None:
    with acting_as(service_actor("subjects")):
        Subject.objects.update(touched_at=stamp)


def take_back(extract: Extract) -> None:
    with acting_as(service_actor("ingest")):
        request_unimport(actor=service_actor("ingest"), extract=extract, reason="The source sent the wrong file.", now=NOW)
        drain(now=LATER)


def test_a_record_that_a_later_extract_repeats_warns_on_when_the_first_is_taken_back(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    first = load(tmp_path, [left()], as_of=AS_OF + WEEK)
    later = load(tmp_path, [left()], as_of=AS_OF + 2 * WEEK)
    take_back(first)
    subject = the_question().subject
    assert signs(subject) == {("possible_departure", True)}

    look()
    take_back(later)

    assert signs(subject) == set()


def test_a_question_whose_extract_is_taken_back_touches_its_person(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    extract = load(tmp_path, [left()], as_of=AS_OF + WEEK)
    question = the_question()
    look()

    take_back(extract)

    assert (signs(question.subject), touched(question)) == (set(), LATER)


@pytest.mark.parametrize("verdict", ["", "unsure"])
def test_a_question_whose_record_leaves_the_buffer_touches_its_person_once(analyst: User, question: PossibleRecord, verdict: str) -> None:
    if verdict:
        say(analyst, question, verdict)
    with acting_as(service_actor("ingest")):
        expire_buffer(now=LATER + timedelta(days=400))
    look()

    with acting_as(service_actor("subjects")):
        assert forget_questions(now=LATER) == 1
        events = Event.objects.filter(act=Act.ROWS_EXPIRED, object_kind="question").count()
    once = touched(question)
    look()
    with acting_as(service_actor("subjects")):
        assert forget_questions(now=LATER + WEEK) == 0

    assert (once, touched(question), events) == (LATER, AS_OF, 1)
    with acting_as(service_actor("subjects")):
        assert PossibleRecord.objects.exists() == bool(verdict)


def test_questions_are_forgotten_a_batch_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [left(), left("D2"), left("D3")], as_of=AS_OF + WEEK)
    with acting_as(service_actor("ingest")):
        expire_buffer(now=LATER + timedelta(days=400))
    monkeypatch.setattr(possible, "BATCH_ROWS", 2)

    with acting_as(service_actor("subjects")):
        assert [forget_questions(now=LATER) for _ in range(3)] == [2, 1, 0]


def test_an_unsure_record_that_finds_its_person_touches_everybody_whose_it_might_have_been(tmp_path: Path, analyst: User) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **TWIN)])
    load(tmp_path, [left()], as_of=AS_OF + WEEK)
    with acting_as(service_actor("subjects")):
        _, other = PossibleRecord.objects.select_related("subject").order_by("subject_id")
    say(analyst, other, "unsure")
    look()

    load(tmp_path, [left(date_of_birth="1991-02-17", admission_number="999000123X4")], as_of=AS_OF + 2 * WEEK, now=LATER)

    assert departures() == [date(2026, 9, 20)]
    assert (signs(other.subject), touched(other)) == (set(), LATER)


def test_a_question_that_stays_as_it_was_is_not_written_again_and_touches_nobody(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", **TWIN)])
    load(tmp_path, [left()], as_of=AS_OF + WEEK)
    with acting_as(service_actor("subjects")):
        _, other = PossibleRecord.objects.select_related("subject").order_by("subject_id")
    look()

    load(tmp_path, [overstay("R1", departure_port="BOS")], as_of=AS_OF + 2 * WEEK, now=LATER)  # asks again about the record

    assert touched(other) == AS_OF


def test_what_waits_is_counted_on_the_lists_alone_and_put_in_order_for_no_count(analyst: User, question: PossibleRecord) -> None:
    with acting_as(analyst), CaptureQueriesContext(connection) as asked:
        assert record_counts(analyst).everything == 1
        assert waiting_count(analyst) == 0
        counting = len(asked)
        assert held_against(analyst, question) is not None

    counts = [query["sql"] for query in asked.captured_queries[:counting] if "COUNT(*)" in query["sql"]]
    assert len(counts) == 3
    assert not any("ORDER BY" in sql for sql in counts)
    assert not any("COUNT(*)" in query["sql"] for query in asked.captured_queries[counting:])


def test_the_next_record_is_the_first_of_the_queue_whether_a_lead_hangs_on_one_or_on_none(tmp_path: Path, analyst: User) -> None:
    load(
        tmp_path, [overstay("R1"), overstay("R2", admission_number="999000999X1", passport_number="ZZ0009999", date_of_birth="1991-08-30")]
    )
    load(tmp_path, [left("D1", citizenship=""), left("D2")], as_of=AS_OF + WEEK)
    with acting_as(analyst):
        queue = list(waiting_records(analyst))
        assert len({each.weight for each in queue}) > 1
        following = [next_record(analyst, after=queue[0]), next_record(analyst, after=queue[-1])]
        assert following == [queue[1], queue[0]]

        make_lead(subject=queue[-1].subject)
        hanging = [each for each in waiting_records(analyst) if each.subject_id == queue[-1].subject_id]
        assert next_record(analyst, after=hanging[-1]) == hanging[0]
        assert next_record(analyst, after=hanging[0]) == hanging[1]
