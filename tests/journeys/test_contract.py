"""The referral as a contract: assigned, handed on, recalled, read; each side sees what the other did, without a script too."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from access.context import acting_as
from access.selectors import service_actor
from leads.models import Referral
from leads.services.telling import tell_offices
from tests.factories.people import person
from tests.journeys.conftest import Visit
from tests.journeys.test_page_budgets import refer
from tests.journeys.worlds import a_desk

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.mark.parametrize("javascript", [True, pytest.param(False, marks=pytest.mark.proof)], ids=["with a script", "without a script"])
def test_a_referral_is_assigned_transferred_recalled_and_read(visit_as: Visit, javascript: bool) -> None:
    desk = a_desk(1)
    number = desk.leads[0].number
    analyst = visit_as(desk.analyst, javascript=javascript)
    refer(analyst, desk)

    chief = visit_as(person("fay.chief", "field_supervisor", office=desk.boston), javascript=javascript)
    chief.goto("/inbox/")
    chief.get_by_role("table").get_by_role("link").first.click()
    chief.get_by_role("link", name="Assign").click()
    chief.get_by_label("To", exact=True).select_option(label=desk.officer.label)
    chief.get_by_role("button", name="Assign").click()
    expect(chief.get_by_text(f"It is with {desk.officer.label}.")).to_be_visible()

    boston = visit_as(desk.officer, width=320, height=640, javascript=javascript)
    boston.goto("/inbox/")
    expect(boston.get_by_role("table")).to_contain_text(desk.officer.label)
    boston.get_by_role("table").get_by_role("link").first.click()
    boston.get_by_role("link", name="Transfer").click()
    boston.get_by_role("button", name="Transfer").click()
    expect(boston.get_by_text("Choose the office.").first).to_be_visible()
    boston.get_by_label("To which office").select_option(label="HSI Newark")
    boston.get_by_label("Why that office").fill("Lives in Newark now.")
    boston.get_by_role("button", name="Transfer").click()
    expect(boston.get_by_text("Transferred: HSI Newark has it now")).to_be_visible()
    assert boston.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    newark = visit_as(desk.other_officer, javascript=javascript)
    newark.goto("/inbox/")
    newark.get_by_role("table").get_by_role("link").first.click()
    expect(newark.get_by_text("Transferred by HSI Boston to HSI Newark: Lives in Newark now.").first).to_be_visible()

    analyst.goto("/referrals/")
    analyst.get_by_role("link", name=f"Recall {number}").click()
    analyst.get_by_label("Reason").fill("Another person.")
    analyst.get_by_role("button", name="Recall").click()
    assert tell_offices(actor=service_actor("leads"), now=timezone.now()) == 1
    analyst.reload()
    expect(analyst.get_by_text("nobody there has confirmed to have read it")).to_be_visible()

    newark.reload()
    expect(newark.get_by_text("Another person.")).to_be_visible()
    newark.get_by_role("button", name="I have read it").click()
    expect(newark.get_by_text(f"Read by {desk.other_officer.label}")).to_be_visible()
    analyst.goto("/referrals/?tab=done")
    expect(analyst.get_by_role("table")).to_contain_text(f"read by {desk.other_officer.label}")
    with acting_as(service_actor("leads")):
        assert sorted(Referral.objects.values_list("state", flat=True)) == ["recalled", "transferred"]
