"""What one types is kept while one types it, in a browser on real servers, and is not kept again once it was sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from access.context import acting_as
from leads.models import Draft, Note
from tests.journeys.conftest import Visit
from tests.journeys.lines import Line
from tests.journeys.worlds import a_desk

pytestmark = [pytest.mark.journey, pytest.mark.proof]
WORDS = "The landlord says that she left in March."


def test_a_note_survives_a_crash_of_the_browser_and_a_slow_line_keeps_nothing_that_was_sent(visit_as: Visit) -> None:
    desk = a_desk(1)
    address = f"/leads/{desk.leads[0].number}/notes/"
    page = visit_as(desk.analyst)
    page.goto(address)
    page.get_by_label("Note", exact=True).press_sequentially(WORDS)
    expect(page.get_by_text("Draft kept at")).to_be_visible()
    page.close(run_before_unload=False)

    other = visit_as(desk.analyst, width=320)
    other.set_default_timeout(60_000)
    other.goto(address)
    expect(other.get_by_label("Note", exact=True)).to_have_value(WORDS)
    expect(other.get_by_text("You began this on")).to_be_visible()
    line = Line(other)
    line.slow(kilobits=400, latency_ms=400)
    with other.expect_request("**/draft/note/"):
        other.get_by_label("Note", exact=True).press_sequentially(" She took the cat.")
    other.get_by_role("button", name="Keep the note").click()

    expect(other.get_by_text("The note is kept.")).to_be_visible()
    expect(other.get_by_label("Note", exact=True)).to_have_value("")
    with acting_as(desk.analyst):
        assert Note.objects.count() == 1
        assert not Draft.objects.filter(sealed__isnull=False).exists()
