"""The scripted cast decided by keyboard alone: each stop sign read before each decision, nobody wrongly referred, nobody merged."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from ingest.services.source_rows import record_key
from ingest.simulator.world import TRUTH, simulate
from launcher.waiting import until
from leads.models import Lead, StopSignOverride
from leadtrac.demo.world import bring_in
from subjects.models import IdentityLink
from tests.factories.people import person
from tests.journeys.conftest import Site, Visit

pytestmark = [pytest.mark.journey, pytest.mark.proof]

SECONDS = 120
CLOSE_AT_MOST = 4
TO_REFER = {"CONTOH, BUDI", "ESEMPIO, MARCO", "EXAMPLE, VICTOR", "MFANO, JUMA", "PRIMEROV, OLEG", "YESIGA, MINA"}
CROWDED_SCHOOL = "Sample Career Institute"  # more students than it stated for its certification
# every stop sign of the page that stands in the window, or holds the focus, is marked; the others are returned
LOOK = """() => [...document.querySelectorAll('.desk-sign')].filter((sign) => {
    const box = sign.getBoundingClientRect();
    if ((box.top >= 0 && box.bottom <= innerHeight) || sign.contains(document.activeElement)) sign.dataset.wasSeen = '1';
    return !sign.dataset.wasSeen;
}).map((sign) => sign.textContent)"""
POINTED = """() => {
    const count = () => sessionStorage.setItem('pointed', 1 + Number(sessionStorage.getItem('pointed')));
    window.addEventListener('pointerdown', count, true);
    window.addEventListener('click', (event) => { if (event.isTrusted && event.detail) count(); }, true);
}"""


@dataclass
class Hands:
    """A person who touches keys only, and reads what stands on the page. Counts every key."""

    page: Page
    presses: int = 0
    by_decision: dict[str, list[int]] = field(default_factory=dict)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.presses += len(words)

    def reach(self, name: str, *, role: str = "link") -> None:
        """Tab until a control with that name has the focus."""
        wanted = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        expect(wanted).to_be_visible()
        for _ in range(150):
            if wanted.evaluate("(control) => control === document.activeElement"):
                return
            self.press("Tab")
        pytest.fail(f"{name} is not reached by Tab")

    def step(self, key: str, *, to: str) -> None:
        """Press a key until the page has changed to one with that heading: the first press may lead to what was not read yet."""
        heading = self.page.get_by_role("heading", level=1)
        for _ in range(6):
            before = self.page.url
            self.read_signs()
            self.page.locator("html").evaluate("(html) => { html.dataset.old = '1'; }")
            self.press(key)
            if until(lambda: not self.page.locator("html[data-old]").count(), 3):
                expect(heading).to_contain_text(to)
                return
            assert self.page.url == before
        pytest.fail(f"{key} leads nowhere")

    def read_signs(self) -> None:
        """Go through the stop signs until each was in view or focused."""
        for _ in range(12):
            if not self.page.evaluate(LOOK):
                return
            self.press("v")
        pytest.fail("there is a stop sign that cannot be seen")

    @property
    def number(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    @property
    def signs(self) -> list[str]:
        return self.page.locator(".desk-sign--blocks .desk-sign__name").all_inner_texts()

    def reads(self, words: str) -> bool:
        return words in self.page.locator("main").inner_text()

    def decided(self, what: str, since: int) -> None:
        self.by_decision.setdefault(what, []).append(self.presses - since)


@pytest.fixture
def cast(world: str, tmp_path: Path) -> Path:
    """The cast's extracts of half a year, received and judged week by week up to yesterday; the hidden truth is returned."""
    folder = tmp_path / "simulated"
    simulate(people=0, days=120, seed=5, out=folder, until=timezone.now().date() - timedelta(days=1), every_days=7)
    bring_in(folder, operator=person("ola.perator", "data_operator"), say=lambda _: None)
    return folder / TRUTH


@pytest.fixture
def hands_of(visit_as: Visit) -> Iterator[Callable[[User], Hands]]:
    made: list[Hands] = []

    def sit_down(user: User) -> Hands:
        page = visit_as(user, height=700)
        page.add_init_script(f"({POINTED})()")
        page.goto("/queue/?tab=unclaimed")
        made.append(Hands(page))
        return made[-1]

    yield sit_down
    clicks = [hands.page.evaluate("Number(sessionStorage.getItem('pointed'))") for hands in made]
    assert clicks == [0] * len(made)


def close_without_address(hands: Hands) -> None:
    since = hands.presses
    number = hands.number
    hands.read_signs()
    hands.press("c")
    expect(hands.page.get_by_role("radio", name="Departed")).to_be_focused()
    hands.press("a", "a", "Enter")  # the second reason that begins with the letter
    expect(hands.page.get_by_text(f"{number} is closed: All leads exhausted, no viable address.")).to_be_visible()
    hands.decided("close", since)


def refer(hands: Hands, *, since: int, asks: bool = False, chosen: bool = False) -> None:
    """From the lead to the referral; whoever approves one finds office and files `chosen` and begins at the review."""
    number = hands.number
    if not chosen:
        hands.step("r", to="Refer L-")
    hands.step("r", to=f"Refer {number} to ")
    hands.step("r", to="For approval" if chosen else number)
    expect(hands.page.get_by_text(f"{number} waits for a supervisor" if asks else f"{number} is referred to ")).to_be_visible()
    hands.decided("refer, ask" if asks else "refer", since)


def judge_the_match(hands: Hands) -> None:
    """The two Marcos stay two; the lead is judged again and the sign is gone."""
    address = hands.page.url
    hands.press("i")
    expect(hands.page.get_by_role("heading", level=1)).to_contain_text("Identity")
    hands.reach("Judge")
    hands.press("Enter")
    expect(hands.page.get_by_role("heading", name="One person or two?")).to_be_visible()
    hands.press("d")
    expect(hands.page.get_by_text("They stay two people.")).to_be_visible()

    def sign_is_gone() -> bool:
        hands.page.goto(address)
        return "Identity match" not in hands.signs

    assert until(sign_is_gone, SECONDS)


def judge_the_record(hands: Hands) -> None:
    """A departure told of somebody who nearly fits: another first name, another passport. It stays nobody's, and the sign is gone."""
    address = hands.page.url
    hands.press("i")
    expect(hands.page.get_by_role("heading", name="Waiting records that may be this person's")).to_be_visible()
    hands.reach("Judge")
    hands.press("Enter")
    expect(hands.page.get_by_role("heading", name="Is this record this person's?")).to_be_visible()
    hands.press("d")
    expect(hands.page.get_by_text("The record is not this person's.")).to_be_visible()

    def sign_is_gone() -> bool:
        hands.page.goto(address)
        return "Waiting record" not in hands.signs

    assert until(sign_is_gone, SECONDS)


def check_the_departure(hands: Hands) -> None:
    """Read the evidence for and against the departure first; then take responsibility by name."""
    hands.press("e")
    expect(hands.page.get_by_text("carrier manifest, name only").first).to_be_visible()
    assert hands.reads("the person was in the country on")
    hands.press("v")
    hands.reach("Override")
    hands.read_signs()
    hands.press("Enter")
    expect(hands.page.get_by_label("Why it does not hold here")).to_be_focused()
    hands.write("Met here after that day; the list names him, he did not board.")
    hands.press("Tab", "Enter")
    expect(hands.page.get_by_text("The stop sign is overridden under your name.")).to_be_visible()


def decide(hands: Hands) -> None:
    """As an analyst would, from what the page says and nothing else."""
    since = hands.presses
    if "Identity match" in hands.signs:
        judge_the_match(hands)
    if "Waiting record" in hands.signs:
        judge_the_record(hands)
    departure = "Departure check" in hands.signs
    if departure:
        check_the_departure(hands)
    assert hands.signs == []
    if hands.reads("Possibly still here"):
        close_without_address(hands)
    else:
        refer(hands, since=since, asks=departure)


def test_the_cast_is_decided_by_keyboard_alone(
    cast: Path, working_site: Site, hands_of: Callable[[User], Hands], capsys: pytest.CaptureFixture[str]
) -> None:
    analyst, supervisor = person("ana.lyst", "analyst"), person("sue.visor", "supervisor")
    hands = hands_of(analyst)
    while hands.page.locator("[data-row]").count():
        hands.press("j", "o")
        expect(hands.page.locator(".desk-summary")).to_be_visible()
        decide(hands)
        hands.page.goto("/queue/?tab=unclaimed")
    approve(hands_of(supervisor), hands.by_decision)

    with acting_as(service_actor("leads")):
        leads = list(Lead.objects.select_related("subject", "organization", "office").order_by("pk"))
        names = {lead.pk: name_of(lead) for lead in leads}
        links = IdentityLink.objects.filter(closed_at=None)
        subjects_of = {(source, key): subject for source, key, subject in links.values_list("source", "record_key", "subject_id")}
        assert StopSignOverride.objects.count() == 1
    referred = [lead for lead in leads if lead.state == "referred"]
    assert {names[lead.pk] for lead in referred} == TO_REFER | {CROWDED_SCHOOL}
    people = true_people(cast, subjects_of)
    wrong = [names[lead.pk] for lead in referred if lead.subject_id and not people[lead.subject_id].true]
    assert wrong == []
    assert all(len(found.people) == 1 for found in people.values()), "a record of somebody else hangs on a subject"
    assert [lead.state for lead in leads if names[lead.pk] == "UMPAMA, DEWI"] == ["on_hold"]
    assert max(hands.by_decision["close"]) <= CLOSE_AT_MOST
    lines = [f"{what}: {len(counted)} decisions, {min(counted)} to {max(counted)} keys each" for what, counted in hands.by_decision.items()]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(["clicks: 0", *lines]) + "\n")


def name_of(lead: Lead) -> str:
    """Of the person, or of the organization."""
    if lead.organization:
        return lead.organization.name
    return f"{lead.subject.family_name}, {lead.subject.given_name}" if lead.subject else ""


def approve(hands: Hands, counted: dict[str, list[int]]) -> None:
    """The supervisor reads the same, and agrees to what rests on an overridden sign."""
    since = hands.presses
    hands.reach("For approval")
    hands.press("Enter")
    expect(hands.page.get_by_role("heading", level=1)).to_contain_text("approval")
    hands.reach("L-")
    hands.press("Enter")
    expect(hands.page.locator(".desk-summary")).to_be_visible()
    refer(hands, since=since, chosen=True)
    counted["approve"] = hands.by_decision.pop("refer")


@dataclass
class Found:
    """Who a subject truly is."""

    people: set[str] = field(default_factory=set)
    true: bool = False


def true_people(truth: Path, subjects_of: dict[tuple[str, int], int]) -> dict[int, Found]:
    """By subject: the true people whose records it holds, and whether one of their suspicions is true."""
    found: dict[int, Found] = {}
    with gzip.open(truth, "rt") as lines:
        for life in map(json.loads, lines):
            for source, keys in life["records"].items():
                for key in keys:
                    subject = subjects_of.get((source, record_key(source, key)))
                    if subject is not None:
                        one = found.setdefault(subject, Found())
                        one.people.add(life["person"])
                        one.true |= any(matter["true_lead"] for matter in life["matters"])
    return found
