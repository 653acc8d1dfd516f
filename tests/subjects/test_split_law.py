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
from leads.services.evaluation import evaluate_subjects
from leads.states import CLOSED_STATES
from subjects.models import Judgement, Subject
from subjects.services.judge import judge, undo
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
    return person("ana", "analyst")


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
    """Which lead is whose, and whether it is open."""
    return [(lead.pk, lead.subject_id, lead.state in CLOSED_STATES) for lead in Lead.objects.order_by("pk")]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(left=st.lists(st.sampled_from(FACTS), max_size=6), right=st.lists(st.sampled_from(FACTS), max_size=6))
def test_merged_and_split_again_both_are_what_they_were(analyst: User, left: list[str], right: list[str]) -> None:
    with transaction.atomic():
        told.loaded("adis", "claims3", "eid")
        two = [somebody("LEFT", 1, left), somebody("RIGHT", 2, right)]
        refresh([each.pk for each in two], NOW)
        evaluate_subjects(actor=service_actor("leads"), subject_ids=[each.pk for each in two], now=NOW)
        pair = Judgement.objects.create(access_class_id=two[0].access_class_id, left=two[0], right=two[1])
        before, of_whom = everything(), {(pk, subject) for pk, subject, _ in leads()}

        judge(actor=analyst, judgement=pair, verdict="same", reason="Same photograph.", now=NOW)
        assert {subject for _, subject, _ in leads()} <= {two[0].pk}
        undo(actor=analyst, judgement=pair, now=NOW)

        assert everything() == before
        assert {(pk, subject) for pk, subject, _ in leads()} == of_whom
        transaction.set_rollback(True)
    assert connection.in_atomic_block  # the test's own
