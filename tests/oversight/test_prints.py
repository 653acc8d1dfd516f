"""A page that goes to paper is on record with the records that it showed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from tests.factories import cases
from tests.factories.people import person

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]


def ticket(client: Client, address: str) -> str:
    found = re.search(r'data-printed="([^"]+)"', client.get(address).content.decode())
    assert found
    return found[1]


def prints() -> list[Event]:
    with acting_as(service_actor("audit")):
        return list(Event.objects.filter(act=Act.PRINT))


@pytest.mark.check(38)
def test_a_printed_page_is_an_event_about_what_the_page_showed(client_as: ClientAs) -> None:
    with acting_as(service_actor("subjects")):
        subject = cases.subject("EXAMPLE", "ANA")
    analyst = person("ana.analyst", "analyst")
    client = client_as(analyst)

    told = client.post(ticket(client, reverse("subject_detail", args=[subject.uuid])))

    assert told.status_code == 204
    (event,) = prints()
    assert (event.actor_id, event.object_kind, event.object_uuid) == (analyst.pk, "subject", subject.uuid)


def test_nobody_prints_what_another_was_shown_nor_what_was_never_shown(client_as: ClientAs) -> None:
    address = ticket(client_as(person("ana.analyst", "analyst")), reverse("queue"))
    colleague = client_as(person("ben.analyst", "analyst"))

    assert colleague.post(address).status_code == 404
    assert colleague.post(reverse("page_printed", args=[uuid.uuid4()])).status_code == 404
    assert Client().post(address).status_code == 302
    assert prints() == []
