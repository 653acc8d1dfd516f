"""Unusual reading: what somebody's duty allows, and where it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.context import acting_as
from access.models import User
from audit.acts import Act
from audit.services import record
from oversight import reading_sql
from oversight.models import UnusualReading
from tests.factories.facts import loaded
from tests.factories.people import person
from tests.leads.conftest import Desk, people
from tests.leads.test_referral import in_boston, refer
from tests.oversight.reading import MORNING, found, leads, look

pytestmark = pytest.mark.django_db
Kind = UnusualReading.Kind


@pytest.fixture
def desk(db: None) -> Desk:
    cast = people()
    with acting_as(cast.service):
        loaded()
    return cast


def test_a_supervisor_looks_into_the_leads_of_others_by_duty_up_to_a_bound(auditor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_sql, "MANY_OF_SUPERVISOR", 14)
    person("sue", "analyst")
    supervisor = person("sue", "supervisor")
    many = leads(14)
    for lead in many[:13]:
        look(supervisor, lead)
    assert found(auditor) == {}

    look(supervisor, many[13])
    assert found(auditor) == {Kind.OUTSIDE_CLAIMS: 14}


def test_a_referral_opened_again_and_again_is_found_unless_the_reader_answered_or_sent_it(desk: Desk, auditor: User) -> None:
    referral = refer(desk, desk.opened(in_boston))
    curious, working = person("cy", "field_officer"), person("wo", "field_officer")
    with acting_as(working):
        record(Act.REFERRAL_ANSWERED, object_kind="referral", object_uuid=referral.uuid, occurred_at=MORNING - timedelta(days=40))
    for reader in (curious, working, desk.analyst):
        for days_ago in (9, 9, 5, 5, 0, 0):
            with acting_as(reader):
                record(Act.VIEW, object_kind="referral", object_uuid=referral.uuid, occurred_at=MORNING - timedelta(days=days_ago))

    found(auditor)

    with acting_as(auditor):
        assert [each.reader for each in UnusualReading.objects.filter(kind=Kind.REPEATS)] == [curious]
