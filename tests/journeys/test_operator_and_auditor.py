"""The data operator takes a drop in and out again; the auditor asks who looked. Both in a real browser, neither reads a lead."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from ingest.models import Extract
from launcher.waiting import until
from leads.models import Lead
from oversight.services.readings import find_unusual
from tests.factories.drops import overstay, write_drop
from tests.factories.people import person
from tests.journeys.conftest import Site, Visit
from tests.journeys.test_other_desks import NAMES, SECONDS, closed_to
from tests.journeys.worlds import a_desk, yesterday

pytestmark = [pytest.mark.journey, pytest.mark.proof]


def comes_to_read(page: Page, words: str) -> bool:
    """Whether the page says so within the time, loaded again and again."""

    def reads() -> bool:
        page.reload()
        return words.lower() in page.locator("main").inner_text().lower()

    return until(reads, SECONDS)


def press(page: Page, name: str) -> None:
    """Press a button and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(name)).first.click()


def open_leads() -> int:
    with acting_as(service_actor("leads")):
        return Lead.objects.exclude(state__in=("closed", "auto_closed")).count()


def test_a_data_operator_takes_a_drop_in_repairs_a_row_and_takes_it_all_back(working_site: Site, visit_as: Visit, tmp_path: Path) -> None:
    last = yesterday()
    stay = {"arrival_date": str(last - timedelta(days=300)), "admit_until": str(last - timedelta(days=100))}
    other = {**stay, "family_name": "SAMPLE", "given_name": "JOAN", "admission_number": "999000124X4", "passport_number": "ZZ0004822"}
    wrong = overstay("R2", **{**other, "arrival_date": "2026-13-41", "date_of_birth": "1980-05-05"})
    drop = write_drop(tmp_path, [overstay(**stay), wrong], as_of=datetime.combine(last, time(5), UTC))
    page = visit_as(person("ola.perator", "data_operator"))

    page.goto("/extracts/")
    page.get_by_role("link", name="Receive a drop").first.click()
    for field, file in (("Data file", drop.data_path), ("Manifest", drop.manifest_path)):
        page.get_by_label(field).set_input_files(file)
    press(page, "^Receive$")
    expect(page.get_by_role("heading", level=1)).to_contain_text("adis")
    address = page.url
    assert comes_to_read(page, "Checked and ready to be applied.")
    press(page, "Preview")
    assert comes_to_read(page, "What applying would change")
    press(page, "Apply 2 rows")
    assert comes_to_read(page, "Applied.")

    page.get_by_role("link", name="Repair").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Row")
    page.get_by_label("arrival_date").fill(stay["arrival_date"])
    press(page, "Repair and replay")
    page.goto(address)
    assert comes_to_read(page, "repaired, ")
    assert until(lambda: Extract.objects.get().rows_applied == 2, SECONDS)

    press(page, "Preview un-import")
    assert comes_to_read(page, "What un-importing would change")
    page.get_by_role("link", name="Un-import").click()
    applied = Extract.objects.get().rows_applied
    page.get_by_label("Why are its facts taken back?").fill("The source sent the wrong day.")
    page.get_by_label("Type the number of rows").fill("7")
    press(page, "^Un-import$")
    expect(page.get_by_text("This is not the number of applied rows").first).to_be_visible()
    page.get_by_label("Type the number of rows").fill(str(applied))
    press(page, "^Un-import$")
    assert comes_to_read(page, "Un-imported")
    assert until(lambda: open_leads() == 0, SECONDS)

    closed_to(page, "/queue/", "/search/", "/organizations/", "/audit/")


def test_an_auditor_asks_who_looked_what_somebody_did_and_reviews_unusual_reading(visit_as: Visit) -> None:
    desk = a_desk(1)
    number = desk.leads[0].number
    visit_as(desk.analyst).goto(f"/leads/{number}/")
    day = (timezone.now() - timedelta(days=1)).replace(hour=4, minute=0)  # in the middle of the night at headquarters
    with acting_as(desk.supervisor):
        for minute in range(40):
            record(Act.VIEW, object_kind="lead", object_uuid=desk.leads[0].uuid, occurred_at=day + timedelta(minutes=minute))
    with acting_as(service_actor("audit")):
        for day_before in (2, 1):
            find_unusual(actor=service_actor("audit"), day=timezone.now().date() - timedelta(days=day_before), now=timezone.now())
    page = visit_as(person("audrey.t", "auditor"))

    page.goto("/audit/")
    page.get_by_role("textbox", name="Who looked at").fill(number.lower())
    press(page, "Show")
    expect(page.get_by_role("heading", name=f"Who looked at {number}")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text(desk.analyst.label)
    page.get_by_role("table").get_by_role("link", name=desk.analyst.label).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(desk.analyst.label)
    expect(page.get_by_role("table")).to_contain_text("opened a record")

    page.goto("/audit/")
    page.get_by_role("link", name=re.compile("Unusual reading")).click()
    expect(page.get_by_role("table")).to_contain_text(desk.supervisor.label)
    page.locator("main table tbody a").first.click()
    page.locator("label[for=id_verdict_0]").click()
    page.get_by_label("What you found").fill("On call that night; the duty roster says so.")
    press(page, "Record the review")
    page.goto("/audit/readings/?show=reviewed")
    expect(page.get_by_role("table")).to_contain_text("explained")

    assert not NAMES.search(page.locator("main").inner_text())
    closed_to(page, f"/leads/{number}/", "/queue/", "/search/", "/people/", "/inbox/")
