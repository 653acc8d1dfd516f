"""Waiting records beside everything that may happen to them meanwhile: loads, merges, compartments, expiry, a word taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.context import acting_as
from access.models import User
from audit.keys import KeyDestroyed
from foundation.errors import Conflict
from ingest.services import source_rows
from subjects.models import Judgement, PossibleRecord
from subjects.services.judge import judge
from subjects.services.judge_record import judge_record, undo_record
from tests.factories.drops import AS_OF, figures, load, overstay
from tests.factories.people import person
from tests.factories.possible import LATER, WEEK, left, say, the_question

pytestmark = pytest.mark.django_db


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
