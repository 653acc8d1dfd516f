"""What waits for evidence is listed with its reason, and a lead can be opened by hand all the same."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from leads.models import Lead
from leadtrac.bench.client import signed_in
from subjects.models import Subject
from tests.factories.facts import a_subject, admitted, departed, filed
from tests.leads.conftest import Desk
from tests.leads.views.test_query_budgets import BUDGETS, asked

pytestmark = pytest.mark.django_db


def unseen(desk: Desk, family: str = "EXAMPLE") -> Subject:
    """A visitor of whom no departure is known and whom nothing shows here since."""
    with desk.facts():
        subject = a_subject(family)
        admitted(subject, date(2026, 7, 10), arrived=date(2026, 1, 11))
    desk.judge(subject)
    return subject


def test_a_missing_departure_waits_and_says_why(analyst: Client, desk: Desk) -> None:
    unseen(desk)

    page = analyst.get("/waiting/").content.decode()

    assert "Nothing shows the person in the country since 11 Jul 2026." in page
    assert "EXAMPLE, Ana" in page


def test_what_waits_is_listed_by_rule(analyst: Client, desk: Desk) -> None:
    unseen(desk)

    assert "EXAMPLE, Ana" in analyst.get("/waiting/", {"rule": "overstay-dated"}).content.decode()
    assert "EXAMPLE, Ana" not in analyst.get("/waiting/", {"rule": "visa-revoked"}).content.decode()


def test_a_pending_filing_and_a_doubtful_departure_say_what_they_wait_for(analyst: Client, desk: Desk) -> None:
    with desk.facts():
        filer, doubtful = a_subject("FILER"), a_subject("LEAVER")
        for subject in (filer, doubtful):
            admitted(subject, date(2026, 7, 10), arrived=date(2026, 1, 11))
        filed(filer, date(2026, 6, 20))
        departed(doubtful, date(2026, 7, 9), evidence="manifest_name")
    desk.judge(filer, doubtful)

    page = analyst.get("/waiting/").content.decode()

    assert "A departure that may be true is on record" in page
    assert "pending" in page.split("FILER")[1].split("</tr>")[0]


def test_a_lead_opened_by_hand_stays_with_the_desk(analyst: Client, desk: Desk) -> None:
    subject = unseen(desk)

    answer = analyst.post(f"/subjects/{subject.uuid}/open-lead/", {"reason": "A caller gave an address.", "version": 0})
    desk.judge(subject)

    with desk.facts():
        lead = Lead.objects.get(subject=subject)
    assert answer["Location"].startswith(f"/leads/{lead.number}/")
    assert lead.state == "queued"  # the evaluation knows nothing that the analyst did not
    assert "EXAMPLE, Ana" not in analyst.get("/waiting/").content.decode()


def test_a_second_open_lead_is_refused_in_words(analyst: Client, desk: Desk) -> None:
    subject = unseen(desk)
    address = f"/subjects/{subject.uuid}/open-lead/"
    analyst.post(address, {"reason": "A caller gave an address.", "version": 0})

    again = analyst.post(address, {"reason": "Once more.", "version": 0})

    assert again.status_code == 409
    assert "already has an open lead" in again.content.decode()


def test_the_list_is_for_those_who_open_leads(desk: Desk) -> None:
    assert signed_in(desk.boston).get("/waiting/").status_code in {403, 404}


@pytest.mark.parametrize("people", [1, 20])
def test_the_list_asks_no_more_for_twenty_people_than_for_one(analyst: Client, desk: Desk, people: int) -> None:
    for place in range(people):
        unseen(desk, f"EXAMPLE {place}")
    assert asked(analyst, "/waiting/") <= BUDGETS["waiting"]
