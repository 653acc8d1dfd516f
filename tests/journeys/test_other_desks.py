"""The desks beside the queue, each at its daily work in a real browser, and each without what it has no need to know."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from access.context import acting_as
from access.models import RoleGrant, User
from access.selectors import service_actor
from leads.models import Lead
from tests.factories.people import person
from tests.journeys.conftest import Visit
from tests.journeys.worlds import a_desk
from tests.oversight.test_break_glass import closed_off

pytestmark = [pytest.mark.journey, pytest.mark.slow]

SECONDS = 120
NAMES = re.compile("SAMPLE|JOAN", re.IGNORECASE)


def closed_to(page: Page, *addresses: str) -> None:
    """None of the addresses opens for whoever is signed in there."""
    for address in addresses:
        assert page.request.get(address).status in (403, 404), address


def test_a_privacy_officer_reviews_the_glass_that_an_analyst_broke(visit_as: Visit) -> None:
    desk = a_desk(1)
    number = closed_off().number
    analyst = visit_as(desk.analyst)
    analyst.goto(f"/leads/{number}/")
    analyst.get_by_label("Lead number").fill(number)
    analyst.get_by_label("Why you must see it now").fill("The office is on the telephone.")
    analyst.get_by_role("button", name="Open for two hours").click()
    expect(analyst.get_by_text("Break-glass access").first).to_be_attached()

    page = visit_as(person("priya.vacy", "privacy_officer"))
    page.goto("/break-glass/reviews/")
    expect(page.get_by_text(number)).to_be_visible()
    expect(page.get_by_text("The office is on the telephone.")).to_be_visible()
    page.locator("main table a").first.click()
    page.get_by_text("Justified", exact=True).click()
    page.get_by_label("What you found").fill("The call is on record.")
    page.get_by_role("button", name="Record the review").click()
    page.goto("/break-glass/reviews/")
    page.get_by_role("link", name="Reviewed", exact=True).click()
    expect(page.get_by_role("table")).to_contain_text("justified")

    closed_to(page, "/queue/", "/people/", "/records/runs/")


def test_a_records_officer_reads_the_calendar_and_the_desk_without_a_name(visit_as: Visit) -> None:
    desk = a_desk(1)
    number = desk.leads[0].number
    page = visit_as(person("rita.records", "records_officer"))

    page.goto("/records/")
    expect(page.get_by_role("heading", name="What becomes due")).to_be_visible()
    page.get_by_role("link", name="Holds", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Holds")
    page.goto("/records/runs/")
    expect(page.get_by_role("heading", name="Archive and destruction runs")).to_be_visible()
    page.goto("/records/schedules/")
    expect(page.get_by_text("75").first).to_be_visible()

    assert not NAMES.search(page.locator("main").inner_text())
    closed_to(page, f"/leads/{number}/", "/queue/", "/search/", "/audit/", "/people/")


def test_an_administrator_makes_an_account_and_gives_it_a_role_and_an_office_and_sees_no_case(visit_as: Visit) -> None:
    desk = a_desk(1)
    page = visit_as(person("ada.min", "administrator"))

    page.goto("/people/")
    page.get_by_role("link", name="New account").first.click()
    page.get_by_label("Sign-in name").fill("new.officer")
    page.get_by_label("Name that colleagues see").fill("N. Officer")
    page.get_by_role("button", name="Make the account").click()
    made = User.objects.get(username="new.officer")
    for kind, choice in (("role", "Field officer"), ("office", "HSI Boston")):
        page.goto(f"/people/{made.uuid}/give/{kind}/")
        page.get_by_label(re.compile("Role|Office")).first.select_option(label=choice)
        page.get_by_label("Why").fill("Joins the office.")
        page.locator("main form").get_by_role("button").first.click()
        expect(page.get_by_role("table").filter(has_text=choice)).to_be_visible()
    assert RoleGrant.objects.filter(user=made, role_id="field_officer", revoked_at=None).exists()

    with acting_as(service_actor("leads")):
        number = Lead.objects.get().number
    closed_to(page, f"/leads/{number}/", "/queue/", "/search/", "/inbox/", "/audit/", "/records/", "/extracts/", "/organizations/")
    assert desk.leads
