"""An administrator makes a compartment; who is cleared for it sees what is moved into it, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import Compartment, User
from access.selectors import service_actor
from audit.models import Event
from audit.selectors import words_of
from oversight.services.compartments import move_in
from tests.factories import cases
from tests.factories.people import person
from tests.pages import words

ClientAs = Callable[[User], Client]
pytestmark = pytest.mark.django_db
ASKED = {"name": "Sensitive investigation", "authority": "Order of the unit chief", "reason": "A source must be kept safe"}


@pytest.fixture
def admin() -> User:
    return person("adam.admin", "administrator")


@pytest.mark.check(36)
def test_a_compartment_is_made_given_and_closes_what_is_moved_into_it(client_as: ClientAs, admin: User) -> None:
    desk, paula, ana = client_as(admin), person("paula.privacy", "privacy_officer"), person("ana.analyst", "analyst")
    with acting_as(service_actor("subjects")):
        subject = cases.subject("DOE EXAMPLE", "JOAN")
    here = reverse("subject_detail", args=[subject.uuid])
    assert reverse("user_compartments") in desk.get(reverse("user_list")).content.decode()

    desk.post(reverse("user_compartment_new"), ASKED)
    assert "Sensitive investigation Order of the unit chief nobody yet" in words(desk.get(reverse("user_compartments")))
    desk.post(reverse("user_give", args=[paula.uuid, "clearance"]), {"what": "sensitive-investigation", "reason": "Keeps it"})
    with acting_as(paula):
        move_in(actor=paula, subject=subject, compartment=Compartment.objects.get(name=ASKED["name"]), reason="Source", now=timezone.now())

    assert "Order of the unit chief Paula Privacy" in words(desk.get(reverse("user_compartments")))
    assert client_as(paula).get(here).status_code == 200
    assert client_as(ana).get(here).status_code == 404
    with acting_as(person("uma", "auditor")):
        assert (words_of(Event.objects.get(act="compartment_made")) or {})["reason"] == "A source must be kept safe"


def test_a_name_that_is_taken_or_says_nothing_is_refused(client_as: ClientAs, admin: User) -> None:
    desk = client_as(admin)
    for changes in ({"name": "Protected person"}, {"name": "protected  PERSON!"}, {"name": "---"}, {"authority": " "}, {"reason": ""}):
        assert desk.post(reverse("user_compartment_new"), {**ASKED, **changes}).status_code == 422, changes
    assert list(Compartment.objects.values_list("code", flat=True)) == ["protected-person"]


def test_only_administrators_make_one(client_as: ClientAs) -> None:
    for role in ("supervisor", "privacy_officer", "auditor"):
        client = client_as(person(f"at.{role}", role))
        assert client.get(reverse("user_compartments")).status_code == 403
        assert client.post(reverse("user_compartment_new"), ASKED).status_code == 403
