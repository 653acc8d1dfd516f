"""The queue's page: tabs, filters in the address, sort heads, paging, dealing, and what it keeps out of the address."""

from __future__ import annotations

import re

import pytest
from django.conf import LazySettings
from django.test import Client

from access.context import acting_as
from audit.models import Event
from leads.columns import COLUMNS
from leads.filters import read_query
from leads.models import Claim, Lead
from leadtrac.bench.client import signed_in
from tests.leads.conftest import Desk
from tests.pages import words

pytestmark = pytest.mark.django_db


def test_an_empty_queue_says_what_to_do_next(analyst: Client) -> None:
    page = words(analyst.get("/queue/"))
    assert "Your queue is empty" in page
    assert "Deal me the next" in page


def test_a_row_shows_who_why_presence_risk_and_clock(analyst: Client, lead: Lead) -> None:
    page = words(analyst.get("/queue/?tab=unclaimed"))
    assert lead.number in page
    assert "DOE EXAMPLE, Ana 0 1991 PRT" in page
    assert "B2 overstay for 135 days; no exit" in page
    assert "d left" in page


@pytest.mark.check(41)
def test_what_was_listed_is_on_record_with_its_ids(desk: Desk, analyst: Client, lead: Lead) -> None:
    analyst.get("/queue/?tab=unclaimed&risk=low")
    with acting_as(desk.analyst):
        event = Event.objects.filter(act="list").latest("pk")
    assert event.result_uuids == [lead.uuid]
    assert event.field_names == ["unclaimed", "risk low"]


def test_a_filter_stands_in_the_address_and_its_chip_takes_it_away(analyst: Client, lead: Lead) -> None:
    response = analyst.get(f"/queue/?tab=all&risk={lead.risk}&rule={lead.rule_id}&name=EXAMPLE")
    assert lead.number in words(response)
    html = response.content.decode()
    assert f'href="/queue/?tab=all&amp;rule={lead.rule_id}"' in html
    assert "name=EXAMPLE" not in html
    others = {"low", "medium", "high"} - {lead.risk}
    assert lead.number not in words(analyst.get(f"/queue/?tab=all&risk={others.pop()}"))


def test_an_address_with_nonsense_shows_the_default_view(analyst: Client, lead: Lead) -> None:
    response = analyst.get("/queue/?tab=everything&risk=%00&sort=name&cursor=nonsense&office=NOWHERE")
    assert response.status_code == 200
    assert read_query({"tab": "x", "risk": "y", "sort": "z"}) == read_query({})


def test_sort_heads_are_links_that_say_how_they_stand(analyst: Client, lead: Lead) -> None:
    html = analyst.get("/queue/?tab=all&sort=risk").content.decode()
    assert 'aria-sort="descending"' in html
    assert html.count("aria-sort=") == 3
    assert 'href="/queue/?tab=all&amp;sort=age"' in html


def test_pages_follow_each_other_by_key_without_loss_or_double(analyst: Client, many: tuple[Lead, ...], settings: LazySettings) -> None:
    settings.QUEUE_PAGE_ROWS = 6
    seen: list[str] = []
    address = "/queue/?tab=unclaimed&sort=risk"
    while address:
        response = analyst.get(address)
        rows = [row.number for row in response.context["page"].rows]
        seen += rows
        address = response.context["next_url"]
    assert len(seen) == len(set(seen)) == len(many)


def test_the_way_back_from_a_lead_leads_to_the_same_row(analyst: Client, many: tuple[Lead, ...], settings: LazySettings) -> None:
    settings.QUEUE_PAGE_ROWS = 6
    second = analyst.get(analyst.get("/queue/?tab=unclaimed&sort=risk").context["next_url"])
    row = second.context["page"].rows[3]
    page = analyst.get(f"/leads/{row.number}/?{second.context['from']}")
    assert f'href="{second.context["query"].url.replace("&", "&amp;")}#{row.number}"' in page.content.decode()
    assert "10 of 20" in words(page)


def test_the_next_lead_is_dealt_with_its_reason(desk: Desk, analyst: Client, lead: Lead) -> None:
    page = words(analyst.post("/queue/deal/", follow=True))
    assert f"{lead.number} is yours. Why this one:" in page
    with acting_as(desk.analyst):
        assert Claim.objects.get(lead=lead, released_at=None).user == desk.analyst
    again = words(analyst.post("/queue/deal/", follow=True))
    assert "There is no lead left to deal" in again


def test_a_row_is_claimed_in_place_and_shows_its_owner_to_others(desk: Desk, analyst: Client, lead: Lead) -> None:
    response = analyst.post(f"/leads/{lead.number}/claim/", {"from": "tab=all", "stay": "1"})
    assert response.headers["Location"] == f"/queue/?tab=all#{lead.number}"
    assert "me" in words(analyst.get("/queue/?tab=all"))
    page = words(signed_in(desk.colleague).get("/queue/?tab=all"))
    assert desk.analyst.label in page


def test_two_who_claim_at_once_get_one_lead_and_one_answer(desk: Desk, analyst: Client, lead: Lead) -> None:
    analyst.post(f"/leads/{lead.number}/claim/")
    listed = "/queue/?tab=unclaimed"
    response = signed_in(desk.colleague).post(f"/leads/{lead.number}/claim/", HTTP_REFERER=f"http://testserver{listed}")
    assert response.status_code == 409
    assert f'<a href="{listed}">Back to where you were</a>' in response.content.decode()
    assert f"{desk.analyst.label} has claimed this lead" in words(response)


def test_new_rows_wait_behind_a_link(analyst: Client, lead: Lead) -> None:
    response = analyst.get("/queue/new/?tab=unclaimed&since=2026-11-20T00:00:00%2B00:00")
    assert "1 new lead since" in words(response)
    assert "<html" not in response.content.decode()
    assert analyst.get("/queue/new/?since=nonsense").status_code == 200


@pytest.mark.parametrize("name", ["boston", "operator"])
def test_the_queue_is_not_for_offices_and_operators(desk: Desk, name: str) -> None:
    assert signed_in(getattr(desk, name)).get("/queue/").status_code == 403


def heads(client: Client, address: str = "/queue/?tab=unclaimed") -> list[str]:
    """The columns of the queue beside lead and subject."""
    html = client.get(address).content.decode()
    found = [words_in(cell) for cell in re.findall(r"<th[^>]*scope=\"col\".*?</th>", html, flags=re.DOTALL)]
    return [name for name in COLUMNS.values() if any(head.startswith(name) for head in found)]


def words_in(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_columns_are_those_of_the_role_until_a_person_chooses_and_then_stay(analyst: Client, supervisor: Client, lead: Lead) -> None:
    assert {"Presence", "Stop signs"} <= set(heads(analyst))
    assert "Office" not in heads(analyst)
    assert {"Office", "Status"} <= set(heads(supervisor))

    form = analyst.get("/queue/columns/?from=tab%3Dunclaimed")
    assert "columns of your role" in form.content.decode()
    assert analyst.post("/queue/columns/", {"columns": []}).status_code == 422
    done = analyst.post("/queue/columns/", {"columns": ["rule", "why", "password"], "from": "tab=unclaimed"})
    assert done.status_code == 422  # what is no column is refused
    done = analyst.post("/queue/columns/", {"columns": ["rule", "why"], "from": "tab=unclaimed"})
    assert done.headers["Location"].endswith("/queue/?tab=unclaimed")

    assert heads(analyst) == ["Why it is here", "Rule"]
    assert "Status" in heads(analyst, "/queue/?tab=all")  # where every state is listed, each row says its own
    analyst.post("/queue/columns/", {"role": "1"})
    assert "Presence" in heads(analyst)
