"""No adversary's rows make one person of two, nor two of one without a question, whichever comes first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from access.context import acting_as
from access.selectors import service_actor
from subjects.models import IdentityLink, Judgement, Subject
from subjects.services.judge import judge
from tests.factories.drops import AS_OF, NOW, load
from tests.factories.people import person
from tests.subjects.matching.adversary import APART, ASKED, JOINED, Row, in_every_order
from tests.subjects.matching.kinds import ASK, KINDS, Case, Draw

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
QUICK, THOROUGH = 6, 300  # draws of a kind
ALWAYS_ASKED = [name for name, drawn in KINDS.items() if drawn(Draw(Random(0))).label == ASK]  # noqa: S311  # made-up people


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("ingest")):
        yield


def drawn(name: str, seed: int) -> Case:
    """One case of a kind."""
    return KINDS[name](Draw(Random(f"{name} {seed}")))  # noqa: S311  # made-up people


def wrong(name: str, draws: int) -> list[tuple[int, set[str]]]:
    """The seeds of which some order of arrival makes what the label forbids, or another thing than the other orders."""
    found = []
    for seed in range(draws):
        case = drawn(name, seed)
        became = {outcome.of(*case.pair) for outcome in in_every_order(case.rows)}
        if not became <= case.label or len(became) > 1:
            found.append((seed, became))
    return found


@pytest.mark.parametrize("name", KINDS)
def test_every_order_of_arrival_gives_what_the_rules_say(name: str) -> None:
    assert wrong(name, QUICK) == []


@pytest.mark.proof
@pytest.mark.parametrize("name", KINDS)
def test_hundreds_of_draws_give_what_the_rules_say(name: str) -> None:
    assert wrong(name, THOROUGH) == []


def arrive(folder: Path, rows: tuple[Row, ...]) -> list[int]:
    """Each row in an extract of its own, from the drop to the facts; whose each then is."""
    found = []
    for day, row in enumerate(rows):
        load(folder, [row], as_of=AS_OF + day * DAY, now=NOW + day * DAY)
        found.append(IdentityLink.objects.filter(closed_at=None).latest("pk").subject_id)
    return found


@pytest.mark.proof
@pytest.mark.parametrize("name", KINDS)
def test_rows_that_come_by_extracts_become_the_same(name: str, tmp_path: Path) -> None:
    case = drawn(name, 0)

    whose = arrive(tmp_path, case.rows)
    left, right = sorted(whose[place] for place in case.pair)

    asked = Judgement.objects.filter(left_id=left, right_id=right).exists()
    assert (JOINED if left == right else ASKED if asked else APART) in case.label


@pytest.mark.parametrize("name", ALWAYS_ASKED)
def test_called_different_they_stay_two_when_their_rows_come_again(name: str, tmp_path: Path) -> None:
    case = drawn(name, 1)
    left, right = sorted(arrive(tmp_path, case.rows))
    judge(actor=person("ana", "analyst"), judgement=Judgement.objects.get(), verdict="different", now=NOW + 2 * DAY)

    again = [dict(row) | {"admit_until": "2026-10-20"} for row in case.rows]  # the records say something new
    load(tmp_path, again, as_of=AS_OF + 7 * DAY, now=NOW + 7 * DAY)

    assert list(Subject.objects.order_by("pk").values_list("pk", flat=True)) == [left, right]
    assert Judgement.objects.get().verdict == "different"
    assert set(IdentityLink.objects.filter(closed_at=None).values_list("subject_id", flat=True)) == {left, right}
