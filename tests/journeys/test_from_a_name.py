"""Who begins with no more than a name, and who keeps a record from being destroyed: two desks at a day's work, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from access.context import acting_as
from retention.models import Hold
from tests.factories.people import person
from tests.journeys.conftest import Visit
from tests.journeys.test_operator_and_auditor import press
from tests.journeys.test_other_desks import NAMES, closed_to
from tests.journeys.worlds import a_desk, subject_of

pytestmark = [pytest.mark.journey, pytest.mark.proof]


def test_a_name_leads_to_who_looked_at_the_person_and_the_auditor_sees_no_case_content(visit_as: Visit) -> None:
    """A privacy officer comes from the person's page; an auditor types the name and tells namesakes apart by lead numbers alone."""
    desk = a_desk(2)
    lead, subject = desk.leads[0], subject_of(desk.leads[0])
    visit_as(desk.analyst).goto(f"/subjects/{subject.uuid}/")
    page = visit_as(person("priya.vacy", "privacy_officer"))

    page.goto("/search/")
    page.get_by_label("Name", exact=False).first.fill("joan sample")
    page.get_by_label("What is it for?").select_option(index=1)
    press(page, "Search")
    page.locator("main table tbody a", has_text=re.compile(subject.given_name, re.IGNORECASE)).first.click()
    page.get_by_role("link", name="Everybody who looked at this person").click()
    expect(page.locator("#looks").get_by_role("table")).to_contain_text(desk.analyst.label)

    auditor = visit_as(person("audrey.t", "auditor"))
    auditor.goto("/audit/")
    auditor.get_by_role("textbox", name="Who looked at").fill("joan sample")
    press(auditor, "Show")
    assert "joan" not in auditor.url.lower()
    auditor.get_by_role("row", name=re.compile(lead.number)).get_by_role("link").click()
    looked = auditor.locator("#looks").get_by_role("table")
    expect(looked).to_contain_text(desk.analyst.label)
    expect(looked).to_contain_text("this search")
    expect(auditor.locator("#received")).to_contain_text("Nobody: no referral")
    assert not NAMES.search(auditor.locator("main").inner_text())
    closed_to(auditor, f"/subjects/{subject.uuid}/", "/search/", "/queue/")


def test_a_records_officer_places_a_hold_and_releases_it(visit_as: Visit) -> None:
    number = a_desk(1).leads[0].number
    officer = person("rita.records", "records_officer")
    page = visit_as(officer)

    page.goto("/records/holds/")
    page.get_by_label("What for").select_option(index=0)
    for label, words in (
        ("Who asks for it", "District court, Boston"),
        ("Authority", "Docket 26-1, order of 20 Nov 2026"),
        ("Reason", "Named in the case."),
        ("Lead numbers", number),
    ):
        page.get_by_label(label).first.fill(words)
    press(page, "Place the hold")
    page.goto("/records/holds/")
    expect(page.get_by_role("table")).to_contain_text("District court, Boston")
    expect(page.get_by_role("table")).to_contain_text("stands")
    page.locator("main table tbody a").first.click()
    expect(page.get_by_role("table")).to_contain_text(number)
    page.locator("#release").get_by_role("textbox").first.fill("Order of 23 Nov 2026")
    press(page, "Release the hold")
    page.goto("/records/holds/")
    expect(page.get_by_role("table")).to_contain_text("released")
    with acting_as(officer):
        hold = Hold.objects.get()
    assert hold.released_at is not None
    closed_to(page, f"/leads/{number}/", "/queue/", "/search/", "/audit/")
