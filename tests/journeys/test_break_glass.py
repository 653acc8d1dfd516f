"""Break-glass in a browser: from the page of something missing, by the older system's case number, to the reviewer's report."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from access.context import acting_as
from access.models import Compartment
from access.selectors import service_actor
from leads.models import Lead
from leads.services.compartments import follow_compartments
from subjects.services.protect import close_off
from tests.databases import owner_connection
from tests.factories.people import person
from tests.journeys.conftest import Visit
from tests.journeys.worlds import a_desk

pytestmark = pytest.mark.journey
WHY = "A child is in danger and the duty officer asks."


def close(world: str, lead: Lead, *, legacy: str) -> None:
    """The person of a lead moves into a compartment; the lead follows and keeps a case number of the older system."""
    with owner_connection(world) as owner:
        owner.execute("INSERT INTO access_compartment (code, name, authority) VALUES ('second', 'Second', '')")
        owner.execute("UPDATE subjects_subject SET name_key = 'sample joan' WHERE id = %s", [lead.subject_id])
        owner.execute("UPDATE leads_lead SET legacy_number = %s WHERE id = %s", [legacy, lead.pk])
    mark = Compartment.objects.get(code="second").pk
    with acting_as(service_actor("subjects")):
        assert lead.subject_id is not None
        close_off([lead.subject_id], [mark])
    with acting_as(service_actor("leads")):
        follow_compartments([lead.subject_id], actor=service_actor("leads"), now=lead.state_since)


def test_from_the_missing_page_to_the_report(world: str, visit_as: Visit) -> None:
    desk = a_desk(2)
    lead = desk.leads[0]
    close(world, lead, legacy="LTS-0042")
    privacy = person("pia.privacy", "privacy_officer")
    page = visit_as(desk.analyst)

    page.goto(f"/leads/{lead.number}/")
    expect(page.get_by_role("heading", name="Break the glass")).to_be_visible()
    page.goto("/break-glass/")
    page.get_by_label("Or a name").fill("sample joan")
    page.get_by_label("Case number").fill("LTS-0042")
    page.get_by_label("Why you must see it now").fill(WHY)
    page.get_by_role("button", name="Open for two hours").click()

    expect(page.get_by_text(f"Lead {lead.number} is open to you until")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/queue/")
    expect(page.get_by_text(f"Lead {lead.number} is open to you until")).to_be_visible()

    review = visit_as(privacy)
    review.goto("/break-glass/reviews/")
    expect(review.get_by_text("1 to review")).to_be_visible()
    expect(review.get_by_text(WHY)).to_be_visible()
    review.locator("#openings tbody th a").first.click()
    review.locator("label").get_by_text("Justified", exact=True).click()
    review.get_by_label("What you found").fill("The duty officer confirms it.")
    review.get_by_role("button", name="Record the review").click()
    expect(review.get_by_text("Nothing to review.")).to_be_visible()
    review.get_by_role("link", name="Reviewed", exact=True).click()
    expect(review.get_by_text("justified", exact=True)).to_be_visible()
