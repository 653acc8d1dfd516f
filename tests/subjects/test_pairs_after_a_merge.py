"""Pairs of somebody who is shown as another by now: they are asked, compared and counted as of that one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from foundation.errors import Conflict
from leads.snapshots import snapshots
from subjects.models import Judgement, Subject
from subjects.selectors.identity import identity_of
from subjects.selectors.judging import pair_for, waiting_pairs
from subjects.services.judge import judge, undo
from subjects.services.propose import propose
from tests.factories.drops import AS_OF, NOW, load, overstay
from tests.factories.facts import a_subject
from tests.factories.leads import make_lead
from tests.factories.people import person
from tests.pages import words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
WEEK = timedelta(days=7)
SECOND = {"admission_number": "999000555X4", "family_name": "OTHER", "given_name": "BEN", "date_of_birth": "1965-07-30"}
THIRD = {"admission_number": "999000556X4", "family_name": "THIRD", "given_name": "CARL", "date_of_birth": "1975-01-30"}
SHARED = {"passport_number": "ZZ0007777"}


@pytest.fixture(autouse=True)
def sight(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")
    with acting_as(service_actor("subjects")):
        yield


@pytest.fixture
def analyst() -> User:
    return person("ana", "analyst")


@pytest.fixture
def asked(tmp_path: Path) -> Judgement:
    """The second and the third of three people share a passport number: the pair waits. The first has one of their own."""
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [overstay("R2", **SECOND, **SHARED), overstay("R3", **THIRD, **SHARED)], as_of=AS_OF + WEEK)
    return Judgement.objects.get()


@pytest.fixture
def first(asked: Judgement) -> Subject:
    return Subject.objects.exclude(pk__in=(asked.left_id, asked.right_id)).get()


def say(analyst: User, one: Subject, other: Subject, verdict: str) -> Judgement:
    pair = propose(actor=analyst, subject=one, other=other)
    judge(actor=analyst, judgement=pair, verdict=verdict, reason="Same photograph.", now=NOW)
    return pair


def shown(pair: Judgement) -> tuple[Subject, Subject]:
    return Judgement.objects.get(pk=pair.pk).shown


def flags_of(subject: Subject) -> frozenset[str]:
    return snapshots([subject])[subject.pk].link_flags


def test_the_stop_sign_of_a_waiting_pair_goes_along_and_returns(asked: Judgement, first: Subject, analyst: User) -> None:
    assert "possible_twin" not in flags_of(first)

    merged = say(analyst, first, asked.left, "same")
    assert "possible_twin" in flags_of(first)
    assert "possible_twin" in flags_of(asked.right)

    undo(actor=analyst, judgement=merged, now=NOW)
    assert "possible_twin" in flags_of(asked.left)
    asked.refresh_from_db()
    assert (asked.left_now, asked.right_now) == (None, None)


def test_it_goes_along_through_a_chain_of_merges_and_back(asked: Judgement, first: Subject, analyst: User) -> None:
    fourth = a_subject("FOURTH")
    last = propose(actor=analyst, subject=asked.right, other=fourth)
    inner = say(analyst, asked.left, asked.right, "same")
    outer = say(analyst, first, asked.left, "same")

    assert shown(last) == (first, fourth)
    assert "possible_twin" in flags_of(first)
    undo(actor=analyst, judgement=outer, now=NOW)
    assert shown(last) == (asked.left, fourth)
    undo(actor=analyst, judgement=inner, now=NOW)
    assert shown(last) == (asked.right, fourth)


def test_the_pair_waits_with_what_hangs_on_the_one_as_whom_it_is_shown(asked: Judgement, first: Subject, analyst: User) -> None:
    make_lead(subject=first)
    say(analyst, first, asked.left, "same")

    with acting_as(analyst):
        (waits,) = waiting_pairs(analyst)
        pair = pair_for(analyst, waits)
        listed = identity_of(analyst, first).waiting
    assert waits.stake > 0  # type: ignore[attr-defined]
    assert (pair.left.subject, pair.right.subject) == (first, asked.right)
    assert all(row.left and row.right for row in pair.rows if row.label in ("Family name", "Passport"))
    assert listed == (waits,)


def test_a_verdict_keeps_the_comparison_with_the_one_as_whom_it_is_shown(asked: Judgement, first: Subject, analyst: User) -> None:
    say(analyst, first, asked.left, "same")

    judge(actor=analyst, judgement=asked, verdict="different", now=NOW)

    asked.refresh_from_db()
    assert asked.weight is not None
    assert asked.explanation["fields"]


def test_same_joins_the_one_as_whom_it_is_shown(asked: Judgement, first: Subject, analyst: User) -> None:
    say(analyst, first, asked.left, "same")

    judge(actor=analyst, judgement=asked, verdict="same", reason="Same photograph.", now=NOW)

    assert asked.right.namefacts.count() == 0
    assert first.namefacts.count() == 3
    assert not waiting_pairs(analyst).exists()


def test_different_holds_for_the_one_as_whom_it_is_shown(asked: Judgement, first: Subject, analyst: User, tmp_path: Path) -> None:
    judge(actor=analyst, judgement=asked, verdict="different", now=NOW)
    say(analyst, first, asked.left, "same")

    load(tmp_path, [overstay("R4", **THIRD | SHARED, arrival_date="2025-01-01", admit_until="2025-02-01")], as_of=AS_OF + 2 * WEEK)

    assert set(Judgement.objects.values_list("verdict", flat=True)) == {"different", "same"}
    assert flags_of(first) == frozenset()
    assert propose(actor=analyst, subject=first, other=asked.right) == asked


def test_a_pair_that_waits_is_not_asked_twice(asked: Judgement, first: Subject, analyst: User, tmp_path: Path) -> None:
    say(analyst, first, asked.left, "same")

    load(tmp_path, [overstay("R4", **THIRD | SHARED, arrival_date="2025-01-01", admit_until="2025-02-01")], as_of=AS_OF + 2 * WEEK)

    with acting_as(analyst):
        assert list(waiting_pairs(analyst)) == [asked]


def test_a_pair_that_another_merge_made_one_is_no_twin_and_takes_no_verdict(asked: Judgement, first: Subject, analyst: User) -> None:
    other = propose(actor=analyst, subject=first, other=asked.right)
    say(analyst, first, asked.left, "same")
    judge(actor=analyst, judgement=other, verdict="same", reason="Same photograph.", now=NOW)

    with acting_as(analyst):
        assert not waiting_pairs(analyst).exists()
        assert identity_of(analyst, first).waiting == ()
    assert "possible_twin" not in flags_of(first)
    with pytest.raises(Conflict):
        judge(actor=analyst, judgement=asked, verdict="different", now=NOW)


def test_a_verdict_taken_back_after_a_merge_asks_about_the_one_as_whom_it_is_shown(asked: Judgement, first: Subject, analyst: User) -> None:
    judge(actor=analyst, judgement=asked, verdict="different", now=NOW)
    say(analyst, first, asked.left, "same")

    again = undo(actor=analyst, judgement=asked, now=NOW)

    assert shown(again) == (first, asked.right)


def test_the_pages_name_the_one_as_whom_it_is_shown(client_as: ClientAs, asked: Judgement, first: Subject, analyst: User) -> None:
    say(analyst, first, asked.left, "same")
    client = client_as(analyst)

    page = client.get(reverse("judging_pair", args=[asked.uuid])).content.decode()
    identity = words(client.get(reverse("subject_identity", args=[first.uuid])))

    assert "There is no name on one side" not in page
    assert reverse("subject_detail", args=[first.uuid]) in page
    assert "THIRD, Carl waits" in identity


@pytest.mark.parametrize("through", ["left", "right"])
def test_same_overrules_nobodys_different_through_a_chain(asked: Judgement, first: Subject, analyst: User, through: str) -> None:
    """Two of three people are different by somebody's word; each is called the same as the third."""
    third, apart = (asked.left, asked.right) if through == "left" else (asked.right, asked.left)
    said = say(person("ben", "analyst"), first, apart, "different")
    say(analyst, first, third, "same")

    with pytest.raises(Conflict, match=r"Ben has said that these two differ"):
        judge(actor=analyst, judgement=asked, verdict="same", reason="Same photograph.", now=NOW)
    assert not Judgement.objects.get(pk=asked.pk).verdict

    undo(actor=analyst, judgement=said, now=NOW)
    judge(actor=analyst, judgement=asked, verdict="same", reason="Same photograph.", now=NOW)
    assert first.namefacts.count() == 3


def test_the_page_says_who_said_different_and_asks_again(client_as: ClientAs, asked: Judgement, first: Subject, analyst: User) -> None:
    said = say(person("ben", "analyst"), first, asked.right, "different")
    say(analyst, first, asked.left, "same")
    client, page = client_as(analyst), reverse("judging_pair", args=[asked.uuid])

    shown = words(client.get(page))
    assert "different on" in shown
    assert "is refused as long as that stands" in shown
    answer = client.post(page, {"verdict": "same", "grounds": "The fields as shown."})
    assert answer.status_code == 409
    client.post(reverse("judging_undo", args=[said.uuid]))
    assert "is refused" not in words(client.get(page))
