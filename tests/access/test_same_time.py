"""Missing and forbidden answer with the same page in the same time: medians of interleaved requests within a fifth."""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import Compartment, Office
from access.selectors import class_for, service_actor
from leads.models import Lead, Referral
from leadtrac.bench.client import signed_in
from subjects.models import Subject
from tests.factories.leads import make_lead, make_subject
from tests.factories.people import person
from tests.factories.records import old_lead

pytestmark = [pytest.mark.django_db, pytest.mark.proof, pytest.mark.alone]
PAIRS = 40  # of interleaved requests: what else the machine does falls on both alike
TRIES = 3
WITHIN = 0.20


@pytest.fixture
def hidden() -> Lead:
    with acting_as(service_actor("leads")):
        marks = [Compartment.objects.get(code="protected-person").pk]
        return make_lead(subject=make_subject(access_class_id=class_for(audience="hq", compartments=marks)))


def seconds(client: Client, address: str) -> float:
    started = time.perf_counter()
    response = client.get(address)
    spent = time.perf_counter() - started
    assert response.status_code == 404
    return spent


def difference(client: Client, there: str, nowhere: Callable[[], str]) -> float:
    """By which share the slower median exceeds the faster; the best of a few tries, for noise only ever adds."""
    found = []
    for _ in range(TRIES):
        forbidden, missing = [], []
        for turn in range(PAIRS):
            first, second = (there, nowhere()) if turn % 2 else (nowhere(), there)
            a, b = seconds(client, first), seconds(client, second)
            forbidden.append(a if turn % 2 else b)
            missing.append(b if turn % 2 else a)
        slow, fast = sorted((statistics.median(forbidden), statistics.median(missing)), reverse=True)
        found.append(slow / fast - 1)
        if found[-1] <= WITHIN:
            break
    return min(found)


@pytest.mark.parametrize("page", ["lead_page", "lead_history", "subject_detail", "subject_links"])
def test_a_hidden_record_takes_as_long_as_a_made_up_one(page: str, hidden: Lead) -> None:
    client = signed_in(person("ana", "analyst"))
    assert isinstance(hidden.subject, Subject)
    by_number = page.startswith("lead")
    there = reverse(page, args=[hidden.number if by_number else hidden.subject.uuid])

    assert difference(client, there, lambda: reverse(page, args=["L-2222-2222" if by_number else uuid.uuid4()])) <= WITHIN


def test_a_referral_of_another_office_takes_as_long_as_a_made_up_one() -> None:
    with acting_as(service_actor("leads")):
        lead = old_lead()
        referral = Referral.objects.get(lead=lead)
    officer = person("abe", "field_officer", office=Office.objects.get(code="HSI-ATL"))

    there = reverse("referral_page", args=[referral.uuid])
    assert difference(signed_in(officer), there, lambda: reverse("referral_page", args=[uuid.uuid4()])) <= WITHIN


def test_breaking_the_glass_for_a_protected_person_takes_as_long_as_for_a_made_up_number(hidden: Lead) -> None:
    client = signed_in(person("ana", "analyst"))
    address = reverse("break_glass")

    def spent(number: str) -> float:
        started = time.perf_counter()
        response = client.post(address, {"number": number, "reason": "A child is in danger."})
        used = time.perf_counter() - started
        assert response.status_code == 422
        return used

    best = 1.0
    for _ in range(TRIES):
        pairs = [(spent(hidden.number), spent("L-2222-2222")) for _ in range(PAIRS)]
        slow, fast = sorted((statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)), reverse=True)
        best = min(best, slow / fast - 1)
        if best <= WITHIN:
            break
    assert best <= WITHIN
