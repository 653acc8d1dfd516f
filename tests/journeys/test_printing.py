"""What goes to paper from a browser is on record and says whose it is; and what is seen in the reader's own colors."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from tests.journeys.conftest import Visit
from tests.journeys.worlds import a_desk

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_printing_a_lead_is_an_event_about_the_lead(visit_as: Visit) -> None:
    desk = a_desk(1)
    page = visit_as(desk.analyst)
    page.goto(f"/leads/{desk.leads[0].number}/", wait_until="networkidle")

    page.emulate_media(media="print")
    expect(page.locator(".desk-marking__reader")).to_be_visible()
    expect(page.locator(".desk-marking__reader")).to_contain_text(f"{desk.analyst.label}, ")
    expect(page.get_by_role("link", name="Queue", exact=True)).to_be_hidden()
    page.emulate_media(media="screen")
    expect(page.locator(".desk-marking__reader")).to_be_hidden()

    with page.expect_response("**/printed/**") as told:
        page.pdf()

    assert told.value.status == 204
    with acting_as(service_actor("audit")):
        event = Event.objects.get(act=Act.PRINT)
    assert (event.actor_id, event.object_uuid) == (desk.analyst.pk, desk.leads[0].uuid)


def test_in_forced_colors_the_present_page_is_marked_apart_from_the_others(visit_as: Visit) -> None:
    page = visit_as(a_desk(1).analyst)
    page.emulate_media(forced_colors="active")
    page.goto("/queue/")

    line = "link => getComputedStyle(link).borderBottomWidth"
    assert page.get_by_role("link", name="Queue", exact=True).evaluate(line) == "3px"
    assert page.get_by_role("link", name="Search", exact=True).evaluate(line) == "0px"
