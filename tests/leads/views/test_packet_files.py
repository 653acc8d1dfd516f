"""A packet as a file holds numbers in full: its office opens it, anybody else says why or has the lead in hand, on record."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from access.context import acting_as
from access.models import Office, User
from audit.models import Event
from audit.selectors import words_of
from leads.models import Claim, Lead, Referral
from leadtrac.bench.client import signed_in
from tests.factories.people import person
from tests.leads.conftest import Desk
from tests.pages import words

pytestmark = pytest.mark.django_db
FORMS = pytest.mark.parametrize("form", ["json", "pdf"])
NUMBER = "ZZ0000000"  # of the visitor's passport


def address(referral: Referral, form: str) -> str:
    return f"/referrals/{referral.uuid}/packet.{form}"


def text_of(answer: object, form: str) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]
    if form == "json":
        assert json.loads(content)["packet"]["lead_number"]
        return content.decode()
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def events(user: User, act: str) -> list[Event]:
    with acting_as(user):
        return list(Event.objects.filter(act=act, object_kind="packet"))


@FORMS
def test_the_office_opens_its_packet_and_the_download_names_the_referral(
    desk: Desk, officer: Client, referral: Referral, form: str
) -> None:
    answer = officer.get(address(referral, form))

    assert answer.headers["Content-Type"] == f"application/{form}"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "DOE" not in answer.headers["Content-Disposition"]
    assert NUMBER in text_of(answer, form)
    (download,) = events(desk.boston, "download")
    assert (download.purpose_kind, download.purpose_uuid) == ("referral", referral.uuid)
    assert events(desk.boston, "reveal") == []


@FORMS
@pytest.mark.check(27)
def test_headquarters_is_asked_why_and_the_reason_stands_with_the_kinds_that_were_revealed(
    desk: Desk, analyst: Client, lead: Lead, referral: Referral, form: str
) -> None:
    asked, refused = analyst.get(address(referral, form)), analyst.post(address(referral, form), {"reason": "  "})

    assert (asked.status_code, refused.status_code) == (200, 422)
    for answer in (asked, refused):
        assert answer.headers["Content-Type"].startswith("text/html")
        assert NUMBER not in answer.content.decode()
    assert events(desk.analyst, "download") == events(desk.analyst, "reveal") == []

    opened = analyst.post(address(referral, form), {"reason": "The office asks about the passport."})

    assert NUMBER in text_of(opened, form)
    (reveal,) = events(desk.analyst, "reveal")
    assert reveal.field_names == ["passport"]
    assert lead.uuid in reveal.result_uuids
    with acting_as(desk.analyst):
        assert words_of(reveal) == {"reason": "The office asks about the passport."}
    assert len(events(desk.analyst, "download")) == 1


@FORMS
@pytest.mark.check(27)
def test_whoever_has_claimed_the_lead_opens_it_with_the_lead_as_the_purpose(
    desk: Desk, analyst: Client, lead: Lead, referral: Referral, form: str
) -> None:
    claimed(desk, lead)
    assert NUMBER in text_of(analyst.get(address(referral, form)), form)
    for event in (*events(desk.analyst, "reveal"), *events(desk.analyst, "download")):
        assert (event.purpose_kind, event.purpose_uuid) == ("lead", lead.uuid)
    assert len(events(desk.analyst, "reveal")) == 1

    colleague = signed_in(desk.colleague).get(address(referral, form))
    assert colleague.headers["Content-Type"].startswith("text/html"), "the claim is somebody else's"
    with acting_as(desk.service):
        Claim.objects.filter(lead=lead, released_at=None).update(until=timezone.now())
    assert analyst.get(address(referral, form)).headers["Content-Type"].startswith("text/html"), "the lease is over"


def test_at_headquarters_an_officer_of_another_office_is_asked_too_and_answers_nothing(desk: Desk, referral: Referral) -> None:
    """Two roles at once: sight of all referrals comes from the desk, the office's own rights end at its door."""
    client = signed_in(person("ben", "field_officer", office=Office.objects.get(code="HSI-ATL")))

    page = client.get(f"/referrals/{referral.uuid}/")
    assert NUMBER not in page.content.decode()
    assert client.get(address(referral, "json")).headers["Content-Type"].startswith("text/html")
    answer = client.post(f"/referrals/{referral.uuid}/accept/", {"version": referral.version})
    assert answer.status_code == 403
    assert "you do not work there" in words(answer)


def claimed(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.service):
        now = timezone.now()
        Claim.objects.filter(lead=lead, released_at=None).update(released_at=now)
        until = now + timedelta(hours=1)
        Claim.objects.create(lead=lead, access_class_id=lead.access_class_id, user=desk.analyst, claimed_at=now, until=until)
