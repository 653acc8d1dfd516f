"""Who is at work, and in whose name the log has it."""

from __future__ import annotations

import pytest

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from audit.services import record
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def named(outer: User, inner: User) -> str:
    """Whom the event of an act of `inner`, within work of `outer`, names."""
    with acting_as(outer), acting_as(inner):
        event = record(Act.PAGE)
    with acting_as(person("ida.auditor", "auditor")):
        return User.objects.get(pk=Event.objects.get(uuid=event).actor_id).username


def test_a_service_within_somebodys_work_acts_for_them_and_a_person_is_named_by_their_own_acts() -> None:
    ana, ben, service = person("ana.analyst", "analyst"), person("ben.analyst", "analyst"), service_actor("leads")

    assert named(ana, service) == "ana.analyst"
    assert named(service, ana) == "ana.analyst"
    assert named(ana, ben) == "ben.analyst"
