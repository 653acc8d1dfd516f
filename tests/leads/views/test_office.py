"""The field office over its pages: what was referred to it, and nothing else."""

from __future__ import annotations

import io
import json
import uuid

import pytest
from django.test import Client
from pypdf import PdfReader

from access.context import acting_as
from audit.models import Event
from leads.models import Lead, Outcome, Referral
from leadtrac.bench.client import signed_in
from tests.leads.conftest import Desk
from tests.pages import words

pytestmark = pytest.mark.django_db


def page_of(referral: Referral) -> str:
    return f"/referrals/{referral.uuid}/"


def fresh(desk: Desk, referral: Referral) -> Referral:
    with desk.facts():
        return Referral.objects.get(pk=referral.pk)


def test_the_inbox_lists_what_came_to_the_office(desk: Desk, officer: Client, referral: Referral) -> None:
    page = words(officer.get("/inbox/"))
    assert "DOE EXAMPLE, Ana 0" in page
    assert "To do 1" in page
    assert "referred nothing to your office" in words(signed_in(desk.atlanta).get("/inbox/"))


def test_the_referral_reads_without_the_pdf_and_the_evidence_against_first(officer: Client, referral: Referral) -> None:
    page = words(officer.get(page_of(referral)))
    order = ("Read first: what speaks against it", "Why", "Person", "Where", "Facts", "Packet")
    places = [page.index(part) for part in order]
    assert places == sorted(places)
    assert "ZZ0000000" in page
    assert "1 Example Street, Boston" in page


@pytest.mark.check(27)
def test_headquarters_reads_the_same_page_with_masked_numbers(analyst: Client, referral: Referral) -> None:
    page = words(analyst.get(page_of(referral)))
    assert "ZZ0000000" not in page
    assert "Recall" in page


def test_a_packet_is_downloaded_as_it_was_sealed_and_each_download_is_on_record(desk: Desk, officer: Client, referral: Referral) -> None:
    pdf = officer.get(f"{page_of(referral)}packet.pdf")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert "attachment" in pdf.headers["Content-Disposition"]
    assert "DOE" not in pdf.headers["Content-Disposition"]
    assert PdfReader(io.BytesIO(pdf.content)).pages
    body = json.loads(officer.get(f"{page_of(referral)}packet.json").content)
    assert body["packet"]["lead_number"] == referral.lead_number
    with acting_as(desk.boston):
        assert Event.objects.filter(act="download", object_kind="packet").count() == 2


def test_accept_then_outcome_closes_the_lead(desk: Desk, officer: Client, lead: Lead, referral: Referral) -> None:
    assert "Accepted." in words(officer.post(f"{page_of(referral)}accept/", {"version": referral.version}, follow=True))
    version = fresh(desk, referral).version
    given = {"version": version, "code": "departed", "occurred_on": "22 Nov 2026", "remarks": "Left by air."}
    page = words(officer.post(f"{page_of(referral)}outcome/", given, follow=True))
    assert "Departed" in page
    assert "Left by air." in page
    assert desk.fresh(lead).state == "closed"


def test_an_outcome_sent_twice_is_one_outcome_and_both_sendings_succeed(desk: Desk, officer: Client, referral: Referral) -> None:
    officer.post(f"{page_of(referral)}accept/", {"version": referral.version})
    given = {"version": fresh(desk, referral).version, "code": "not_located", "occurred_on": "22 Nov 2026", "remarks": ""}
    for _ in range(2):
        assert officer.post(f"{page_of(referral)}outcome/", given).status_code == 302
    with desk.facts():
        assert Outcome.objects.filter(referral=referral).count() == 1
    other = officer.post(f"{page_of(referral)}outcome/", {**given, "code": "arrested"})
    assert other.status_code == 409
    assert "already on record" in words(other)


@pytest.mark.parametrize(("code", "day"), [("", "22 Nov 2026"), ("departed", "1 Jan 2031"), ("departed", ""), ("made_up", "22 Nov 2026")])
def test_an_outcome_that_cannot_be_comes_back_with_what_was_typed(
    desk: Desk, officer: Client, referral: Referral, code: str, day: str
) -> None:
    officer.post(f"{page_of(referral)}accept/", {"version": referral.version})
    given = {"version": fresh(desk, referral).version, "code": code, "occurred_on": day, "remarks": "I typed this."}
    response = officer.post(f"{page_of(referral)}outcome/", given)
    assert response.status_code == 422
    assert "I typed this." in response.content.decode()
    with desk.facts():
        assert not Outcome.objects.exists()


def test_a_return_needs_a_listed_reason_and_words(desk: Desk, officer: Client, lead: Lead, referral: Referral) -> None:
    address = f"{page_of(referral)}return/"
    assert officer.post(address, {"version": referral.version, "code": "", "words": "x"}).status_code == 422
    assert officer.post(address, {"version": referral.version, "code": "better_address", "words": ""}).status_code == 422
    officer.post(address, {"version": referral.version, "code": "better_address", "words": "Nobody by that name lives there."})
    assert desk.fresh(lead).state == "returned"


def test_a_stale_answer_is_not_taken(desk: Desk, officer: Client, referral: Referral) -> None:
    officer.post(f"{page_of(referral)}take/")
    response = officer.post(f"{page_of(referral)}accept/", {"version": referral.version})
    assert response.status_code == 409
    assert fresh(desk, referral).state == "sent"


def test_safe_to_act_now_answers_with_time_and_without_content(officer: Client, referral: Referral) -> None:
    page = words(officer.post(f"{page_of(referral)}safe/", follow=True))
    assert "Safe to act: yes" in page
    assert "the sources speak up to 22 Nov 2026" in page
    assert "Safe to act: yes" not in words(officer.get(page_of(referral)))


def test_a_recall_reaches_the_office_at_once_and_is_acknowledged(desk: Desk, analyst: Client, officer: Client, referral: Referral) -> None:
    analyst.post(f"{page_of(referral)}recall/", {"version": referral.version, "reason": "Another person."})
    page = words(officer.get(page_of(referral)))
    assert "Recalled" in page
    assert "Another person." in page
    assert "out of date, not read" in words(officer.get("/inbox/"))
    officer.post(f"{page_of(referral)}acknowledge/")
    assert fresh(desk, referral).acknowledged_by == desk.boston
    assert f"Read by {desk.boston.label}" in words(officer.get(page_of(referral)))


def test_a_packet_id_tells_whether_it_still_holds(desk: Desk, analyst: Client, officer: Client, referral: Referral) -> None:
    with desk.facts():
        packet = referral.packet
    address = f"/packets/{packet.uuid}/"
    assert "Current" in words(officer.get(address))
    analyst.post(f"{page_of(referral)}recall/", {"version": referral.version, "reason": "Another person."})
    assert "Recalled: do not act on it" in words(officer.get(address))


def test_headquarters_lists_referrals_with_their_offices(analyst: Client, officer: Client, referral: Referral) -> None:
    page = words(analyst.get("/referrals/"))
    assert referral.lead_number in page
    assert "HSI Boston" in page
    assert officer.get("/referrals/").status_code == 403


@pytest.mark.parametrize("path", ["", "packet.pdf", "packet.json", "return/", "outcome/"])
def test_another_office_gets_what_a_made_up_id_gets(desk: Desk, referral: Referral, path: str) -> None:
    atlanta = signed_in(desk.atlanta)
    real = atlanta.get(f"/referrals/{referral.uuid}/{path}")
    made_up = atlanta.get(f"/referrals/{uuid.uuid4()}/{path}")
    assert real.status_code == made_up.status_code == 404


@pytest.mark.parametrize("path", ["accept/", "take/", "safe/", "acknowledge/", "return/", "outcome/"])
def test_another_office_answers_nothing(desk: Desk, referral: Referral, path: str) -> None:
    given = {"version": referral.version, "code": "departed", "occurred_on": "22 Nov 2026", "words": "x"}
    assert signed_in(desk.atlanta).post(f"/referrals/{referral.uuid}/{path}", given).status_code == 404
    assert fresh(desk, referral).state == "sent"


def test_headquarters_lists_the_referrals_of_one_office(analyst: Client, referral: Referral) -> None:
    boston, atlanta, nonsense = (words(analyst.get("/referrals/", {"office": code})) for code in ("HSI-BOS", "HSI-ATL", "NOWHERE"))
    assert referral.lead_number in boston
    assert referral.lead_number not in atlanta
    assert "Nothing of this office." in atlanta
    assert referral.lead_number in nonsense  # what there is not filters nothing
    assert referral.lead_number in analyst.get("/referrals/export/csv/", {"office": "HSI-BOS"}).content.decode()
    assert referral.lead_number not in analyst.get("/referrals/export/csv/", {"office": "HSI-ATL"}).content.decode()
