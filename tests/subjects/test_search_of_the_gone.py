"""A search finds nobody who is shown as another by now, and nobody of whom nothing is stated any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from access.context import acting_as
from access.selectors import service_actor
from ingest.services.requests import request_unimport
from subjects.models import Judgement
from subjects.search.selectors import find
from subjects.search.terms import Terms
from subjects.services.drain import drain
from subjects.services.judge import judge, undo
from tests.factories.drops import AS_OF, NOW, load, overstay
from tests.factories.people import person
from tests.subjects.test_judge import DOUBTFUL, WEEK

pytestmark = pytest.mark.django_db
BY_NAME_AND_BIRTH = Terms(name="Ben Other", birth="1965-07-30")
BY_BIRTH = Terms(birth="1965-07-30")


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


def found(terms: Terms) -> list[int]:
    return [hit.subject.pk for hit in find(terms).hits]


def test_who_is_shown_as_another_is_found_once(tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [overstay("R2", **DOUBTFUL)], as_of=AS_OF + WEEK)
    pair, analyst = Judgement.objects.get(), person("ana", "analyst")
    assert found(BY_NAME_AND_BIRTH) == found(BY_BIRTH) == [pair.right_id]

    judge(actor=analyst, judgement=pair, verdict="same", reason="Same photograph.", now=NOW)
    assert found(BY_NAME_AND_BIRTH) == [pair.left_id]
    assert found(Terms(name="Ana Maria Example", birth="1991-02-17")) == [pair.left_id]
    assert pair.right_id not in found(BY_BIRTH)

    undo(actor=analyst, judgement=pair, now=NOW)
    assert found(BY_NAME_AND_BIRTH) == [pair.right_id]


def test_whose_only_extract_was_taken_back_is_not_found(tmp_path: Path) -> None:
    extract = load(tmp_path, [overstay("R1")])
    assert found(Terms(birth="1991-02-17"))

    request_unimport(actor=service_actor("ingest"), extract=extract, reason="The wrong file.", now=NOW)
    drain(now=NOW)

    assert found(Terms(birth="1991-02-17")) == found(Terms(name="Ana Maria Example", birth="1991-02-17")) == []
