"""One person over whom judging breaks off holds up nobody else, and is not forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from access.context import acting_as
from audit.models import Event
from foundation.errors import Forbidden
from leads.judging import judge
from leads.models import Lead, UnderJudgement
from leads.rules.snapshot import Snapshot
from leads.selectors.under_judgement import not_judged_for
from leads.services import evaluation
from leads.services.evaluation import evaluate_touched, sweep_due
from leads.services.under_judgement import RETRY, try_again
from subjects.models import Subject
from tests.factories.facts import NOW, overstayer
from tests.leads.conftest import Desk
from tests.pages import ClientAs


class RuleBrokeOffError(Exception):
    """What a rule with a mistake would raise."""


@pytest.fixture
def people(desk: Desk) -> list[Subject]:
    with desk.facts():
        return [overstayer() for _ in range(4)]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, people: list[Subject]) -> Callable[[], None]:
    """Judging breaks off over the second of four people until the returned function is called."""

    def break_off(snapshot: Snapshot, **around: Any) -> Any:
        if snapshot.subject_ref == str(people[1].uuid):
            raise RuleBrokeOffError
        return judge(snapshot, **around)

    monkeypatch.setattr(evaluation, "judge", break_off)
    return lambda: monkeypatch.setattr(evaluation, "judge", judge)


def run(desk: Desk, *, seconds: int = 0) -> bool:
    """One beat of the scheduler; whether it broke off."""
    try:
        evaluate_touched(actor=desk.service, now=NOW + timedelta(seconds=seconds))
    except RuleBrokeOffError:
        return True
    return False


def judged(desk: Desk) -> set[int]:
    with desk.facts():
        return set(Lead.objects.values_list("subject_id", flat=True))


def test_everybody_else_is_judged_within_three_beats(desk: Desk, people: list[Subject], broken: Callable[[], None]) -> None:
    assert [run(desk, seconds=10 * beat) for beat in range(4)] == [True, True, False, False]

    assert judged(desk) == {people[0].pk, people[2].pk, people[3].pk}
    assert list(UnderJudgement.objects.values_list("pk", "alone")) == [(people[1].pk, True)]


def test_the_person_is_judged_once_the_rule_is_mended_and_its_hour_has_come(
    desk: Desk, people: list[Subject], broken: Callable[[], None]
) -> None:
    for beat in range(3):
        run(desk, seconds=beat)
    broken()

    assert not run(desk, seconds=60)
    assert people[1].pk not in judged(desk)
    assert not run(desk, seconds=60 + int(RETRY.total_seconds()))

    assert people[1].pk in judged(desk)
    assert not UnderJudgement.objects.exists()


def test_a_new_fact_is_reason_enough_to_try_again(desk: Desk, people: list[Subject], broken: Callable[[], None]) -> None:
    for beat in range(3):
        run(desk, seconds=beat)
    broken()
    with desk.facts():
        Subject.objects.filter(pk=people[1].pk).update(touched_at=NOW + timedelta(minutes=5))

    assert not run(desk, seconds=600)

    assert people[1].pk in judged(desk)


def test_a_killed_worker_loses_nobody(desk: Desk, people: list[Subject]) -> None:
    UnderJudgement.objects.bulk_create([UnderJudgement(pk=each.pk, since=NOW, begun_at=NOW) for each in people])

    assert not run(desk, seconds=10)

    assert judged(desk) == {each.pk for each in people}
    assert not UnderJudgement.objects.exists()


def test_who_left_meanwhile_is_not_looked_for_for_ever(desk: Desk) -> None:
    UnderJudgement.objects.create(pk=987_654_321, since=NOW, begun_at=NOW)

    assert not run(desk)

    assert not UnderJudgement.objects.exists()


def test_the_sweep_of_those_whose_day_has_come_takes_the_left_ones_too(desk: Desk, people: list[Subject]) -> None:
    UnderJudgement.objects.create(pk=people[0].pk, since=NOW, begun_at=NOW)

    sweep_due(actor=desk.service, now=NOW)

    assert judged(desk) == {people[0].pk}


def test_a_supervisor_sees_how_many_and_lets_them_be_tried_at_once(
    desk: Desk, people: list[Subject], broken: Callable[[], None], client_as: ClientAs
) -> None:
    for beat in range(3):
        run(desk, seconds=beat)
    broken()
    client = client_as(desk.supervisor)

    page = client.get("/rules/").content.decode()
    answer = client.post("/rules/judge-again/", follow=True).content.decode()

    assert "1 person could not be judged" in page
    assert "1 person is tried again within a minute" in answer
    assert not run(desk, seconds=60)
    assert people[1].pk in judged(desk)
    assert "could not be judged" not in client.get("/rules/").content.decode()
    with acting_as(desk.supervisor):
        event = Event.objects.filter(act="subjects_evaluated", actor_id=desk.supervisor.pk).latest("pk")
    assert event.actor_id == desk.supervisor.pk


def test_an_analyst_reads_the_figure_and_orders_nothing(desk: Desk) -> None:
    with acting_as(desk.analyst):
        assert not_judged_for(desk.analyst).people == 0
        with pytest.raises(Forbidden):
            try_again(actor=desk.analyst, now=NOW)
    with acting_as(desk.boston), pytest.raises(Forbidden):
        not_judged_for(desk.boston)


def test_the_data_operator_finds_the_figure_among_the_figures(desk: Desk, client_as: ClientAs) -> None:
    page = client_as(desk.operator).get("/figures/")

    assert "People over whom judging broke off" in page.content.decode()
