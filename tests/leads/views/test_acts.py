"""What a person does to a lead, over the page: nothing typed is lost, nothing happens on a stale page."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from access.context import acting_as
from leads.models import Claim, Lead
from leadtrac.bench.client import signed_in
from subjects.models import AddressFact
from tests.leads.conftest import Desk
from tests.pages import words

pytestmark = pytest.mark.django_db


def version_on(client: Client, address: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', client.get(address).content.decode())
    assert found is not None
    return found[1]


def test_a_lead_is_closed_with_a_reason_and_the_person_returns_to_the_list(desk: Desk, analyst: Client, lead: Lead) -> None:
    version = version_on(analyst, f"/leads/{lead.number}/close/")
    response = analyst.post(f"/leads/{lead.number}/close/", {"version": version, "code": "departed", "reason": "", "from": "tab=unclaimed"})
    assert response.headers["Location"] == f"/queue/?tab=unclaimed#{lead.number}"
    assert (desk.fresh(lead).state, desk.fresh(lead).close_reason) == ("closed", "departed")


def test_who_closes_as_referred_to_ero_reads_which_office_that_is_and_why(desk: Desk, analyst: Client, lead: Lead) -> None:
    page = words(analyst.get(f"/leads/{lead.number}/close/"))
    with desk.facts():
        AddressFact.objects.filter(subject=lead.subject).update(superseded_at=timezone.now())
    nowhere = words(analyst.get(f"/leads/{lead.number}/close/"))

    assert "For “Referred to ERO”: ERO Boston." in page
    assert "MA belongs to ERO Boston." in page
    assert "For “Referred to ERO”: no office can be told." in nowhere


@pytest.mark.parametrize("code", ["", "legacy", "joined", "made_up"])
def test_a_close_without_a_listed_reason_comes_back(desk: Desk, analyst: Client, lead: Lead, code: str) -> None:
    response = analyst.post(f"/leads/{lead.number}/close/", {"version": lead.version, "code": code, "reason": "I typed this."})
    assert response.status_code == 422
    assert "I typed this." in response.content.decode()
    assert desk.fresh(lead).state == "queued"


def test_a_stale_close_shows_both_versions_and_loses_no_word(desk: Desk, analyst: Client, lead: Lead) -> None:
    version = version_on(analyst, f"/leads/{lead.number}/close/")
    signed_in(desk.colleague).post(f"/leads/{lead.number}/claim/")
    response = analyst.post(f"/leads/{lead.number}/close/", {"version": version, "code": "departed", "reason": "Saw the exit stamp."})
    page = words(response)
    assert response.status_code == 409
    assert "What you typed Why is it closed? Departed In words Saw the exit stamp." in page
    assert "What stands now In research" in page
    assert desk.colleague.label in page
    assert desk.fresh(lead).state == "in_research"
    again = re.search(r'name="version" value="(\d+)"', response.content.decode())
    assert again is not None
    assert int(again[1]) == desk.fresh(lead).version


def test_undo_takes_back_the_last_act_of_the_person(desk: Desk, analyst: Client, lead: Lead) -> None:
    analyst.post(f"/leads/{lead.number}/close/", {"version": lead.version, "code": "departed", "reason": ""})
    page = words(analyst.post("/undo/", follow=True))
    assert f"Undone: closing {lead.number}." in page
    assert desk.fresh(lead).state == "reopened"
    assert "There is nothing to undo." in words(analyst.post("/undo/", follow=True))


def test_undo_does_not_take_back_what_a_colleague_has_decided_since(desk: Desk, analyst: Client, lead: Lead) -> None:
    analyst.post(f"/leads/{lead.number}/close/", {"version": lead.version, "code": "departed", "reason": ""})
    colleague = signed_in(desk.colleague)
    colleague.post(f"/leads/{lead.number}/reopen/", {"version": desk.fresh(lead).version, "reason": "The exit is somebody else's."})
    colleague.post(f"/leads/{lead.number}/close/", {"version": desk.fresh(lead).version, "code": "data_error", "reason": ""})

    assert "Undo" not in words(analyst.get(f"/leads/{lead.number}/"))
    assert "Undo" not in words(analyst.get("/queue/"))
    response = analyst.post("/undo/", follow=True)

    assert response.redirect_chain == [(f"/leads/{lead.number}/", 302)]
    assert f"This can no longer be undone: {lead.number} has moved on since." in words(response)
    assert (desk.fresh(lead).state, desk.fresh(lead).close_reason) == ("closed", "data_error")


def test_undo_of_a_claim_leaves_the_claim_of_whom_the_lead_was_given_to(desk: Desk, supervisor: Client, lead: Lead) -> None:
    supervisor.post(f"/leads/{lead.number}/claim/")
    given = {"version": desk.fresh(lead).version, "user": str(desk.colleague.uuid), "reason": "You know the school."}
    supervisor.post(f"/leads/{lead.number}/assign/", given)

    assert "can no longer be undone" in words(supervisor.post("/undo/", follow=True))
    with acting_as(desk.colleague):
        assert Claim.objects.get(lead=lead, released_at=None).user == desk.colleague


def test_a_hold_needs_a_day_ahead_and_a_reason(desk: Desk, analyst: Client, lead: Lead) -> None:
    address = f"/leads/{lead.number}/hold/"
    past = analyst.post(address, {"version": lead.version, "until": "1 Jan 2020", "reason": "Waiting for the school."})
    assert past.status_code == 422
    assert "The day must lie ahead." in words(past)
    analyst.post(address, {"version": lead.version, "until": "10 Jan 2027", "reason": "Waiting for the school."})
    assert desk.fresh(lead).state == "on_hold"
    assert "10 Jan 2027" in words(analyst.get(f"/leads/{lead.number}/"))
    analyst.post(f"/leads/{lead.number}/unhold/")
    assert desk.fresh(lead).state != "on_hold"


def test_a_note_is_kept_and_an_empty_one_comes_back(analyst: Client, lead: Lead) -> None:
    empty = analyst.post(f"/leads/{lead.number}/note/", {"version": lead.version, "text": "", "audience": "hq"})
    assert empty.status_code == 422
    page = words(
        analyst.post(
            f"/leads/{lead.number}/note/", {"version": lead.version, "text": "<b>Called</b> the school.", "audience": "hq"}, follow=True
        )
    )
    assert "The note is kept." in page
    assert "&lt;b&gt;Called&lt;/b&gt; the school." in page


def test_claim_and_release_move_the_lead_between_queue_and_research(desk: Desk, analyst: Client, lead: Lead) -> None:
    analyst.post(f"/leads/{lead.number}/claim/")
    assert desk.fresh(lead).state == "in_research"
    assert "is back in the queue" in words(analyst.post(f"/leads/{lead.number}/release/", follow=True))
    assert desk.fresh(lead).state == "queued"


def test_only_a_supervisor_assigns_and_the_person_finds_the_lead(desk: Desk, analyst: Client, supervisor: Client, lead: Lead) -> None:
    address = f"/leads/{lead.number}/assign/"
    given = {"version": lead.version, "user": str(desk.colleague.uuid), "reason": "You know the school."}
    assert analyst.post(address, given).status_code == 403
    assert supervisor.post(address, {**given, "user": str(desk.boston.uuid)}).status_code == 422
    supervisor.post(address, given)
    with acting_as(desk.supervisor):
        assert Claim.objects.get(lead=lead, released_at=None).user == desk.colleague
    assert lead.number in words(signed_in(desk.colleague).get("/queue/"))


def test_a_closed_lead_is_reopened_with_a_reason(desk: Desk, analyst: Client, lead: Lead) -> None:
    analyst.post(f"/leads/{lead.number}/close/", {"version": lead.version, "code": "departed", "reason": ""})
    version = version_on(analyst, f"/leads/{lead.number}/reopen/")
    assert analyst.post(f"/leads/{lead.number}/reopen/", {"version": version, "reason": " "}).status_code == 422
    analyst.post(f"/leads/{lead.number}/reopen/", {"version": version, "reason": "The stamp was another person's."})
    assert desk.fresh(lead).state == "reopened"


def test_the_switch_of_the_keyboard_is_kept_and_leads_nowhere_else(desk: Desk, analyst: Client) -> None:
    response = analyst.post("/keys/", {"shortcuts": "off", "back": "https://elsewhere.example/"})
    assert response.headers["Location"] == "/"
    assert 'data-keys="off"' in analyst.get("/queue/").content.decode()


def test_a_link_above_a_form_leads_to_the_first_choice_of_what_was_not_chosen(analyst: Client, lead: Lead) -> None:
    response = analyst.post(f"/leads/{lead.number}/close/", {"version": lead.version, "code": "", "reason": ""})
    leads_to = re.search(r'href="#([^"]*)">Why is it closed', response.content.decode())
    assert leads_to is not None
    assert re.search(rf'<input type="radio"[^>]* id="{leads_to[1]}"', response.content.decode())


@pytest.mark.parametrize("act", ["claim", "release", "unhold", "note"])
def test_acts_are_posts(analyst: Client, lead: Lead, act: str) -> None:
    response = analyst.get(f"/leads/{lead.number}/{act}/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert f'<a href="/leads/{lead.number}/">Back to where you were</a>' in response.content.decode()
