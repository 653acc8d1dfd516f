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
from oversight.reading_sql import MANY_OUTSIDE
from oversight.readings import readings_for
from tests.factories.leads import make_lead, make_subject

Kind = UnusualReading.Kind
# bulk viewing is an alarm of the moment, not of the night; where a colleague lives is entered by an administrator
NOT_PLAYED = {Kind.IN_ONE_HOUR, Kind.OUT_IN_A_DAY, Kind.SAME_ADDRESS}


@pytest.mark.django_db
def test_each_kind_of_unusual_reading_that_a_night_finds_is_played_once() -> None:
    make_people()
    with acting_as(service_actor("leads")):
        for place in range(MANY_OUTSIDE + 4):
            make_lead(subject=make_subject(family_name=NAMESAKE if place < 2 else "EXAMPLE"))

    found = play_reading(now=timezone.now())
    again = play_reading(now=timezone.now())

    with acting_as(service_actor("audit")):
        kinds = set(UnusualReading.objects.values_list("kind", flat=True))
    assert kinds == set(Kind) - NOT_PLAYED
    assert again == found
    auditor = User.objects.get(username="ferreira")
    with acting_as(auditor):
        assert [line.reviewer for line in readings_for(auditor, reviewed=True)] == ["N. Haddad"]
        assert readings_for(auditor)
