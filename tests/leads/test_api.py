"""The read-only API: the pages' own answers as data, for the same people, each pull on record."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
import yaml
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client

from access.context import acting_as
from audit.models import Event
from leads.models import Lead, Referral
from tests.factories.facts import NOW
from tests.leads.conftest import Desk
from tests.leads.views.conftest import lead, many, referral  # noqa: F401  # fixtures
from tests.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def pull(client: Client, address: str) -> dict[str, object]:
    response = client.get(address)
    assert response.status_code == 200, response.content
    found: dict[str, object] = response.json()
    return found


def test_leads_come_in_pages_by_key_without_loss_or_double(desk: Desk, many: tuple[Lead, ...], settings: LazySettings) -> None:  # noqa: F811
    settings.QUEUE_PAGE_ROWS = 6
    client = signed_in(desk.analyst)
    numbers: list[str] = []
    address: str | None = "/api/v1/leads/?sort=risk"
    while address:
        page = client.get(address).json()
        numbers += [row["number"] for row in page["results"]]
        address = page["next"]
    assert sorted(numbers) == sorted(each.number for each in many)


@pytest.mark.check(27)
def test_a_lead_carries_sentence_signs_and_rebuttals_and_no_whole_number(desk: Desk, lead: Lead) -> None:  # noqa: F811
    answer = pull(signed_in(desk.analyst), f"/api/v1/leads/{lead.number}/")
    assert set(answer) == {"lead", "person", "identifiers", "picture", "referrals"}
    assert "overstay since 11 Jul 2026" in answer["picture"]["headline"]  # type: ignore[index]
    assert answer["identifiers"] == [{"kind": "passport", "last4": "0000"}]
    assert "ZZ0000000" not in json.dumps(answer)


def test_each_pull_is_on_record_with_the_ids_given_out(desk: Desk, lead: Lead) -> None:  # noqa: F811
    client = signed_in(desk.analyst)
    pull(client, "/api/v1/leads/")
    pull(client, f"/api/v1/leads/{lead.number}/")
    with acting_as(desk.analyst):
        events = list(Event.objects.filter(act="api_read").order_by("pk"))
    assert [event.result_uuids for event in events] == [[lead.uuid], []]
    assert events[1].object_uuid == lead.uuid


def test_an_office_pulls_its_own_referrals_and_no_lead(desk: Desk, referral: Referral) -> None:  # noqa: F811
    officer = signed_in(desk.boston)
    rows = officer.get("/api/v1/referrals/").json()["results"]
    assert [row["uuid"] for row in rows] == [str(referral.uuid)]
    detail = pull(officer, f"/api/v1/referrals/{referral.uuid}/")
    assert detail["status"] == "current"
    assert officer.get(f"/api/v1/leads/{referral.lead_number}/").status_code == 403
    assert officer.get("/api/v1/leads/").status_code == 403


def test_another_office_gets_what_a_made_up_id_gets(desk: Desk, referral: Referral) -> None:  # noqa: F811
    atlanta = signed_in(desk.atlanta)
    assert atlanta.get("/api/v1/referrals/").json() == {"next": None, "results": []}
    real, made_up = (atlanta.get(f"/api/v1/referrals/{each}/") for each in (referral.uuid, uuid.uuid4()))
    assert (real.status_code, real.content) == (made_up.status_code, made_up.content)
    assert real.status_code == 404


def test_whoever_is_not_signed_in_gets_nothing(client: Client, lead: Lead) -> None:  # noqa: F811
    response = client.get(f"/api/v1/leads/{lead.number}/")
    assert response.status_code in (302, 401, 403)
    assert lead.number.encode() not in response.content


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_only_reads(desk: Desk, lead: Lead, method: str) -> None:  # noqa: F811
    client = signed_in(desk.analyst)
    assert getattr(client, method)(f"/api/v1/leads/{lead.number}/").status_code == 405
    assert getattr(client, method)("/api/v1/leads/").status_code == 405


def test_the_schema_names_every_operation_without_a_warning(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "schema.yml"
    call_command("spectacular", "--file", str(file), "--fail-on-warn", "--validate")
    paths = yaml.safe_load(file.read_text(encoding="utf-8"))["paths"]
    ours = [path for path in paths if "/leads" in path or "/referrals" in path]
    assert sorted(ours) == [
        "/api/v1/leads/",
        "/api/v1/leads/{number}/",
        "/api/v1/referrals/",
        "/api/v1/referrals/{uuid}/",
    ]
    assert all(set(paths[path]) == {"get"} for path in ours)
    assert signed_in(desk.analyst).get("/api/v1/schema/").status_code == 200
