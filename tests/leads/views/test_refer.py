"""Referring over the page: office, review, send; stop signs and the second person stand in the way where they must."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import LazySettings
from django.test import Client

from access.context import acting_as
from access.selectors import service_actor
from leads.models import Attachment, Lead, Referral
from subjects.models import Subject
from tests.factories.facts import departed, filed, lives, overstayer
from tests.leads.conftest import Desk
from tests.leads.views.conftest import visitor
from tests.leads.views.papers import sent
from tests.pages import words

pytestmark = pytest.mark.django_db


def hidden(response: object) -> dict[str, object]:
    form = response.context["form"]  # type: ignore[attr-defined]
    values = {name: form[name].value() for name in form.fields}
    return {name: value if isinstance(value, list) else "" if value is None else str(value) for name, value in values.items()}


def review(client: Client, lead: Lead, **given: str) -> object:
    return client.post(f"/leads/{lead.number}/refer/", {"version": str(lead.version), "office": "HSI-BOS", "other_reason": "", **given})


def with_late_filing() -> Subject:
    subject = visitor()
    filed(subject, date(2026, 8, 1))
    return subject


def test_the_office_is_proposed_by_address_with_its_reason(analyst: Client, lead: Lead) -> None:
    page = words(analyst.get(f"/leads/{lead.number}/refer/"))
    assert "1 Example Street, Boston, MA 02108" in page
    assert "MA belongs to HSI Boston" in page


def test_another_office_than_the_proposed_one_needs_a_reason(analyst: Client, lead: Lead) -> None:
    response = review(analyst, lead, office="HSI-ATL")
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert "Say why another office" in words(response)
    assert review(analyst, lead, office="HSI-ATL", other_reason="Moved there last week.").status_code == 200  # type: ignore[attr-defined]


def test_the_review_shows_what_the_packet_says_and_sends_what_was_seen(desk: Desk, analyst: Client, lead: Lead) -> None:
    response = review(analyst, lead)
    page = words(response)
    assert "What speaks against it Nothing that the rules look for." in page
    assert "Send to HSI Boston" in page
    assert "Do not rely on after" in page
    done = words(analyst.post(f"/leads/{lead.number}/refer/send/", hidden(response), follow=True))
    assert f"{lead.number} is referred to HSI Boston" in done
    assert desk.fresh(lead).state == "referred"


def test_a_lead_that_an_office_has_offers_no_second_referral(desk: Desk, analyst: Client, lead: Lead) -> None:
    sent = hidden(review(analyst, lead))
    analyst.post(f"/leads/{lead.number}/refer/send/", sent)

    page = words(analyst.get(f"/leads/{lead.number}/refer/"))

    assert "Not to be referred The lead is now “referred”." in page
    assert "Review the packet" not in page
    assert analyst.post(f"/leads/{lead.number}/refer/send/", sent).status_code == 409


def test_what_changed_between_review_and_sending_stops_it(desk: Desk, analyst: Client, lead: Lead) -> None:
    response = review(analyst, lead)
    with desk.facts():
        lives(lead.subject, "GA", city="Atlanta", record="moved", confirmed=True)
        filed(lead.subject, date(2026, 8, 1))
    sent = analyst.post(f"/leads/{lead.number}/refer/send/", hidden(response))
    assert sent.status_code == 409
    assert "Not sent" in words(sent)
    assert desk.fresh(lead).state == "queued"


def test_a_review_that_names_what_is_not_there_leads_back_to_its_beginning(analyst: Client, lead: Lead) -> None:
    for wrong in ({"along": ["not-a-file"]}, {"office": "HSI-NONE"}):
        answer = analyst.post(f"/leads/{lead.number}/refer/send/", hidden(review(analyst, lead)) | wrong, follow=True)
        assert answer.redirect_chain[0][1] == 302
        assert "Nothing was sent" in words(answer)


def test_a_stop_sign_disables_sending_until_somebody_takes_it_by_name(desk: Desk, analyst: Client) -> None:
    lead = desk.opened(with_late_filing)
    stopped = review(analyst, lead)
    assert "disabled" in stopped.content.decode()  # type: ignore[attr-defined]
    assert "block referral: refresh the source, or override by name" in words(stopped).replace("blocks", "block")
    keys = [sign.key for sign in analyst.get(f"/leads/{lead.number}/").context["picture"].stop_signs if sign.stops]
    for key in keys:
        address = f"/leads/{lead.number}/override/{key}/"
        assert analyst.post(address, {"version": lead.version, "reason": ""}).status_code == 422
        analyst.post(address, {"version": lead.version, "reason": "Filed too late to authorize the stay."})
    page = words(analyst.get(f"/leads/{lead.number}/"))
    assert f"Overridden by {desk.analyst.label}" in page
    asked = review(analyst, desk.fresh(lead))
    assert "Ask a supervisor" in words(asked)
    analyst.post(f"/leads/{lead.number}/refer/send/", hidden(asked))
    assert desk.fresh(lead).state == "in_review"


def test_a_lead_that_has_fallen_says_so_and_offers_no_office(desk: Desk, analyst: Client, lead: Lead) -> None:
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9))

    page = analyst.get(f"/leads/{lead.number}/refer/").content.decode()

    assert "there is nothing to refer" in page
    assert "Review the packet" not in page


def test_a_supervisor_approves_what_waits_or_sends_it_back(desk: Desk, analyst: Client, supervisor: Client) -> None:
    lead = desk.opened(with_late_filing)
    for sign in analyst.get(f"/leads/{lead.number}/").context["picture"].stop_signs:
        if sign.stops:
            analyst.post(f"/leads/{lead.number}/override/{sign.key}/", {"version": lead.version, "reason": "Filed too late."})
    analyst.post(f"/leads/{lead.number}/refer/send/", hidden(review(analyst, desk.fresh(lead))))
    assert lead.number in words(supervisor.get("/approvals/"))
    assert analyst.get("/approvals/").status_code == 403
    declined = supervisor.post(
        f"/leads/{lead.number}/decline/", {"version": desk.fresh(lead).version, "reason": "Ask the school first.", "because": "rest"}
    )
    assert declined.headers["Location"] == "/approvals/"
    assert desk.fresh(lead).state == "in_research"
    analyst.post(f"/leads/{lead.number}/refer/send/", hidden(review(analyst, desk.fresh(lead))))
    approved = supervisor.post(f"/leads/{lead.number}/refer/send/", hidden(review(supervisor, desk.fresh(lead))))
    assert approved.headers["Location"] == "/approvals/"
    assert desk.fresh(lead).state == "referred"
    with desk.facts():
        assert Referral.objects.get(lead=lead).approved_by == desk.supervisor


@pytest.mark.usefixtures("files")
def test_a_supervisor_finds_the_asked_office_and_files_chosen_and_may_choose_others(
    desk: Desk, analyst: Client, supervisor: Client, lead: Lead, settings: LazySettings
) -> None:
    settings.REFERRAL_SAMPLE_PERMILLE = 1000  # each referral needs a second person
    analyst.post(f"/leads/{lead.number}/files/add/", sent(about="Withdrawal letter"))
    with desk.facts():
        letter = str(Attachment.objects.get(lead=lead).uuid)
    asked = review(analyst, desk.fresh(lead), office="HSI-ATL", other_reason="Moved there last week.", along=letter)
    analyst.post(f"/leads/{lead.number}/refer/send/", hidden(asked))

    waiting = supervisor.get(f"/leads/{lead.number}/refer/")

    page = words(waiting)
    assert f"Asked by {desk.analyst.label}" in page
    assert "Moved there last week." in page
    assert "Send to HSI Atlanta" in page
    assert hidden(waiting)["along"] == [letter]
    choosing = supervisor.get(f"/leads/{lead.number}/refer/?change").context["form"]
    assert (choosing["office"].value(), choosing["along"].value()) == ("HSI-ATL", [letter])
    supervisor.post(f"/leads/{lead.number}/refer/send/", hidden(waiting))
    with desk.facts():
        referral = Referral.objects.select_related("office").get(lead=lead)
        assert (referral.office.code, referral.approved_by, referral.sent_by) == ("HSI-ATL", desk.supervisor, desk.analyst)
        assert Attachment.objects.filter(referral=referral).count() == 1


def test_a_lead_without_an_address_proposes_no_office(desk: Desk, analyst: Client) -> None:
    lead = desk.opened(overstayer)
    response = analyst.get(f"/leads/{lead.number}/refer/")
    assert response.status_code == 200
    assert response.context["proposal"].office is None


def test_a_printed_packet_is_checked_by_its_id(officer: Client, referral: Referral) -> None:
    with acting_as(service_actor("leads")):
        packet = Referral.objects.select_related("packet").get(pk=referral.pk).packet

    found = officer.get("/packets/", {"id": str(packet.uuid)}, follow=True)

    assert found.redirect_chain == [(f"/packets/{packet.uuid}/", 302)]
    assert f'href="/referrals/{referral.uuid}/"' in found.content.decode()
    for wrong, said in (("3f0c", "five groups"), (str(referral.uuid), "No packet with this id was sent to you."), ("", "Enter the id")):
        refused = officer.get("/packets/", {"id": wrong})
        assert refused.status_code == 422
        assert said in words(refused)
