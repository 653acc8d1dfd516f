"""The law of the ledger: whatever two people consist of, merged and split again they are what they were, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from leads.models import Lead
from leads.services.compartments import follow_compartments
from leads.services.evaluation import evaluate_subjects
from leads.states import CLOSED_STATES
from oversight.models import CompartmentMove
from oversight.services.compartments import decide_out
from subjects.models import Judgement, Subject
from subjects.services.judge import judge, undo
from subjects.services.protect import protect
from subjects.services.write_subjects import refresh
from tests.factories import facts as told
from tests.factories.people import person
from tests.subjects.test_judge import NOW, everything

pytestmark = pytest.mark.django_db
FACTS = ("stay", "ended stay", "address", "passport", "shared passport", "fin")


@pytest.fixture(autouse=True)
def sight() -> Iterator[None]:
    with acting_as(service_actor("ingest")):
        yield


@pytest.fixture
def analyst() -> User:
    return person("ana", "analyst", cleared_for="protected-person")


@pytest.fixture
def officer() -> User:
    return person("paula", "privacy_officer", cleared_for="protected-person")


def somebody(name: str, place: int, kinds: list[str]) -> Subject:
    made = told.a_subject(name, f"NO {place}", born=told.NOW.date().replace(year=1970 + place), citizenship="PRT")
    for number, kind in enumerate(kinds):
        until = told.NOW.date().replace(year=2030 if kind == "stay" else 2025, day=1 + number)
        if kind.endswith("stay"):
            told.admitted(made, until, arrived=until.replace(year=until.year - 1))
        elif kind == "address":
            told.lives(made)
        elif kind == "fin":
            told.numbered(made, "fin", f"99{place:04d}{number:04d}")
        else:
            told.numbered(made, "passport", "ZZ0000001" if kind.startswith("shared") else f"ZZ{place:03d}{number:04d}", country="UTO")
    return made


def leads() -> list[tuple[Any, ...]]:
    """Which lead is whose, whether it is open, and its class."""
    return [(lead.pk, lead.subject_id, lead.state in CLOSED_STATES, lead.access_class_id) for lead in Lead.objects.order_by("pk")]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    left=st.lists(st.sampled_from(FACTS), max_size=6),
    right=st.lists(st.sampled_from(FACTS), max_size=6),
    guarded=st.sampled_from([None, 0, 1]),
)
def test_merged_and_split_again_both_are_what_they_were(
    analyst: User, officer: User, left: list[str], right: list[str], guarded: int | None
) -> None:
    """Also where one of them is protected: the other leaves the compartment again once a privacy officer has agreed."""
    with transaction.atomic():
        told.loaded("adis", "claims3", "eid")
        two = [somebody("LEFT", 1, left), somebody("RIGHT", 2, right)]
        refresh([each.pk for each in two], NOW)
        evaluate_subjects(actor=service_actor("leads"), subject_ids=[each.pk for each in two], now=NOW)
        if guarded is not None:
            protect([two[guarded].pk])
            follow_compartments([two[guarded].pk], actor=service_actor("leads"), now=NOW)
        pair = Judgement.objects.create(access_class_id=two[0].access_class_id, left=two[0], right=two[1])
        before, of_whom = everything(), {(pk, subject, cls) for pk, subject, _, cls in leads()}

        judge(actor=analyst, judgement=pair, verdict="same", reason="Same photograph.", now=NOW)
        assert {subject for _, subject, _, _ in leads()} <= {two[0].pk}
        with acting_as(analyst):
            undo(actor=analyst, judgement=pair, now=NOW)
        asked = list(CompartmentMove.objects.values_list("uuid", "subject_uuid"))
        assert [subject for _, subject in asked] == ([] if guarded is None else [two[1 - guarded].uuid])
        for uuid, _ in asked:
            decide_out(actor=officer, move_uuid=uuid, agreed=True, reason="Looked.", now=NOW)

        assert everything() == before
        assert {(pk, subject, cls) for pk, subject, _, cls in leads()} == of_whom
        transaction.set_rollback(True)
    assert connection.in_atomic_block  # the test's own
