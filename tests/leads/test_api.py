"""The API: the pages' own answers and acts as data, for the same people, each pull on record."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
import yaml
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client

from access.context import acting_as
from audit.models import Event
from leads.models import Lead, Outcome, Referral
from leads.selectors.lead import notes_for
from leadtrac.bench.client import signed_in
from subjects.models import Subject
from tests.factories.facts import NOW
from tests.leads.conftest import Desk
from tests.leads.views.conftest import lead, many, referral  # noqa: F401  # fixtures

pytestmark = pytest.mark.django_db

LEAD_ACTS = {"claim", "release", "notes", "hold", "unhold", "close", "reopen"}
REFERRAL_ACTS = {"accept", "take", "acknowledge", "safe", "return", "transfer", "outcome", "recall"}


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
        person = Subject.objects.get(leads=lead).uuid
    assert [event.result_uuids for event in events] == [[lead.uuid], [person]]
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
    assert (response.status_code, response.json()["code"]) == (401, "not_signed_in")
    assert lead.number.encode() not in response.content


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_record_is_never_written_over(desk: Desk, lead: Lead, method: str) -> None:  # noqa: F811
    client = signed_in(desk.analyst)
    assert getattr(client, method)(f"/api/v1/leads/{lead.number}/").status_code == 405
    assert getattr(client, method)("/api/v1/leads/").status_code == 405


def test_the_schema_names_every_operation_without_a_warning(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "schema.yml"
    call_command("spectacular", "--file", str(file), "--fail-on-warn", "--validate")
    paths = yaml.safe_load(file.read_text(encoding="utf-8"))["paths"]
    found = {path.removeprefix("/api/v1"): set(methods) for path, methods in paths.items()}
    acts = {path for path, methods in found.items() if methods == {"post"}}
    assert {path for path, methods in found.items() if methods == {"get"}} == {
        "/leads/{number}/files/",
        "/referrals/{uuid}/files/",
        "/leads/",
        "/leads/{number}/",
        "/referrals/",
        "/referrals/{uuid}/",
        "/subjects/{uuid}/",
        "/subjects/{uuid}/facts/",
        "/organizations/",
        "/organizations/{uuid}/",
        "/extracts/",
        "/extracts/{uuid}/",
    }
    assert {path.split("/")[-2] for path in acts if path.startswith("/leads/")} == LEAD_ACTS
    assert {path.split("/")[-2] for path in acts if path.startswith("/referrals/")} == REFERRAL_ACTS
    assert acts | {path for path, methods in found.items() if methods == {"get"}} == set(found)
    assert signed_in(desk.analyst).get("/api/v1/schema/").status_code == 200


def send(client: Client, address: str, **body: object) -> Any:
    return client.post(address, body, content_type="application/json")


def test_a_lead_is_claimed_noted_and_closed_as_on_the_page(desk: Desk, lead: Lead) -> None:  # noqa: F811
    client, here = signed_in(desk.analyst), f"/api/v1/leads/{lead.number}/"
    assert send(client, f"{here}claim/").json()["lead"]["state"] == "in_research"
    assert send(client, f"{here}notes/", text="Called the carrier.").status_code == 200
    version = pull(client, here)["lead"]["version"]  # type: ignore[index]
    closed = send(client, f"{here}close/", version=version, close_reason="departed").json()
    assert (closed["lead"]["state"], closed["lead"]["close_reason"]) == ("closed", "departed")
    with acting_as(desk.analyst):
        (note,) = notes_for(desk.analyst, desk.fresh(lead))
    assert note.text == "Called the carrier."


def test_an_act_on_an_older_version_is_refused(desk: Desk, lead: Lead) -> None:  # noqa: F811
    client, here = signed_in(desk.analyst), f"/api/v1/leads/{lead.number}/"
    send(client, f"{here}claim/")
    stale = send(client, f"{here}close/", version=lead.version, close_reason="departed")
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    assert desk.fresh(lead).state == "in_research"


def test_an_office_answers_through_the_api_and_the_same_outcome_twice_is_one(desk: Desk, lead: Lead, referral: Referral) -> None:  # noqa: F811
    client, here = signed_in(desk.boston), f"/api/v1/referrals/{referral.uuid}/"
    accepted = send(client, f"{here}accept/", version=referral.version).json()
    given = {"version": accepted["version"], "code": "departed", "occurred_on": "2026-11-22"}
    assert send(client, f"{here}outcome/", **given).json()["outcome"] == "departed"
    assert send(client, f"{here}outcome/", **given).status_code == 200
    with desk.facts():
        assert Outcome.objects.count() == 1
    assert desk.fresh(lead).state == "closed"


def test_a_body_that_cannot_be_used_names_its_field_and_changes_nothing(desk: Desk, lead: Lead) -> None:  # noqa: F811
    client, here = signed_in(desk.analyst), f"/api/v1/leads/{lead.number}/"
    wrong = send(client, f"{here}close/", version=0, close_reason="joined")
    assert wrong.status_code == 422
    assert wrong.json()["detail"].startswith("close_reason:")
    assert client.post(f"{here}close/", "{", content_type="application/json").status_code == 400
    assert client.post(f"{here}close/", "a=b", content_type="text/plain").status_code == 415
    assert desk.fresh(lead).state == "queued"


def test_an_act_needs_the_token_that_the_session_was_given(desk: Desk, lead: Lead) -> None:  # noqa: F811
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = signed_in(desk.analyst).cookies
    assert send(careful, f"/api/v1/leads/{lead.number}/claim/").status_code == 403
    assert desk.fresh(lead).state == "queued"


def test_people_are_found_for_a_purpose_and_shown_without_whole_numbers(desk: Desk, lead: Lead) -> None:  # noqa: F811
    client = signed_in(desk.analyst)
    found = send(client, "/api/v1/subjects/search/", birth="1 Mar 1991", purpose="vetting").json()
    (hit,) = found["results"]
    assert hit["reasons"] == ["date of birth"]
    assert send(client, "/api/v1/subjects/search/", birth="1 Mar 1991").status_code == 422
    assert send(client, "/api/v1/subjects/search/", birth="31 Feb", purpose="vetting").status_code == 422
    person = pull(client, f"/api/v1/subjects/{hit['person']['uuid']}/")
    facts = pull(client, f"/api/v1/subjects/{hit['person']['uuid']}/facts/")
    assert person["person"]["family_name"] == "DOE EXAMPLE"  # type: ignore[index]
    assert any("1 Example Street" in fact["text"] for fact in facts["results"])  # type: ignore[attr-defined]
    assert "ZZ0000000" not in json.dumps([person, facts])
    assert signed_in(desk.boston).get(f"/api/v1/subjects/{hit['person']['uuid']}/").status_code == 404
