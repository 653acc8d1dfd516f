"""Break-glass at a lead that has gone into a compartment since: those who are not cleared learn nothing of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from leads.services.compartments import follow_compartments
from oversight.models import BreakGlass
from subjects.services.protect import protect
from tests.factories.people import person
from tests.oversight.test_break_glass import WHY, closed_off
from tests.pages import words

ClientAs = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.mark.check(32)
def test_a_lead_that_has_become_protected_is_a_record_in_a_compartment_and_the_banner_goes(
    client_as: ClientAs,
) -> None:
    lead, client = closed_off(), client_as(person("ana.analyst", "analyst"))
    privacy = person("paula.privacy", "privacy_officer")
    client.post(reverse("break_glass"), {"number": lead.number, "reason": WHY})
    assert lead.number in words(client.get(reverse("queue")))
    with acting_as(service_actor("subjects")):
        protect([lead.subject_id])
    with acting_as(service_actor("leads")):
        follow_compartments([lead.subject_id], actor=service_actor("leads"), now=timezone.now())
    with acting_as(privacy):
        address = reverse("break_glass_review", args=[BreakGlass.objects.get().uuid])

    assert "is open to you until" not in words(client.get(reverse("queue")))
    for page in (reverse("break_glass_list"), address):
        text = words(client_as(privacy).get(page))
        assert "a record in a compartment" in text
        assert "Ana Analyst" in text, "who opened it is known to all of them"
        assert lead.number not in text
        assert WHY not in text
    review = {"verdict": "justified", "words": "It was so."}
    assert client_as(privacy).post(address, review).status_code == 403

    cleared = client_as(person("cleo", "privacy_officer", cleared_for="protected-person"))
    assert WHY in words(cleared.get(reverse("break_glass_list")))
    assert cleared.post(address, review).status_code == 302
    assert "It was so." not in words(client_as(privacy).get(address))
