"""Rows are put into the buffer before the lock of the one writer: what others did meanwhile is not missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from access.context import acting_as
from access.selectors import service_actor
from ingest.facts import IdentifierKind
from ingest.models import ExtractPart, SourceRow
from ingest.states import RowState
from subjects.matching import pool
from subjects.models import AdmissionFact, Subject
from subjects.services import settle as settling
from subjects.services.apply import read_part
from subjects.services.drain import drain
from subjects.services.set_aside import store
from tests.factories import cases
from tests.factories.drops import NOW, adis, figures, load, overstay, receive, write_drop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


@pytest.fixture
def before_the_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something else happen once, after rows were set aside and before the lock is held."""

    def arrange(act: Callable[[], object]) -> None:
        waiting = [act]

        def lock() -> None:
            if waiting:
                waiting.pop()()
            pool.one_writer()

        monkeypatch.setattr(settling, "one_writer", lock)

    return arrange


def test_a_row_is_found_by_a_person_who_became_known_while_it_was_set_aside(
    tmp_path: Path, before_the_lock: Callable[[Callable[[], object]], None]
) -> None:
    def becomes_known() -> None:
        known = cases.subject("EXAMPLE", "ANA MARIA", date_of_birth=date(1991, 2, 17))
        cases.identifier(known, IdentifierKind.PASSPORT, "ZZ0001234", country="UTO")

    before_the_lock(becomes_known)

    later = load(tmp_path, [adis("R2", admission_number="999000777X4"), adis("R3", **STRANGER)])

    assert figures(later) == (1, 0, 1, 0)
    assert AdmissionFact.objects.get().subject == Subject.objects.get()
    assert list(later.parts.values_list("rows_applied", "rows_buffered")) == [(1, 1)]


def test_a_record_that_two_parts_bring_at_once_waits_once(
    tmp_path: Path, settings: Any, before_the_lock: Callable[[Callable[[], object]], None]
) -> None:
    settings.EXTRACT_PART_ROWS = 2
    rows = [adis("R1", **STRANGER), adis("R2", **OTHER), adis("R1", **STRANGER), adis("R2", **OTHER, arrival_port="BOS")]
    received = receive(write_drop(tmp_path, rows))

    def another_worker() -> None:
        second = ExtractPart.objects.select_related("extract").get(extract=received.extract, number=2)
        lines, _ = read_part(second)
        store(lines)  # as the other one's committed rows would stand there

    before_the_lock(another_worker)

    drain(now=NOW)

    assert received.extract is not None
    received.extract.refresh_from_db()
    assert received.extract.parts.count() == 2
    assert SourceRow.objects.filter(state=RowState.BUFFERED).count() == 2
    assert figures(received.extract)[0] == 0
    assert sum(figures(received.extract)) == 4


def test_rows_of_one_part_find_each_other_whichever_is_flagged(tmp_path: Path) -> None:
    extract = load(tmp_path, [adis("R1", admission_number="999000777X4"), adis("R3", **STRANGER), overstay("R2")])

    assert figures(extract) == (2, 0, 1, 0)
    assert Subject.objects.count() == 1


STRANGER = {"admission_number": "999000888X4", "passport_number": "ZZ0007777", "family_name": "NOBODY", "date_of_birth": "1960-01-09"}
OTHER = {"admission_number": "999000889X4", "passport_number": "ZZ0007778", "family_name": "ANOTHER", "date_of_birth": "1961-01-09"}
