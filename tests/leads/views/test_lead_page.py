"""The lead's page: the answer first, what contradicts as large as what supports, each tab an address."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from audit.models import Event
from foundation.registries import panels
from leads.models import Decision, Lead
from leads.services.triage import claim_lead, close_lead, release_lead
from leadtrac.bench.client import signed_in
from subjects.models import Subject
from tests.factories.facts import NOW, departed, filed
from tests.leads.conftest import Desk
from tests.leads.views.conftest import visitor
from tests.pages import words

pytestmark = pytest.mark.django_db

TABS = ("facts", "timeline", "findings", "notes", "referrals", "history")


def test_the_first_screen_comes_in_its_order(analyst: Client, lead: Lead) -> None:
    page = words(analyst.get(f"/leads/{lead.number}/"))
    order = (
        lead.number,
        "DOE EXAMPLE",
        "Probably still here",
        "Stop signs",
        "Presence",
        "Risk",
        "Sources",
        "Facts by source",
    )
    places = [page.index(part, 120) for part in order]
    assert places == sorted(places)


def test_the_sentence_says_presence_violation_days_benefit_and_blocks(analyst: Client, lead: Lead) -> None:
    page = words(analyst.get(f"/leads/{lead.number}/"))
    assert "overstay since 11 Jul 2026, 135 days to 22 Nov" in page
    assert "no pending benefit known; nothing blocks referral." in page


def test_identifiers_are_masked_and_revealed_by_a_request_of_their_own(analyst: Client, lead: Lead) -> None:
    html = analyst.get(f"/leads/{lead.number}/").content.decode()
    assert "ZZ0000000" not in html
    assert "0000" in html
    assert re.search(r'action="/identifiers/[0-9a-f-]{36}/reveal/"', html)


def reveal_address(client: Client, lead: Lead) -> tuple[str, str]:
    """The page, and where its first number is revealed."""
    html = client.get(f"/leads/{lead.number}/").content.decode()
    return html, re.findall(r'action="(/identifiers/[0-9a-f-]{36}/reveal/)"', html)[0]


def test_on_a_claimed_lead_one_key_shows_and_copies_a_number_with_the_lead_as_the_purpose(desk: Desk, analyst: Client, lead: Lead) -> None:
    before, address = reveal_address(analyst, lead)
    asked = analyst.post(address)
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)
    after, _ = reveal_address(analyst, lead)
    shown = analyst.post(address, headers={"HX-Request": "true"})

    assert 'data-key="y"' not in before
    assert "ZZ0000000" not in asked.content.decode()
    assert "Why do you need it?" in words(asked)
    assert 'data-key="y"' in after
    assert "ZZ0000000" in words(shown)
    assert 'data-copy="at once"' in shown.content.decode()
    with acting_as(desk.analyst):
        event = Event.objects.get(act="reveal")
    assert (event.purpose_kind, event.purpose_uuid, event.field_names) == ("lead", lead.uuid, ["passport"])


def test_the_claim_of_a_colleague_and_one_that_is_over_are_no_purpose(desk: Desk, analyst: Client, lead: Lead) -> None:
    _, address = reveal_address(analyst, lead)
    with acting_as(desk.colleague):
        claim_lead(actor=desk.colleague, lead=lead, now=NOW)
    assert "ZZ0000000" not in analyst.post(address).content.decode()
    with acting_as(desk.colleague):
        release_lead(actor=desk.colleague, lead=desk.fresh(lead), now=NOW)
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=desk.fresh(lead), now=NOW - timedelta(days=9))
    assert "ZZ0000000" not in analyst.post(address).content.decode()


def test_the_claimed_lead_is_the_purpose_of_looks_at_its_person_too(desk: Desk, analyst: Client, lead: Lead) -> None:
    subject = lead.subject
    assert subject is not None
    pages = ("subject_detail", "subject_facts", "subject_links", "subject_identity", "lead_page")
    for purpose in ("", "lead"):
        if purpose:
            with acting_as(desk.analyst):
                claim_lead(actor=desk.analyst, lead=lead, now=NOW)
        for name in pages:
            analyst.get(reverse(name, args=[lead.number if name == "lead_page" else subject.uuid]))
            with acting_as(desk.analyst):
                event = Event.objects.filter(view=name).latest("pk")
            assert (event.purpose_kind, event.purpose_uuid) == (purpose, lead.uuid if purpose else None), name


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_is_a_page_of_its_own_and_on_record(desk: Desk, analyst: Client, lead: Lead, tab: str) -> None:
    response = analyst.get(f"/leads/{lead.number}/{tab}/")
    assert response.status_code == 200
    with acting_as(desk.analyst):
        event = Event.objects.filter(act="view", object_uuid=lead.uuid).latest("pk")
    assert event.field_names == [tab]


def test_a_late_filing_blocks_and_stands_as_large_as_the_finding(desk: Desk, analyst: Client) -> None:
    def with_late_filing() -> Subject:
        subject = visitor()
        filed(subject, date(2026, 8, 1))
        return subject

    lead = desk.opened(with_late_filing)
    response = analyst.get(f"/leads/{lead.number}/findings/")
    page = words(response)
    assert "Contradicts" in page
    assert "blocks referral" in page
    assert "Override" in page
    html = response.content.decode()
    assert re.search(r"<h3>Supports</h3>\s*<p>", html)
    assert re.search(r"<h3>Contradicts</h3>\s*<p>", html)


def test_a_cleared_lead_shows_the_clearing_evidence_first(desk: Desk, analyst: Client, lead: Lead) -> None:
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9), as_of=date(2026, 11, 22))
    desk.judge(lead.subject, days=1)
    page = words(analyst.get(f"/leads/{lead.number}/"))
    assert "Closed as departed." in page
    assert page.index("What cleared the person") < page.index("Supports")
    assert "9 Jul 2026" in page


def test_a_decision_can_be_opened_as_it_was_seen(desk: Desk, analyst: Client, lead: Lead) -> None:
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=lead, close_reason="departed", reason="Saw the stamp.", now=NOW)
    history = analyst.get(f"/leads/{lead.number}/history/")
    address = re.search(rf'href="(/leads/{lead.number}/decisions/[0-9a-f-]+/)"', history.content.decode())
    assert address is not None
    page = words(analyst.get(address[1]))
    assert f"As it was seen: {lead.number}" in page
    assert "Saw the stamp." in page
    assert "nothing blocks referral" in page


def test_a_decision_is_read_under_its_own_lead_alone(desk: Desk, analyst: Client, lead: Lead) -> None:
    other = desk.opened(lambda: visitor(1))
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=other, close_reason="no_viable_address", reason="Nothing left.", now=NOW)
        decision = Decision.objects.get(lead=other)

    assert analyst.get(reverse("lead_decision", args=[other.number, decision.uuid])).status_code == 200
    # the event would name a lead that was not shown, and the one that was shown would not know of the look
    assert analyst.get(reverse("lead_decision", args=[lead.number, decision.uuid])).status_code == 404


def test_who_else_has_it_claimed_stands_on_the_page(desk: Desk, analyst: Client, lead: Lead) -> None:
    analyst.post(f"/leads/{lead.number}/claim/")
    page = words(signed_in(desk.colleague).get(f"/leads/{lead.number}/"))
    assert f"claimed by {desk.analyst.label} until" in page


def test_the_primary_act_is_refer_when_mine_and_claim_when_nobodys(analyst: Client, lead: Lead) -> None:
    assert analyst.get(f"/leads/{lead.number}/").context["buttons"]["primary"].label == "Claim"
    analyst.post(f"/leads/{lead.number}/claim/")
    assert analyst.get(f"/leads/{lead.number}/").context["buttons"]["primary"].label == "Refer to HSI Boston"


def test_a_lead_number_is_found_as_people_type_it(analyst: Client, lead: Lead) -> None:
    assert analyst.get(f"/leads/{lead.number.lower()}/").status_code == 200


@pytest.mark.parametrize("path", ["", "facts/", "history/", "refer/", "close/", "decisions/00000000-0000-4000-8000-000000000000/"])
def test_a_lead_that_is_not_there_looks_like_one_out_of_sight(desk: Desk, analyst: Client, lead: Lead, path: str) -> None:
    assert analyst.get(f"/leads/L-ZZZZ-ZZZZ/{path}").status_code == 404
    for client in (signed_in(desk.boston), signed_in(desk.operator)):
        made_up = client.get(f"/leads/L-ZZZZ-ZZZZ/{path}")
        real = client.get(f"/leads/{lead.number}/{path}")
        assert real.status_code == made_up.status_code
        assert real.status_code in (403, 404)


def test_the_lead_shows_the_parts_of_other_apps(analyst: Client, lead: Lead) -> None:
    slots = analyst.get(f"/leads/{lead.number}/").context["slots"]
    wanted = {panel.slot for panel in panels if panel.page == "lead"}
    assert set(slots) <= wanted


def test_the_findings_say_how_the_day_was_counted_and_by_which_text(desk: Desk, analyst: Client, lead: Lead) -> None:
    assert lead.subject is not None
    with desk.facts():
        filed(lead.subject, date(2026, 7, 1), status="denied", decided_on=date(2026, 7, 20))
    desk.judge(lead.subject)
    page = words(analyst.get(f"/leads/{lead.number}/findings/"))

    assert "How it was counted Admitted 11 Jan 2026 as B2 until 10 Jul 2026. AFM 40.9.2" in page
    assert "8 CFR 214.1(c)(4)." in page
