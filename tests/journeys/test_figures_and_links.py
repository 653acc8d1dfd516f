"""The pictures in a real browser: drawn under the page's own policy, reached by keyboard, equal without a script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from access.context import acting_as
from access.selectors import service_actor
from ingest.facts import IdentifierKind
from subjects.models import Subject
from tests.factories import cases
from tests.journeys.conftest import Visit
from tests.journeys.worlds import a_desk

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def complaints(page: Page) -> list[str]:
    """What the browser writes into its console from now on."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def tied_to(subject: Subject) -> None:
    with acting_as(service_actor("subjects")):
        other = cases.subject("SAMPLE", "BEN")
        for one in (subject, other):
            cases.identifier(one, IdentifierKind.PHONE, "+12025550101")
        cases.student(subject, organization=cases.school())


def test_charts_and_link_chart_are_drawn_without_a_complaint_and_fit_a_phone(visit_as: Visit) -> None:
    desk = a_desk()
    with acting_as(service_actor("leads")):
        subject = desk.leads[0].subject
    assert subject is not None
    tied_to(subject)

    for width in (1280, 320):
        page = visit_as(desk.analyst, width=width)
        heard = complaints(page)
        page.goto("/figures/")
        expect(page.locator("[data-table=ageing]")).to_be_visible()
        expect(page.get_by_role("link", name="3 open leads")).to_be_visible()
        assert fits(page)

        page.goto(f"/subjects/{subject.uuid}/links/")
        expect(page.locator("[data-link-chart] canvas").first).to_be_visible()
        page.get_by_role("link", name="expand SAMPLE, Ben (1991)").focus()
        assert fits(page)
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Back to the first step")).to_be_visible()
        assert heard == []


@pytest.mark.proof
def test_the_same_stands_in_tables_without_a_script(visit_as: Visit) -> None:
    desk = a_desk(people=1)
    with acting_as(service_actor("leads")):
        subject = desk.leads[0].subject
    assert subject is not None
    tied_to(subject)
    page = visit_as(desk.analyst, javascript=False)

    page.goto("/figures/")
    expect(page.locator("#by-status")).to_contain_text("In the queue")
    expect(page.locator("[data-table=by-status]")).to_be_hidden()
    page.goto(f"/subjects/{subject.uuid}/links/")
    expect(page.locator("[data-link-chart]")).to_be_hidden()
    expect(page.locator("#link-edges")).to_contain_text("SAMPLE, Ben (1991)")
    page.get_by_role("link", name="expand Example College").click()
    expect(page.get_by_role("link", name="Back to the first step")).to_be_visible()
