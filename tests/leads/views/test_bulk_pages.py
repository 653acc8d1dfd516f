"""Acts on many leads over the pages: select rows or take all, preview, type the count, progress, result, undo; no script needed."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from leads.models import Lead
from leads.services.bulk_work import work_bulk_runs
from leadtrac.bench.client import signed_in
from tests.factories.facts import NOW
from tests.leads.conftest import Desk
from tests.pages import words

pytestmark = pytest.mark.django_db


def order(client: Client, **given: object) -> str:
    """The address of the run that the queue's form makes."""
    response = client.post("/queue/bulk/", {"from": "tab=unclaimed", **given})
    assert response.status_code == 302
    return str(response.headers["Location"])


def test_the_queue_offers_what_the_role_may_do_on_many_leads_and_never_a_referral(
    analyst: Client, supervisor: Client, many: tuple[Lead, ...]
) -> None:
    html = analyst.get("/queue/?tab=unclaimed").content.decode()
    acts = re.findall(r'name="act" value="(\w+)"', html)
    assert acts == ["close", "snooze"]
    assert html.count('name="row"') == len(many)
    assert re.findall(r'name="act" value="(\w+)"', supervisor.get("/queue/?tab=unclaimed").content.decode()) == [*acts, "assign"]


def test_selected_rows_are_closed_after_the_count_was_typed(desk: Desk, analyst: Client, many: tuple[Lead, ...]) -> None:
    chosen = [lead.number for lead in many[:3]]
    address = order(analyst, act="close", scope="rows", row=chosen)
    page = words(analyst.get(address))
    assert "3 of 3 leads will be changed." in page
    assert "Nothing has happened yet." in page

    wrong = analyst.post(address, {"code": "departed", "reason": "The carrier's list.", "confirmation": "20"})
    assert wrong.status_code == 422
    assert "Type the number of leads that will be changed: 3." in words(wrong)
    assert "The carrier&#x27;s list." in wrong.content.decode()

    analyst.post(address, {"code": "departed", "reason": "The carrier's list.", "confirmation": "3"})
    assert "Working on the leads" in words(analyst.get(address))
    work_bulk_runs(now=NOW)
    page = words(analyst.get(address))
    assert "3 changed. 1 of the closings goes to a second person." in page
    assert [desk.fresh(lead).state for lead in many[:4]] == ["closed", "closed", "closed", "queued"]

    analyst.post(f"{address}undo/")
    work_bulk_runs(now=NOW)
    assert "3 taken back" in words(analyst.get(address))
    assert {desk.fresh(lead).state for lead in many[:3]} == {"reopened"}


def test_all_that_a_view_finds_is_one_list_with_its_exceptions(desk: Desk, analyst: Client, many: tuple[Lead, ...]) -> None:
    signed_in(desk.colleague).post(f"/leads/{many[0].number}/claim/")
    address = order(analyst, act="snooze", scope="all", **{"from": f"tab=all&rule={many[0].rule_id}"})
    page = words(analyst.get(address))
    assert "19 of 20 leads will be changed. 1 is left out." in page
    assert "Somebody else has claimed it. 1" in page
    analyst.post(address, {"until": "", "waits_for": "refresh:claims3", "reason": "CLAIMS is late.", "confirmation": "19"})
    work_bulk_runs(now=NOW)
    assert "as soon as CLAIMS 3 sends a newer extract" in words(analyst.get(f"/leads/{many[5].number}/"))


def test_nothing_selected_leads_back_to_the_queue_with_a_word(analyst: Client, many: tuple[Lead, ...]) -> None:
    response = analyst.post("/queue/bulk/", {"from": "tab=unclaimed", "act": "close", "scope": "rows"}, follow=True)
    assert "Select at least one row." in words(response)


def test_a_run_is_for_its_orderer_and_supervisors(desk: Desk, analyst: Client, supervisor: Client, many: tuple[Lead, ...]) -> None:
    address = order(analyst, act="close", scope="rows", row=[many[0].number])
    assert signed_in(desk.colleague).get(address).status_code == 404
    assert signed_in(desk.boston).get(address).status_code in (403, 404)
    shown = supervisor.get(address)
    assert shown.status_code == 200
    assert 'name="confirmation"' not in shown.content.decode()
    assert supervisor.post(f"{address}cancel/").status_code == 403
    assert "Hold" not in words(analyst.get("/bulk/"))


def test_numbers_that_nobody_shows_make_an_empty_list(analyst: Client, lead: Lead) -> None:
    address = order(analyst, act="close", scope="rows", row=["L-ZZZZ-ZZZZ"])
    assert "None of the 0 leads can be changed." in words(analyst.get(address))
