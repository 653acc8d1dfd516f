"""A system asked by hand: what is due stands under each finding, three fields answer it, the page follows at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from access.context import acting_as
from audit.acts import Act
from audit.models import Event
from leads.models import Lead, SystemCheck
from leadtrac.bench.client import signed_in
from subjects.models import DepartureFact, EmploymentFact
from tests.factories.facts import AS_OF, NOW, loaded, overstayer
from tests.leads.conftest import Desk
from tests.pages import words

pytestmark = pytest.mark.django_db


def answer(lead: Lead, **given: str) -> dict[str, str]:
    today = timezone.now().date()
    return {"version": str(lead.version), "source": "claims3", "checked_on": today.isoformat(), "result": "nothing_new"} | given


@pytest.fixture
def later(desk: Desk, lead: Lead) -> Iterator[Client]:
    """Three weeks on: ADIS and EID have sent again, CLAIMS 3 has not."""
    with time_machine.travel(NOW + timedelta(days=20), tick=True):
        with desk.facts():
            loaded("adis", "eid", as_of=AS_OF + timedelta(days=20))
        yield signed_in(desk.analyst)


def test_the_findings_say_what_is_due_with_its_limit(later: Client, lead: Lead) -> None:
    response = later.get(f"/leads/{lead.number}/findings/")
    page = words(response)

    assert "the finding rests on it" in page
    assert "CLAIMS 3 may clear the person" in page
    assert " due " in page
    assert "fresh" in page
    assert f"/leads/{lead.number}/check/?source=claims3" in response.content.decode()


def test_nothing_new_makes_the_word_fresh(desk: Desk, later: Client, lead: Lead) -> None:
    before = words(later.get(f"/leads/{lead.number}/"))
    answered = later.post(f"/leads/{lead.number}/check/", answer(lead))
    after = words(later.get(f"/leads/{lead.number}/"))

    assert answered.status_code == 302
    assert before.count("blocks referral") > after.count("blocks referral")
    with acting_as(desk.analyst):
        assert SystemCheck.objects.get().result == "nothing_new"
        assert Event.objects.filter(act=Act.CHECK_ENTERED).count() == 1


def test_a_departure_that_a_system_knows_changes_the_page_at_once(desk: Desk, analyst: Client, lead: Lead) -> None:
    day = (timezone.now().date() - timedelta(days=3)).isoformat()

    analyst.post(f"/leads/{lead.number}/check/", answer(lead, source="adis", result="departed", happened_on=day))

    with acting_as(desk.analyst):
        fact = DepartureFact.objects.get()
    assert (fact.source, fact.evidence, fact.departed_on.isoformat()) == ("manual", "reported", day)
    assert "depart" in words(analyst.get(f"/leads/{lead.number}/")).lower()
    assert "something new" in words(analyst.get(f"/leads/{lead.number}/history/"))


def test_where_it_can_be_read_again_becomes_a_note(analyst: Client, lead: Lead) -> None:
    analyst.post(f"/leads/{lead.number}/check/", answer(lead, source="public", reference="https://court.example/case/7"))

    assert "https://court.example/case/7" in words(analyst.get(f"/leads/{lead.number}/notes/"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"source": ""}, "Choose one."),
        ({"result": "departed"}, "Say on which day it happened."),
        ({"checked_on": "2999-01-01"}, "The day lies ahead."),
        ({"result": "departed", "happened_on": "2999-01-01"}, "It cannot have happened after the day"),
    ],
)
def test_what_cannot_be_comes_back_with_every_word(analyst: Client, lead: Lead, given: dict[str, str], said: str) -> None:
    response = analyst.post(f"/leads/{lead.number}/check/", answer(lead, reference="file 7", **given))

    assert response.status_code == 422
    assert said in words(response)
    assert "file 7" in response.content.decode()


@pytest.mark.parametrize(("result", "told"), [("job_ended", (None, True, None)), ("unauthorized_work", (True, None, False))])
def test_what_a_system_says_of_work_is_a_fact(
    desk: Desk, later: Client, lead: Lead, result: str, told: tuple[bool | None, bool | None, bool | None]
) -> None:
    on = timezone.now().date() - timedelta(days=3)
    later.post(f"/leads/{lead.number}/check/", answer(lead, source="eid", result=result, happened_on=on.isoformat()))

    with acting_as(desk.analyst):
        fact = EmploymentFact.objects.get(source="manual")
        assert (fact.started_on == on or None, fact.ended_on == on or None, fact.authorized) == told
    page = words(later.get(f"/leads/{lead.number}/findings/"))
    assert ("whether it was authorized, a person decides" in page) == (result == "unauthorized_work")


def test_a_check_entered_by_mistake_is_taken_back_and_the_lead_it_closed_opens_again(desk: Desk, analyst: Client, lead: Lead) -> None:
    day = (timezone.now().date() - timedelta(days=3)).isoformat()
    analyst.post(f"/leads/{lead.number}/check/", answer(lead, source="adis", result="departed", happened_on=day))
    with acting_as(desk.analyst):
        check = SystemCheck.objects.get()
    closed = desk.fresh(lead)
    url = f"/leads/{lead.number}/check/{check.uuid}/take-back/"
    assert url in analyst.get(f"/leads/{lead.number}/findings/").content.decode()

    without = analyst.post(url, {"version": str(closed.version), "reason": " "})
    analyst.post(url, {"version": str(closed.version), "reason": "The wrong tab: it was another person."})
    again = analyst.post(url, {"version": str(desk.fresh(lead).version), "reason": "Once more."})

    assert "a reason is needed" in words(without)
    assert (closed.state, desk.fresh(lead).state) == ("auto_closed", "reopened")
    assert "taken back already" in words(again)
    with acting_as(desk.analyst):
        assert DepartureFact.objects.get().retracted_at is not None
        assert Event.objects.filter(act=Act.CHECK_ENTERED).count() == 2
    assert "taken back by Ana" in words(analyst.get(f"/leads/{lead.number}/findings/"))
    assert "The wrong tab" in words(analyst.get(f"/leads/{lead.number}/notes/"))


def test_a_check_taken_back_makes_no_word_fresh(desk: Desk, later: Client, lead: Lead) -> None:
    later.post(f"/leads/{lead.number}/check/", answer(lead))
    fresh = words(later.get(f"/leads/{lead.number}/"))
    with acting_as(desk.analyst):
        check = SystemCheck.objects.get()

    later.post(f"/leads/{lead.number}/check/{check.uuid}/take-back/", {"version": str(lead.version), "reason": "Nobody asked."})

    assert words(later.get(f"/leads/{lead.number}/")).count("blocks referral") > fresh.count("blocks referral")


def test_nobody_takes_back_the_check_of_another_lead(desk: Desk, analyst: Client, lead: Lead) -> None:
    analyst.post(f"/leads/{lead.number}/check/", answer(lead))
    with acting_as(desk.analyst):
        check = SystemCheck.objects.get()
    other = desk.opened(overstayer)

    answered = analyst.post(f"/leads/{other.number}/check/{check.uuid}/take-back/", {"version": str(other.version), "reason": "Mine."})

    assert answered.status_code == 404
    with acting_as(desk.analyst):
        assert SystemCheck.objects.get().taken_back_at is None
