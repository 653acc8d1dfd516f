"""How many questions a page puts to the database: the same for one row and for twenty, and within what is written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from leads.models import Lead, Referral
from leadtrac.bench.client import signed_in
from tests.leads.conftest import Desk
from tests.pages import counted_queries

pytestmark = pytest.mark.django_db

BUDGETS: dict[str, int] = json.loads((Path(__file__).resolve().parents[2] / "query_budgets.json").read_text(encoding="utf-8"))


def asked(client: Client, address: str) -> int:
    client.get(address)  # keys of the day, cached templates
    with counted_queries() as queries:
        response = client.get(address)
    assert response.status_code == 200
    return len(queries)


@pytest.mark.parametrize("rows", ["lead", "many"])
@pytest.mark.parametrize(("name", "address"), [("queue", "/queue/?tab=all"), ("api_leads", "/api/v1/leads/")])
def test_a_list_asks_no_more_for_twenty_rows_than_for_one(
    analyst: Client, request: pytest.FixtureRequest, rows: str, name: str, address: str
) -> None:
    request.getfixturevalue(rows)
    assert asked(analyst, address) <= BUDGETS[name]


@pytest.mark.parametrize("tab", ["facts", "timeline", "findings", "notes", "files", "referrals", "history"])
def test_a_leads_page_stays_within_its_budget(analyst: Client, lead: Lead, tab: str) -> None:
    assert asked(analyst, f"/leads/{lead.number}/{tab}/") <= BUDGETS[f"lead_{tab}"]


def test_the_offices_pages_stay_within_their_budgets(desk: Desk, officer: Client, referral: Referral) -> None:
    assert asked(officer, "/inbox/") <= BUDGETS["office_inbox"]
    assert asked(officer, f"/referrals/{referral.uuid}/") <= BUDGETS["referral_page"]
    assert asked(signed_in(desk.analyst), "/referrals/") <= BUDGETS["referral_list"]
