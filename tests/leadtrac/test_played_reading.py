"""The demonstration shows examples of unusual reading, found by the same nightly search as everywhere."""

from __future__ import annotations

import pytest
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from leadtrac.demo.people import make_people
from leadtrac.demo.reading import NAMESAKE, play_reading
from oversight.models import UnusualReading
from oversight.reading_sql import IN_AN_HOUR
from oversight.selectors.readings import readings_for
from subjects.models import Subject
from tests.factories import cases
from tests.factories.leads import make_lead, make_subject

Kind = UnusualReading.Kind


@pytest.mark.django_db
def test_each_kind_of_unusual_reading_is_played_once() -> None:
    make_people()
    with acting_as(service_actor("leads")):
        for place in range(IN_AN_HOUR + 1):
            make_lead(subject=make_subject(family_name=NAMESAKE if place < 2 else "EXAMPLE"))
        cases.home(Subject.objects.latest("pk"), line="14 Example St, Apt 2", postal_code="02108")

    found = play_reading(now=timezone.now())
    again = play_reading(now=timezone.now())

    with acting_as(service_actor("audit")):
        kinds = set(UnusualReading.objects.values_list("kind", flat=True))
    assert kinds == set(Kind)
    assert again == found
    auditor = User.objects.get(username="ferreira")
    with acting_as(auditor):
        assert [line.reviewer for line in readings_for(auditor, reviewed=True).lines] == ["N. Haddad"]
        assert readings_for(auditor).lines
