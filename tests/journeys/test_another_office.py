"""Another office learns nothing: its answers on a real record equal those on a made-up one, byte for byte but the echo."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import APIResponse, Page, expect

from access.context import acting_as
from access.selectors import service_actor
from leads.models import Packet, Referral
from tests.journeys.conftest import Visit
from tests.journeys.worlds import Desk, a_desk

pytestmark = pytest.mark.journey

# what differs between any two answers, whatever they say
MASKS = (
    (re.compile(r'(csrfmiddlewaretoken" value=")[^"]+'), r"\1…"),
    (re.compile(r'(X-CSRFToken": ")[^"]+'), r"\1…"),
    (re.compile(r"(nonce-)[A-Za-z0-9_-]+"), r"\1…"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "…"),
    (re.compile(r'(desk-marking__reader">)[^<]+'), r"\1…"),  # the minute of the page
)
UNEQUAL_HEADERS = {"date", "set-cookie", "x-request-id", "content-length"}


def answer(response: APIResponse, echoed: str) -> tuple[int, str, dict[str, str]]:
    """Status, body and headers of an answer with the echoed id, tokens and request ids masked."""
    text = response.text().replace(echoed, "ECHO")
    for pattern, replacement in MASKS:
        text = pattern.sub(replacement, text)
    headers = {name: value for name, value in response.headers.items() if name not in UNEQUAL_HEADERS}
    return response.status, text, headers


def refer_one(page: Page, desk: Desk) -> tuple[Referral, Packet]:
    number = desk.leads[0].number
    page.goto(f"/leads/{number}/refer/")
    page.get_by_role("button", name="Review the packet").click()
    page.get_by_role("button", name="Send to HSI Boston").click()
    expect(page.get_by_text("is referred to HSI Boston")).to_be_visible()
    with acting_as(service_actor("leads")):
        referral = Referral.objects.select_related("packet", "lead__subject").get()
    return referral, referral.packet


@pytest.mark.check(26)
def test_another_office_gets_answers_equal_to_those_on_a_made_up_id(visit_as: Visit) -> None:
    desk = a_desk(1)
    referral, packet = refer_one(visit_as(desk.analyst), desk)
    subject = referral.lead.subject
    assert subject is not None
    ask = visit_as(desk.other_officer).request
    pairs = [
        *((f"/referrals/{{}}/{path}", referral.uuid) for path in ("", "packet.pdf", "packet.json", "return/", "outcome/")),
        ("/packets/{}/", packet.uuid),
        ("/subjects/{}/", subject.uuid),
        ("/api/v1/referrals/{}/", referral.uuid),
    ]
    for address, real in pairs:
        made_up = uuid.uuid4()
        found = answer(ask.get(address.format(real)), str(real))
        assert found == answer(ask.get(address.format(made_up)), str(made_up)), address
        assert found[0] == 404, address

    for address in ("/leads/{}/", "/leads/{}/history/", "/api/v1/leads/{}/"):
        found = answer(ask.get(address.format(referral.lead_number)), referral.lead_number)
        assert found == answer(ask.get(address.format("L-ZZZZ-ZZZZ")), "L-ZZZZ-ZZZZ"), address
        assert found[0] in (403, 404)


def test_lists_and_search_of_another_office_hold_nothing(visit_as: Visit) -> None:
    desk = a_desk(1)
    refer_one(visit_as(desk.analyst), desk)
    page = visit_as(desk.other_officer)

    page.goto("/inbox/")
    expect(page.get_by_text("Headquarters has referred nothing to your office")).to_be_visible()
    assert "SAMPLE" not in page.content()
    assert page.request.get("/api/v1/referrals/").json() == {"next": None, "results": []}
    for address in ("/search/", "/queue/", "/referrals/"):
        response = page.request.get(address)
        assert response.status in (403, 404)
        assert "SAMPLE" not in response.text()
