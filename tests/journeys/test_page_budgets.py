"""What pages cost on the line stays within what is written down (`tests/page_budgets.json`), and a slow line doubles nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from access.context import acting_as
from access.selectors import service_actor
from leads.models import Outcome, Referral
from tests.factories.people import person
from tests.journeys.conftest import Visit
from tests.journeys.lines import Cost, Line
from tests.journeys.worlds import Desk, a_desk, subject_of

pytestmark = [pytest.mark.journey, pytest.mark.slow]

BUDGETS: dict[str, dict[str, float]] = json.loads((Path(__file__).resolve().parents[1] / "page_budgets.json").read_text(encoding="utf-8"))

OTHER_DESKS = (
    ("records_officer", "records", "/records/"),
    ("privacy_officer", "disclosures", "/disclosures/"),
    ("auditor", "audit", "/audit/"),
    ("administrator", "accounts", "/people/"),
)


def refer(page: Page, desk: Desk) -> None:
    page.goto(f"/leads/{desk.leads[0].number}/refer/")
    page.get_by_role("button", name="Review the packet").click()
    page.get_by_role("button", name="Send to HSI Boston").click()


def over(name: str, cost: Cost) -> list[str]:
    """What of a page's cost is over its budget."""
    limits = BUDGETS[name].items()
    return [f"{name}: {what} {getattr(cost, what):.3f}, at most {limit}" for what, limit in limits if getattr(cost, what) > limit]


@pytest.mark.proof
def test_each_page_stays_within_its_budget(visit_as: Visit) -> None:
    desk = a_desk(20)
    refer(visit_as(desk.analyst), desk)
    with acting_as(service_actor("leads")):
        referral = Referral.objects.get()
    phone = Line(visit_as(desk.officer, width=320, height=640))

    found = over("first load of the inbox", phone.load("/inbox/"))
    found += over("inbox", phone.load("/inbox/"))
    found += over("referral", phone.load(f"/referrals/{referral.uuid}/"))
    phone.page.get_by_role("button", name="Accept").click()
    for name, part in (("outcome form", "outcome"), ("transfer form", "transfer"), ("file form", "files/add")):
        found += over(name, phone.load(f"/referrals/{referral.uuid}/{part}/"))

    subject = subject_of(desk.leads[1])
    screen = Line(visit_as(desk.analyst))
    screen.load("/queue/?tab=all")
    for name, address in (
        ("queue", "/queue/?tab=all"),
        ("lead", f"/leads/{desk.leads[1].number}/"),
        ("figures", "/figures/"),
        ("organizations", "/organizations/"),
        ("lead files", f"/leads/{desk.leads[1].number}/files/"),
        ("person", f"/subjects/{subject.uuid}/"),
        ("link chart", f"/subjects/{subject.uuid}/links/"),
        ("search", "/search/"),
        ("judging", "/judging/"),
        ("referrals", "/referrals/"),
        ("rule book", "/rules/"),
        ("extracts", "/extracts/"),
    ):
        found += over(name, screen.load(address))
    for role, name, address in OTHER_DESKS:
        other = Line(visit_as(person(f"at.{role}", role)))
        other.load(address)
        found += over(name, other.load(address))

    assert not found, "\n".join(found)


def test_fonts_that_come_late_move_nothing(visit_as: Visit) -> None:
    desk = a_desk(3)
    phone = visit_as(desk.analyst, width=320, height=640)
    line = Line(phone)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    phone.route("**/*.woff2", hold)

    phone.goto("/queue/?tab=all", wait_until="domcontentloaded")
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    phone.evaluate("() => new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))")
    assert late
    for each in late:
        each.continue_()
    phone.wait_for_load_state("networkidle")

    assert line.shift() == 0


LONGEST = "WOLFESCHLEGELSTEINHAUSENBERGERDORFFWELCHEVORALTERNWARENGEWISSENHAFTSCHAFERS"


def test_a_name_without_a_blank_widens_no_page(visit_as: Visit) -> None:
    desk = a_desk(1)
    page = visit_as(desk.analyst)
    for path in ("/queue/?tab=all", f"/leads/{desk.leads[0].number}/"):
        page.goto(path)
        page.locator("main bdi").first.evaluate("(place, name) => { place.textContent = name }", LONGEST)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            expect(page.get_by_text(LONGEST)).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)


@pytest.mark.proof
@pytest.mark.alone
@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without a script"])
def test_an_officer_on_a_slow_line_presses_twice_and_reports_once(visit_as: Visit, javascript: bool) -> None:
    desk = a_desk(1)
    refer(visit_as(desk.analyst), desk)
    phone = visit_as(desk.officer, width=320, height=640, javascript=javascript)
    phone.set_default_timeout(60_000)
    line = Line(phone)
    phone.goto("/inbox/")
    line.slow(kilobits=400, latency_ms=400)

    phone.get_by_role("table").get_by_role("link").first.click()
    expect(phone.get_by_role("heading", name="Read first: what speaks against it")).to_be_visible()
    expect(phone.get_by_text("1 Example Street, Boston").first).to_be_visible()
    phone.get_by_role("button", name="Accept").click()
    phone.get_by_role("link", name="Report the outcome").click()
    phone.get_by_text("Departed").click()
    phone.get_by_role("button", name="Send the outcome").dblclick(no_wait_after=True)
    expect(phone.get_by_text("The outcome is on record")).to_be_visible(timeout=60_000)
    expect(phone.get_by_role("heading", name="Outcome")).to_be_visible()

    with acting_as(service_actor("leads")):
        assert Outcome.objects.count() == 1
        assert Referral.objects.get().state == "reported"
