"""The records desk in the browser's words."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from access.context import acting_as
from access.selectors import service_actor
from retention.models import Schedule
from tests.factories.leads import make_lead
from tests.factories.people import person
from tests.pages import signed_in, words

pytestmark = pytest.mark.usefixtures("world")


def test_the_desk_shows_the_schedule_in_force_beside_the_proposed_one() -> None:
    with acting_as(service_actor("leads")):
        make_lead(created_on=date(2004, 5, 1))

    page = words(signed_in(person("rita", "records_officer")).get(reverse("retention_desk")))

    assert "75 years from creation" in page
    assert "2029" in page
    assert "2079" in page


def test_an_empty_calendar_says_where_dates_come_from() -> None:
    page = words(signed_in(person("rita", "records_officer")).get(reverse("retention_desk")))

    assert "No lead has a date yet" in page


def test_what_is_due_depends_on_the_day_asked_for() -> None:
    with acting_as(service_actor("leads")):
        lead = make_lead(created_on=date(2004, 5, 1))
    client = signed_in(person("rita", "records_officer"))

    today = words(client.get(reverse("retention_due", args=["destroy"])))
    later = words(client.get(reverse("retention_due", args=["destroy"]), {"as_of": "1 May 2079"}))

    assert lead.number not in today
    assert lead.number in later


def test_proposing_and_approving_takes_two_people() -> None:
    first, second = person("rita", "records_officer"), person("rob", "records_officer")
    signed_in(first).post(reverse("retention_schedules"), {"title": "30 years", "active_years": 30, "archived_years": 0})
    schedule = Schedule.objects.get(version=3)
    address = reverse("retention_approve", args=[schedule.uuid])

    refused = signed_in(first).post(address, {"authority": "DAA-0000-0000"})
    accepted = signed_in(second).post(address, {"authority": "DAA-0000-0000"})

    assert refused.status_code == 403
    assert accepted.status_code == 302
    schedule.refresh_from_db()
    assert schedule.status == "approved"


def test_approval_asks_again_who_is_there_after_five_minutes() -> None:
    client = signed_in(person("rita", "records_officer"))
    session = client.session
    for method in session["account_authentication_methods"]:
        method["at"] -= 301
    session.save()

    response = client.get(reverse("retention_approve", args=[Schedule.objects.get(version=2).uuid]))

    assert response.status_code == 302
    assert "reauthenticate" in response.headers["Location"]


@pytest.mark.parametrize("role", ["analyst", "field_officer", "auditor", "administrator", "data_operator"])
def test_other_roles_are_told_that_the_desk_is_not_theirs(role: str) -> None:
    assert signed_in(person("other", role)).get(reverse("retention_desk")).status_code == 403


def test_the_lead_page_shows_when_the_record_must_be_gone() -> None:
    with acting_as(service_actor("leads")):
        lead = make_lead(created_on=date(2026, 8, 2))

    page = words(signed_in(person("ana", "analyst")).get(reverse("lead_page", args=[lead.number])))

    assert "2 Aug 2101" in page
    assert "75 years from creation" in page
