"""The page on which people say whether two are one."""

from __future__ import annotations

import re
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
from audit.acts import Act
from audit.models import Event
from subjects.models import AdmissionFact, IdentityLink, Judgement, Subject, SubjectRedirect
from subjects.selectors.judging import waiting_pairs
from subjects.services.protect import protect
from tests.factories.drops import AS_OF, load, overstay
from tests.factories.leads import make_lead
from tests.factories.people import person
from tests.pages import counted_queries, words

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
WEEK = timedelta(days=7)
OTHER = {"admission_number": "999000555X4", "family_name": "OTHER", "given_name": "BEN", "date_of_birth": "1965-07-30"}
THIRD = {"admission_number": "999000556X4", "family_name": "THIRD", "given_name": "CARL", "date_of_birth": "1975-01-30"}
GROUNDS = {"grounds": "The fields as shown."}


@pytest.fixture(autouse=True)
def store(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> None:
    settings.DROP_DIR = tmp_path_factory.mktemp("store")


@pytest.fixture
def sight() -> Iterator[None]:
    with acting_as(service_actor("ingest")):
        yield


@pytest.fixture
def analyst() -> User:
    return person("ana.lyst", "analyst")


@pytest.fixture
def pairs(tmp_path: Path) -> list[Judgement]:
    """Three people who share a passport number and nothing else: the first one with each of the others."""
    load(tmp_path, [overstay("R1")])
    load(tmp_path, [overstay("R2", **OTHER), overstay("R3", **THIRD)], as_of=AS_OF + WEEK)
    with acting_as(service_actor("ingest")):
        return list(Judgement.objects.select_related("left", "right").order_by("id"))


def pair_url(pair: Judgement) -> str:
    return reverse("judging_pair", args=[pair.uuid])


def test_the_list_says_how_many_wait_and_why(client_as: ClientAs, analyst: User, pairs: list[Judgement]) -> None:
    text = words(client_as(analyst).get(reverse("judging_list")))

    assert f"{len(pairs)} left" in text
    assert "Same passport" in text
    assert "date of birth differs" in text


def test_a_pair_shows_both_sides_with_words_points_and_the_sum(client_as: ClientAs, analyst: User, pairs: list[Judgement]) -> None:
    text = words(client_as(analyst).get(pair_url(pairs[0])))

    assert "EXAMPLE" in text
    assert "OTHER" in text
    assert "17 Feb 1991" in text
    assert "30 Jul 1965" in text
    assert "same, and it singles out a person" in text
    assert "of 32 points." in text
    assert "Runner-up" in text or "no runner-up" in text
    assert "ZZ0001234" not in text
    assert "None" not in text


def test_where_each_holds_another_fingerprint_different_is_the_first_answer(client_as: ClientAs, analyst: User, tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1", fin="9900000401")])
    load(tmp_path, [overstay("R2", fin="9900000402", **OTHER)], as_of=AS_OF + WEEK)
    with acting_as(service_actor("ingest")):
        (pair,) = Judgement.objects.all()
    page = client_as(analyst).get(pair_url(pair)).content.decode()

    assert "A person has only one." in page
    outlined = {value for value in ("same", "different", "unsure") if re.search(rf'usa-button--outline"[^>]*value="{value}"', page)}
    assert outlined == {"same", "unsure"}


def test_a_verdict_leads_to_the_next_pair_and_undo_brings_it_back(client_as: ClientAs, analyst: User, pairs: list[Judgement]) -> None:
    client = client_as(analyst)

    answer = client.post(pair_url(pairs[0]), {"verdict": "different", **GROUNDS})
    assert answer.status_code == 302
    assert answer["Location"] != pair_url(pairs[0])
    following = words(client.get(answer["Location"]))
    assert "Undo my last verdict" in following
    back = client.post(reverse("judging_undo", args=[pairs[0].uuid]))

    with acting_as(analyst):
        held = Judgement.objects.get(pk=pairs[0].pk)
        again = Judgement.objects.get(left=held.left, right=held.right, undone_at=None)
    assert held.verdict == "different"
    assert held.undone_at is not None
    assert back["Location"] == pair_url(again)


def test_same_merges_and_the_split_gives_back(client_as: ClientAs, analyst: User, pairs: list[Judgement]) -> None:
    client = client_as(analyst)

    client.post(pair_url(pairs[0]), {"verdict": "same", **GROUNDS})
    with acting_as(service_actor("ingest")):
        redirect = SubjectRedirect.objects.get(closed_at=None)
        assert AdmissionFact.objects.filter(subject=redirect.to_subject).count() == 2
    identity = words(client.get(reverse("subject_identity", args=[pairs[0].left.uuid])))
    assert "came with a merge" in identity
    assert "Split again" in identity
    client.post(reverse("judging_undo", args=[pairs[0].uuid]))

    with acting_as(service_actor("ingest")):
        assert not SubjectRedirect.objects.filter(closed_at=None).exists()
        assert AdmissionFact.objects.filter(subject=pairs[0].right).count() == 1


def test_the_verdict_keeps_the_comparison_that_was_shown(client_as: ClientAs, analyst: User, pairs: list[Judgement]) -> None:
    client_as(analyst).post(pair_url(pairs[0]), {"verdict": "unsure", **GROUNDS})

    with acting_as(analyst):
        held = Judgement.objects.get(pk=pairs[0].pk)
    assert held.verdict == "unsure"
    assert held.explanation["fields"]["date of birth"]["level"] == "different"
    assert held.explanation["numbers"] == ["passport"]


def test_a_pair_that_somebody_judged_meanwhile_says_so(client_as: ClientAs, analyst: User, pairs: list[Judgement]) -> None:
    client_as(person("bea", "analyst")).post(pair_url(pairs[0]), {"verdict": "different", **GROUNDS})

    late = client_as(analyst).post(pair_url(pairs[0]), {"verdict": "same", **GROUNDS})

    assert late.status_code == 409
    assert "Somebody has judged this pair already." in words(late)


def test_another_reason_is_said_in_words(client_as: ClientAs, analyst: User, pairs: list[Judgement]) -> None:
    answer = client_as(analyst).post(pair_url(pairs[0]), {"verdict": "same", "grounds": "Another reason, in words."})

    assert answer.status_code == 422
    assert "Say what it rests on." in words(answer)


def test_a_pair_with_a_protected_person_is_not_there_without_the_clearance(
    client_as: ClientAs, analyst: User, pairs: list[Judgement]
) -> None:
    with acting_as(service_actor("subjects")):
        protect([pairs[0].right_id])

    client = client_as(analyst)
    text = words(client.get(reverse("judging_list")))

    assert client.get(pair_url(pairs[0])).status_code == 404
    assert "OTHER" not in text


def test_a_record_of_somebody_else_leaves_and_stays_away(client_as: ClientAs, analyst: User, tmp_path: Path) -> None:
    load(tmp_path, [overstay("R1"), overstay("R2", admission_number="999000777X4", arrival_date="2025-01-04", admit_until="2025-07-03")])
    with acting_as(service_actor("ingest")):
        subject = Subject.objects.get()
        link = IdentityLink.objects.order_by("pk").last()
    assert link is not None
    client = client_as(analyst)
    address = reverse("record_detach", args=[subject.uuid])

    asked = client.post(address, {"record": link.pk})
    refused = client.post(address, {"record": link.pk, "reason": " "})
    done = client.post(address, {"record": link.pk, "reason": "The photograph is of somebody else."})
    load(
        tmp_path,
        [overstay("R2", admission_number="999000777X4", arrival_date="2025-01-04", admit_until="2025-07-09")],
        as_of=AS_OF + WEEK,
    )

    assert "becomes a person of its own" in words(asked)
    assert refused.status_code == 422
    assert done.status_code == 302
    with acting_as(service_actor("ingest")):
        made = Subject.objects.exclude(pk=subject.pk).get()
        standing = AdmissionFact.objects.filter(superseded_at=None)
        assert set(standing.values_list("subject_id", "admit_until")) >= {(made.pk, standing.get(subject=made).admit_until)}
        assert standing.filter(subject=subject).count() == 1
        assert Judgement.objects.get().verdict == "different"
    assert "waits" not in words(client.get(reverse("subject_identity", args=[subject.uuid])))


def test_people_who_look_alike_can_be_held_against_each_other(client_as: ClientAs, analyst: User, tmp_path: Path) -> None:
    twin = {"admission_number": "999000558X4", "passport_number": "ZZ0008888", "given_name": "BORIS", "citizenship": "129"}
    load(tmp_path, [overstay("R1"), overstay("R2", **twin)])
    with acting_as(service_actor("ingest")):
        first = Subject.objects.order_by("pk").first()
        second = Subject.objects.order_by("pk").last()
    assert first is not None
    assert second is not None
    client = client_as(analyst)

    page = words(client.get(reverse("subject_identity", args=[first.uuid])))
    answer = client.post(reverse("subject_compare", args=[first.uuid]), {"other": str(second.uuid)})

    assert "Boris" in page
    assert answer.status_code == 302
    assert "/judging/" in answer["Location"]


def test_looking_at_a_pair_is_on_record(client_as: ClientAs, analyst: User, pairs: list[Judgement]) -> None:
    client_as(analyst).get(pair_url(pairs[0]))

    with acting_as(analyst):
        event = Event.objects.get(view="judging_pair")
    assert (event.act, event.object_uuid) == (Act.VIEW, pairs[0].uuid)
    assert set(event.result_uuids) == {pairs[0].left.uuid, pairs[0].right.uuid}


def test_whoever_reads_the_list_or_undoes_a_word_is_found_by_the_people_named(
    client_as: ClientAs, analyst: User, pairs: list[Judgement]
) -> None:
    client, (first, second) = client_as(analyst), pairs[:2]
    client.get(reverse("judging_list"))
    client.post(pair_url(first), {"verdict": "different", **GROUNDS})
    client.get(pair_url(second))  # offers to undo the word on the first pair, by its names
    client.post(reverse("judging_undo", args=[first.uuid]))

    with acting_as(service_actor("audit")):
        listed = Event.objects.get(view="judging_list")
        beside = Event.objects.get(view="judging_pair", act=Act.VIEW)
        undone = Event.objects.get(view="judging_undo")
    of_the_first, everybody = {first.left.uuid, first.right.uuid}, {each.uuid for pair in pairs for each in (pair.left, pair.right)}
    assert everybody <= set(listed.result_uuids)
    assert of_the_first < set(beside.result_uuids)
    assert set(undone.result_uuids) == of_the_first


@pytest.mark.parametrize("role", ["field_officer", "auditor", "administrator", "data_operator"])
def test_other_roles_judge_nobody(client_as: ClientAs, pairs: list[Judgement], role: str) -> None:
    client = client_as(person("olga", role))

    assert client.get(reverse("judging_list")).status_code == 403
    assert client.get(pair_url(pairs[0])).status_code in {403, 404}


def test_the_list_asks_no_more_for_more_pairs(client_as: ClientAs, analyst: User, pairs: list[Judgement], tmp_path: Path) -> None:
    client = client_as(analyst)
    client.get(reverse("judging_list"))
    with counted_queries() as few:
        client.get(reverse("judging_list"))
    someone = {"given_name": "X", "citizenship": "129"}
    more = [
        overstay(
            f"M{n}", admission_number=f"999001{n:03}X4", family_name=f"MORE{chr(65 + n)}", date_of_birth=f"19{40 + n}-01-01", **someone
        )
        for n in range(12)
    ]
    load(tmp_path, more, as_of=AS_OF + 2 * WEEK)
    with counted_queries() as many:
        client.get(reverse("judging_list"))

    assert len(many) == len(few)


def test_a_pair_on_which_a_lead_hangs_comes_first(client_as: ClientAs, analyst: User, pairs: list[Judgement]) -> None:
    with acting_as(analyst):
        last = list(waiting_pairs(analyst))[-1]
    with acting_as(service_actor("leads")):
        make_lead(subject=last.right)

    text = words(client_as(analyst).get(reverse("judging_list")))
    with acting_as(analyst):
        waiting: list[Any] = list(waiting_pairs(analyst))  # with what hangs on each

    ranks = [pair.stake for pair in waiting]
    assert ranks == sorted(ranks, reverse=True)
    assert [last.right_id in (pair.left_id, pair.right_id) for pair in waiting] == [rank == 1 for rank in ranks]
    assert text.count("an open lead") == ranks.count(1) > 0
