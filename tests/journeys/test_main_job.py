"""The main job in a browser: an analyst triages a lead and refers it, an officer accepts it and reports the outcome."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from access.context import acting_as
from access.selectors import service_actor
from leads.models import Lead, Outcome
from tests.journeys.conftest import Visit
from tests.journeys.worlds import Desk, a_desk

pytestmark = pytest.mark.journey


def state_of(number: str) -> str:
    with acting_as(service_actor("leads")):
        return str(Lead.objects.get(number=number).state)


def refer(page: Page, number: str) -> None:
    """From the lead's page to a referral at the office of the address."""
    page.get_by_role("link", name="Refer to HSI Boston", exact=True).click()
    expect(page.get_by_label("Office", exact=True)).to_have_value("HSI-BOS")
    page.get_by_role("button", name="Review the packet").click()
    expect(page.get_by_role("heading", name=f"Refer {number} to HSI Boston")).to_be_visible()
    expect(page.get_by_role("heading", name="What speaks against it")).to_be_visible()
    page.get_by_role("button", name="Send to HSI Boston").click()
    expect(page.get_by_text(f"{number} is referred to HSI Boston")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("The lead is now “referred”.")).to_be_visible()
    page.go_forward()


def test_an_analyst_triages_and_refers_and_an_officer_accepts_and_reports(visit_as: Visit) -> None:
    desk = a_desk()
    page = visit_as(desk.analyst)

    page.goto("/queue/")
    expect(page.get_by_text("Your queue is empty")).to_be_visible()
    page.get_by_role("button", name="Deal me the next").first.click()
    expect(page.get_by_text("Why this one")).to_be_visible()
    number = page.get_by_role("heading", level=1).inner_text()
    expect(page.get_by_text("overstay since").first).to_be_visible()
    refer(page, number)
    assert state_of(number) == "referred"

    office = visit_as(desk.officer, width=320, height=640)
    office.goto("/inbox/")
    office.get_by_role("table").get_by_role("link").first.click()
    expect(office.get_by_role("heading", name="Read first: what speaks against it")).to_be_visible()
    office.get_by_role("button", name="Safe to act now?").click()
    expect(office.get_by_text("Safe to act: yes")).to_be_visible()
    office.get_by_role("button", name="Accept").click()
    expect(office.get_by_text("Accepted. Report the outcome")).to_be_visible()
    assert state_of(number) == "accepted"

    office.get_by_role("link", name="Report the outcome").click()
    office.get_by_text("Located and arrested").click()
    office.get_by_label("Remarks").fill("Met at the address of the packet.")
    office.get_by_role("button", name="Send the outcome").click()
    expect(office.get_by_text("The outcome is on record")).to_be_visible()
    assert state_of(number) == "closed"

    page.goto(f"/leads/{number}/history/")
    expect(page.get_by_text("Close on the outcome", exact=True)).to_be_visible()
    page.get_by_role("link", name="What was seen").first.click()
    expect(page.get_by_role("heading", name=f"As it was seen: {number}")).to_be_visible()


def test_a_form_sent_twice_over_a_bad_line_makes_one_outcome(visit_as: Visit) -> None:
    desk = a_desk(1)
    number = desk.leads[0].number
    page = visit_as(desk.analyst)
    page.goto(f"/leads/{number}/")
    page.get_by_role("button", name="Claim").click()
    refer(page, number)
    office = visit_as(desk.officer, width=320, height=640)
    office.goto("/inbox/")
    office.get_by_role("table").get_by_role("link").first.click()
    office.get_by_role("button", name="Accept").click()
    office.get_by_role("link", name="Report the outcome").click()
    address = office.url
    office.get_by_text("Not located").click()
    with office.expect_navigation():
        office.evaluate(  # the first sending is lost on its way back; the person presses the button again
            "() => { const form = document.querySelector('main form'); fetch(form.action || location.href, {method: 'POST',"
            " body: new FormData(form)}).then(() => form.submit()); }"
        )

    assert office.url != address
    with acting_as(service_actor("leads")):
        assert Outcome.objects.count() == 1
    assert state_of(number) == "returned"


def test_a_close_takes_at_most_four_keys_and_is_undone_by_one(visit_as: Visit) -> None:
    desk: Desk = a_desk(1)
    number = desk.leads[0].number
    page = visit_as(desk.analyst)
    page.goto(f"/leads/{number}/?from=tab%3Dunclaimed")

    page.keyboard.press("c")
    departed = page.get_by_role("radio", name="Departed")
    expect(departed).to_be_focused()
    page.keyboard.press("d")
    expect(departed).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{number} is closed: Departed.")).to_be_visible()
    assert state_of(number) == "closed"
    assert "tab=unclaimed" in page.url

    page.keyboard.press("u")
    expect(page.get_by_text(f"Undone: closing {number}")).to_be_visible()
    assert state_of(number) == "reopened"


def test_the_keyboard_walks_the_rows_and_the_switch_turns_it_off(visit_as: Visit) -> None:
    desk = a_desk(3)
    page = visit_as(desk.analyst)
    page.goto("/queue/?tab=unclaimed")
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(3)

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1).get_by_role("link").first).to_be_focused()
    page.keyboard.press("o")
    expect(page.get_by_text("2 of 3")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("3 of 3")).to_be_visible()

    page.keyboard.press("?")
    page.get_by_role("button", name="Turn the keyboard off").click()
    expect(page.get_by_text("The keyboard is off.")).to_be_visible()
    address = page.url
    page.keyboard.press("c")
    page.keyboard.press("k")
    assert page.url == address


def test_another_tab_of_the_lead_opens_where_the_tab_line_stood(visit_as: Visit) -> None:
    desk = a_desk(1)
    page = visit_as(desk.analyst, width=1280, height=360)
    page.goto(f"/leads/{desk.leads[0].number}/")
    tabs = page.get_by_role("navigation", name="Parts of the lead")
    tabs.evaluate("line => window.scrollTo(0, line.offsetTop - 60)")
    stood = tabs.bounding_box()

    tabs.get_by_role("link", name="Findings").click()
    expect(tabs.get_by_role("link", name="Findings")).to_be_focused()

    stands = tabs.bounding_box()
    assert stood is not None
    assert stands is not None
    assert page.evaluate("window.scrollY") > 0
    assert abs(stands["y"] - stood["y"]) < 2
    page.goto(f"/leads/{desk.leads[0].number}/timeline/")
    assert page.evaluate("window.scrollY") == 0, "a page that is opened begins at its top"
