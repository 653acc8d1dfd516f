"""Polls of a page: its own event covers them; whoever brings no ticket, or another's, is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.covering import is_covered, ticket
from audit.models import Event
from ingest.models import Extract
from ingest.states import ExtractState
from tests.factories import cases
from tests.factories.people import person

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]


@pytest.fixture
def operator() -> User:
    return person("olga", "data_operator")


@pytest.fixture
def extract() -> Extract:
    with acting_as(service_actor("ingest")):
        return cases.extract(state=ExtractState.APPLYING)


def events(user: User) -> int:
    with acting_as(user):
        return Event.objects.filter(actor_id=user.pk).count()


def poll_of(client: Client, extract: Extract) -> str:
    page = client.get(reverse("extract_detail", args=[extract.uuid])).content.decode()
    (address,) = re.findall(r'hx-get="([^"]+progress[^"]+)"', page)
    return address.replace("&amp;", "&")


def test_a_page_that_asks_a_hundred_times_is_one_look(client_as: ClientAs, operator: User, extract: Extract) -> None:
    client = client_as(operator)
    address = poll_of(client, extract)
    before = events(operator)

    for _ in range(100):
        answer = client.get(address)
        assert answer.status_code == 200

    assert events(operator) == before == 1
    assert 'hx-get="' in answer.content.decode(), "it goes on asking with the same ticket"


def test_whoever_asks_without_a_ticket_is_recorded_once_and_gets_one(client_as: ClientAs, operator: User, extract: Extract) -> None:
    client = client_as(operator)
    answer = client.get(reverse("extract_progress", args=[extract.uuid]))
    assert events(operator) == 1

    (address,) = re.findall(r'hx-get="([^"]+)"', answer.content.decode())
    client.get(address.replace("&amp;", "&"))
    assert events(operator) == 1


def test_a_ticket_holds_for_its_reader_its_session_and_its_record_alone(client_as: ClientAs, operator: User, extract: Extract) -> None:
    client = client_as(operator)
    address = poll_of(client, extract)
    with acting_as(service_actor("ingest")):
        another = cases.extract(state=ExtractState.APPLYING)

    client_as(operator).get(address)  # another session of the same person
    assert events(operator) == 2
    client.get(address.replace(str(extract.uuid), str(another.uuid)))
    assert events(operator) == 3
    colleague = person("otis", "data_operator")
    client_as(colleague).get(address)
    assert events(colleague) == 1
    client.get(f"{address}x")
    assert events(operator) == 4


def test_a_ticket_ends_after_twelve_hours_and_nobody_can_make_one(operator: User, extract: Extract) -> None:
    with acting_as(operator) as work:
        given = ticket(work.request_ref, extract.uuid)
        assert is_covered(given, extract.uuid)
        assert work.recorded == ["covered"]
        assert not is_covered("", extract.uuid)
        assert not is_covered(given[:-2], extract.uuid)
        with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=1)):
            assert not is_covered(given, extract.uuid)
