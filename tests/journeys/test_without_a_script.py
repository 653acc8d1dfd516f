"""Everything works without JavaScript: the whole main job again, and the forms' errors."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from access.context import acting_as
from access.selectors import service_actor
from leads.models import Lead
from tests.journeys.conftest import Visit
from tests.journeys.worlds import a_desk

pytestmark = pytest.mark.journey


@pytest.mark.proof
def test_the_main_job_is_done_without_a_script(visit_as: Visit) -> None:
    desk = a_desk(2)
    page = visit_as(desk.analyst, javascript=False)

    page.goto("/queue/?tab=unclaimed")
    page.get_by_label("Risk").select_option("high")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("No lead answers these filters")).to_be_visible()
    page.get_by_role("link", name="Clear all").click()
    page.locator("[data-row] a").first.click()
    number = page.get_by_role("heading", level=1).inner_text()
    page.get_by_text("why, and what would change it").first.click()
    expect(page.get_by_text("Together").first).to_be_visible()
    page.get_by_role("button", name="Claim", exact=True).click()
    page.get_by_role("link", name="Notes").click()
    page.get_by_label("Note", exact=True).fill("Called the school.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Called the school.")).to_be_visible()
    page.get_by_role("link", name="Refer to HSI Boston", exact=True).click()
    page.get_by_role("button", name="Review the packet").click()
    page.get_by_role("button", name="Send to HSI Boston").click()
    expect(page.get_by_text(f"{number} is referred to HSI Boston")).to_be_visible()

    office = visit_as(desk.officer, width=320, height=640, javascript=False)
    office.goto("/inbox/")
    office.get_by_role("table").get_by_role("link").first.click()
    office.get_by_role("button", name="Accept").click()
    office.get_by_role("link", name="Report the outcome").click()
    office.get_by_role("button", name="Send the outcome").click()
    expect(office.get_by_text("Choose what you found.").first).to_be_visible()
    office.get_by_text("Departed").click()
    office.get_by_role("button", name="Send the outcome").click()
    expect(office.get_by_text("The outcome is on record")).to_be_visible()
    with acting_as(service_actor("leads")):
        assert Lead.objects.get(number=number).state == "closed"
