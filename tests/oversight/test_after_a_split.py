"""Whoever was in a compartment by a wrong merge alone: the split asks for the way out, and a privacy officer decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from leads.models import Lead
from oversight.models import CompartmentMove
from oversight.services.compartments import decide_out
from subjects.models import Judgement, Subject
from subjects.services.judge import judge, undo
from subjects.services.protect import protect
from tests.factories.facts import filed, loaded
from tests.factories.people import person
from tests.leads.conftest import Desk, people
from tests.leads.test_merge_and_split import LATER, two_with_leads
from tests.pages import words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
AFTER = LATER + timedelta(days=1)


@pytest.fixture
def desk(db: None) -> Desk:
    cast = people()
    with acting_as(cast.service):
        loaded()
    return cast


@pytest.fixture
def cleo() -> User:
    return person("cleo", "analyst", cleared_for="protected-person")


@pytest.fixture
def paula() -> User:
    return person("paula.privacy", "privacy_officer", cleared_for="protected-person")


@pytest.fixture
def two(desk: Desk) -> tuple[Subject, Subject]:
    """Two people with a lead each; the second is protected."""
    first, second = two_with_leads(desk)
    with desk.facts():
        protect([second.pk])
    desk.judge(second, days=2)
    assert seen(desk) == {first.pk}
    return first, second


def seen(desk: Desk) -> set[int]:
    """The people whose leads an analyst who is not cleared can see."""
    with acting_as(desk.analyst):
        return {int(subject) for subject in Lead.objects.values_list("subject_id", flat=True) if subject is not None}


def merged(desk: Desk, two: tuple[Subject, Subject], cleo: User) -> Judgement:
    with desk.facts():
        second = Subject.objects.get(pk=two[1].pk)
        pair = Judgement.objects.create(access_class_id=second.access_class_id, left=two[0], right=two[1])
    with acting_as(cleo):
        judge(actor=cleo, judgement=pair, verdict="same", reason="The same photograph.", now=LATER)
    desk.judge(two[0], days=3)
    return pair


def split(desk: Desk, pair: Judgement, cleo: User) -> None:
    with acting_as(cleo):
        undo(actor=cleo, judgement=pair, now=AFTER)
    desk.judge(pair.left, pair.right, days=4)


def test_the_other_of_a_wrong_merge_leaves_the_compartment_when_an_officer_agrees(
    desk: Desk, two: tuple[Subject, Subject], cleo: User, paula: User, client_as: ClientAs
) -> None:
    split(desk, merged(desk, two, cleo), cleo)
    assert seen(desk) == set(), "nobody leaves by the split alone"

    with acting_as(paula):
        move = CompartmentMove.objects.get()
    assert (move.subject_uuid, move.way, move.state, move.asked_by) == (two[0].uuid, "out", "waiting", cleo)
    listed = words(client_as(paula).get(reverse("compartment_moves")))
    assert "Compartments 1" in listed
    assert "which was taken back" in listed
    with acting_as(paula):
        decide_out(actor=paula, move_uuid=move.uuid, agreed=True, reason="Nothing of the other.", now=AFTER)
    desk.judge(*two, days=5)

    assert seen(desk) == {two[0].pk}


def test_whom_a_filing_of_their_own_protects_stays_in(desk: Desk, two: tuple[Subject, Subject], cleo: User) -> None:
    pair = merged(desk, two, cleo)
    with desk.facts():
        first = Subject.objects.get(pk=two[0].pk)
        filed(first, date(2026, 1, 2), form="I-914")

    split(desk, pair, cleo)

    with acting_as(cleo):
        assert not CompartmentMove.objects.exists()
    assert seen(desk) == set()


def test_a_merge_of_two_outside_asks_nothing(desk: Desk, cleo: User) -> None:
    first, second = two_with_leads(desk)

    split(desk, merged(desk, (first, second), cleo), cleo)

    with acting_as(cleo):
        assert not CompartmentMove.objects.exists()
    assert seen(desk) == {first.pk, second.pk}
