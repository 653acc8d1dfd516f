"""Truth that arrives late: extracts go in through real workers, the lead closes and says why, and reopens when contradicted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from access.context import acting_as
from access.selectors import service_actor
from launcher.waiting import until
from leads.models import Lead
from tests.factories.drops import filing, overstay, write_drop
from tests.factories.people import person
from tests.journeys.conftest import Site, Visit
from tests.journeys.worlds import yesterday

pytestmark = [pytest.mark.journey, pytest.mark.slow]

SECONDS = 120


def state_becomes(wanted: str) -> Callable[[], bool]:
    def holds() -> bool:
        with acting_as(service_actor("leads")):
            return list(Lead.objects.values_list("state", flat=True)) == [wanted]

    return holds


@pytest.mark.proof
def test_a_late_departure_closes_the_lead_and_a_later_arrest_reopens_it(working_site: Site, visit_as: Visit, tmp_path: Path) -> None:
    last = yesterday()
    until_day, left, met = last - timedelta(days=60), last - timedelta(days=70), last - timedelta(days=20)
    stay = {"arrival_date": str(last - timedelta(days=240)), "admit_until": str(until_day)}
    told = datetime.combine(last - timedelta(days=2), time(5), UTC)

    def send(day: int, name: str, **row: str) -> None:
        folder = tmp_path / name
        folder.mkdir()
        as_of = told + timedelta(days=day)
        write_drop(folder, [overstay(**stay, **row)], as_of=as_of)
        for source in ("claims3", "eid", "sevis"):
            rows = {("eid", "third"): [arrest], ("claims3", "first"): [too_late]}.get((source, name), [])
            write_drop(folder, rows, source=source, as_of=as_of)
        working_site.manage("receive", str(folder), "--apply")

    too_late = filing(received_on=str(last - timedelta(days=50)))  # it does not help, but shows the person here
    arrest = {
        "event_number": "SIM2606000234",
        "subject_id": "9900000123",
        "family_name": "EXAMPLE",
        "given_name": "ANA MARIA",
        "date_of_birth": "1991-02-17",
        "event_type": "arrest",
        "event_date": str(met),
        "agency": "ERO",
        "in_custody": "N",
        "a_number": "A900000123",
    }
    send(0, "first", a_number="A900000123")
    assert until(state_becomes("queued"), SECONDS)
    page = visit_as(person("ana.lyst", "analyst"))
    page.goto("/queue/?tab=unclaimed")
    page.locator("[data-row] a").first.click()
    expect(page.get_by_text("overstay since").first).to_be_visible()

    send(1, "second", a_number="A900000123", departure_date=str(left), departure_port="NYC", departure_mode="1", departure_evidence="M")
    assert until(state_becomes("auto_closed"), SECONDS)
    page.reload()
    expect(page.get_by_text("Closed as departed.")).to_be_visible()
    expect(page.get_by_role("heading", name="What cleared the person")).to_be_visible()
    page.get_by_role("link", name="History", exact=True).click()
    expect(page.get_by_text("Close on evidence")).to_be_visible()

    send(2, "third", a_number="A900000123", departure_date=str(left), departure_port="NYC", departure_mode="1", departure_evidence="M")
    assert until(state_becomes("reopened"), SECONDS)
    page.reload()
    expect(page.get_by_text("Reopen on new evidence", exact=True)).to_be_visible()
    expect(page.get_by_text("check which is right").first).to_be_visible()
