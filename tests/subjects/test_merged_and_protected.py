"""Whoever was merged into a person goes into the person's compartment and out of it with them, row that is no longer shown included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import Compartment, User
from access.selectors import class_for, service_actor
from foundation.errors import InvalidInput
from oversight.models import CompartmentMove
from oversight.services.compartments import ask_out, decide_out, move_in
from subjects.models import Associate, Judgement, MatchKey, Subject, SubjectRedirect
from subjects.services.merge import merge, split
from subjects.services.protect import protect
from subjects.sql import MERGED_GO_ALONG
from tests.factories import facts as told
from tests.factories.people import person

pytestmark = pytest.mark.django_db
LATER = told.NOW + timedelta(days=20)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(told.NOW, tick=True):
        yield


@pytest.fixture
def analyst() -> User:
    return person("ana.analyst", "analyst")


@pytest.fixture
def officers() -> tuple[User, User]:
    return tuple(person(f"{name}.privacy", "privacy_officer", cleared_for="protected-person") for name in ("paula", "pedro"))  # type: ignore[return-value]  # two


@pytest.fixture
def merged() -> SimpleNamespace:
    """LAST was merged into SECOND, and SECOND into FIRST; SECOND's associate and key stayed; a pair of SECOND with a third waits."""
    service = service_actor("subjects")
    with acting_as(service):
        told.loaded()
        first, second, last, third = (told.a_subject(family) for family in ("FIRST", "SECOND", "LAST", "THIRD"))
        for each in (first, second):
            Associate.objects.create(subject=each, access_class_id=each.access_class_id, relation="spouse", family_name="KIN")
            MatchKey.objects.create(subject=each, access_class_id=each.access_class_id, key=7)
        Judgement.objects.create(access_class_id=class_for(audience="hq"), left=second, right=third)
        merge(actor=service, left=second, right=last, judgement=None, now=told.NOW)
        merge(actor=service, left=first, right=second, judgement=None, now=told.NOW)
    return SimpleNamespace(first=first, second=second, last=last, third=third)


def seen(user: User) -> set[str]:
    """What the user sees of the four, in the tables."""
    with acting_as(user):
        found = {f"subject {name}" for name in Subject.objects.values_list("family_name", flat=True)}
        found |= {f"kin of {name}" for name in Associate.objects.values_list("subject__family_name", flat=True)}
        found |= {f"key of {name}" for name in MatchKey.objects.filter(key=7).values_list("subject__family_name", flat=True)}
        found |= {f"pair of {name}" for name in Judgement.objects.values_list("left__family_name", flat=True)}
        return found | {"merge" for _ in SubjectRedirect.objects.all()}


EVERYTHING = {
    *(f"subject {name}" for name in ("FIRST", "SECOND", "LAST", "THIRD")),
    *(f"{what} of {name}" for what in ("kin", "key") for name in ("FIRST", "SECOND")),
    "pair of SECOND",
    "merge",
}


@pytest.mark.check(32)
def test_who_was_merged_into_a_person_is_gone_with_them_from_page_api_and_tables(
    merged: SimpleNamespace, analyst: User, client_as: Callable[[User], Client]
) -> None:
    assert seen(analyst) == EVERYTHING
    client = client_as(analyst)
    addresses = [
        reverse(name, args=[each.uuid])
        for each in (merged.first, merged.second, merged.last)
        for name in ("subject_detail", "subject_identity", "api_subject-detail")
    ]
    with acting_as(service_actor("subjects")):
        protect([merged.first.pk])

    assert seen(analyst) == {"subject THIRD"}
    assert {client.get(address).status_code for address in addresses} == {404}


def test_a_mark_of_one_of_them_is_the_whole_persons(merged: SimpleNamespace, analyst: User) -> None:
    with acting_as(service_actor("subjects")):
        assert protect([merged.last.pk]) == 3

    assert seen(analyst) == {"subject THIRD"}


def test_in_and_out_by_the_privacy_desk_takes_all_of_them_along(
    merged: SimpleNamespace, analyst: User, officers: tuple[User, User]
) -> None:
    compartment = Compartment.objects.get(code="protected-person")
    paula, pedro = officers
    with acting_as(paula):
        move_in(actor=paula, subject=fresh(merged.first), compartment=compartment, reason="A shelter", now=timezone.now())
    assert seen(analyst) == {"subject THIRD"}
    with acting_as(paula):
        ask_out(actor=paula, subject=fresh(merged.first), compartment=compartment, reason="Another", now=timezone.now())
    with acting_as(pedro):
        asked = CompartmentMove.objects.get(state="waiting")
        decide_out(actor=pedro, move_uuid=asked.uuid, agreed=True, reason="Confirmed", now=timezone.now())
    assert seen(analyst) == EVERYTHING


def test_what_was_asked_of_somebody_who_is_merged_by_now_heeds_the_filings_of_the_whole_person(
    merged: SimpleNamespace, officers: tuple[User, User]
) -> None:
    compartment = Compartment.objects.get(code="protected-person")
    paula, _ = officers
    with acting_as(service_actor("subjects")):
        told.filed(merged.first, told.NOW.date(), form="I-918")
    with acting_as(paula):
        move_in(actor=paula, subject=fresh(merged.second), compartment=compartment, reason="A shelter", now=timezone.now())
        with pytest.raises(InvalidInput, match="a denial alone does not end"):
            ask_out(actor=paula, subject=fresh(merged.second), compartment=compartment, reason="Another", now=timezone.now())


def fresh(subject: Subject) -> Subject:
    return Subject.objects.select_related("access_class").get(pk=subject.pk)


def test_who_has_been_split_off_stays_where_they_are(merged: SimpleNamespace, analyst: User) -> None:
    service = service_actor("subjects")
    with acting_as(service):
        split(actor=service, redirect=SubjectRedirect.objects.get(from_subject=merged.second), now=LATER)
        protect([merged.first.pk])

    assert seen(analyst) >= {"subject SECOND", "subject LAST", "pair of SECOND"}
    assert "subject FIRST" not in seen(analyst)


def test_those_who_stayed_outside_before_go_along_when_the_system_is_brought_up_to_date(merged: SimpleNamespace, analyst: User) -> None:
    with acting_as(service_actor("subjects")), connection.cursor() as cursor:
        protect([merged.first.pk])
        inside = class_ids()
        for model, column in ((Subject, "pk"), (Associate, "subject_id"), (MatchKey, "subject_id"), (Judgement, "left_id")):
            of_the_merged = {f"{column}__in": [merged.second.pk, merged.last.pk]}
            model._default_manager.filter(**of_the_merged).update(access_class_id=class_for(audience="hq"))
        assert class_ids() != inside
        cursor.execute(MERGED_GO_ALONG)
        assert class_ids() == inside
    assert seen(analyst) == {"subject THIRD"}


def class_ids() -> list[list[int]]:
    return [
        list(model._default_manager.order_by("pk").values_list("access_class_id", flat=True))
        for model in (Subject, Associate, MatchKey, Judgement)
    ]


def first_lock(act: Callable[[], object]) -> str:
    with CaptureQueriesContext(connection) as asked:
        act()
    holds = ("pg_advisory_xact_lock", "FOR UPDATE", "UPDATE ", "INSERT ")
    return next(mark for query in asked.captured_queries for mark in holds if mark in query["sql"])


def test_a_move_waits_for_a_running_load_before_it_holds_anything(merged: SimpleNamespace, officers: tuple[User, User]) -> None:
    compartment = Compartment.objects.get(code="protected-person")
    paula, pedro = officers
    with acting_as(paula):
        person_in = fresh(merged.first)
        into = first_lock(lambda: move_in(actor=paula, subject=person_in, compartment=compartment, reason="x", now=told.NOW))
        move = ask_out(actor=paula, subject=fresh(merged.first), compartment=compartment, reason="x", now=told.NOW)
    with acting_as(pedro):
        out = first_lock(lambda: decide_out(actor=pedro, move_uuid=move.uuid, agreed=True, reason="x", now=LATER))

    assert (into, out) == ("pg_advisory_xact_lock", "pg_advisory_xact_lock")
