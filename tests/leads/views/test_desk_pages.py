"""The desk's own pages: notices, saved views, the team, days away."""

from __future__ import annotations

import pytest
from django.test import Client

from leads.models import Lead
from leadtrac.bench.client import signed_in
from tests.leads.conftest import Desk
from tests.pages import words

pytestmark = pytest.mark.django_db


def test_the_bell_counts_and_each_notice_leads_to_its_lead(desk: Desk, analyst: Client, supervisor: Client, lead: Lead) -> None:
    supervisor.post(
        f"/leads/{lead.number}/assign/", {"version": lead.version, "user": str(desk.analyst.uuid), "reason": "Knows the school."}
    )
    assert "Notices 1 unread" in words(analyst.get("/queue/"))
    page = analyst.get("/notices/")
    assert f"new {lead.number}: assigned to you Assigned by Sue." in words(page)
    notice = page.context["lines"][0].notice
    response = analyst.post(f"/notices/{notice.pk}/")
    assert response.headers["Location"] == f"/leads/{lead.number}/"
    assert "unread" not in words(analyst.get("/queue/"))
    assert signed_in(desk.colleague).post(f"/notices/{notice.pk}/").status_code == 404


def test_a_view_is_saved_shared_listed_and_removed(desk: Desk, analyst: Client, lead: Lead) -> None:
    address = "/queue/views/save/"
    assert "All, risk low" in words(analyst.get(f"{address}?from=tab%3Dall%26risk%3Dlow"))
    given = {"from": "tab=all&risk=low", "name": "Low ones", "shared": "on", "why": ""}
    assert analyst.post(address, {**given, "standing": "on"}).status_code == 422
    assert "“Low ones” is kept." in words(analyst.post(address, given, follow=True))
    colleague = signed_in(desk.colleague)
    html = colleague.get("/queue/").content.decode()
    assert 'href="/queue/?tab=all&amp;risk=low">Low ones</a>' in html
    assert "Remove" not in words(colleague.get("/queue/views/"))
    view = analyst.get("/queue/views/").context["lines"][0]["view"]
    assert colleague.post(f"/queue/views/{view.uuid}/remove/").status_code == 403
    analyst.post(f"/queue/views/{view.uuid}/remove/")
    assert "No view is saved yet" in words(analyst.get("/queue/views/"))


def test_three_written_views_stand_on_every_queue(analyst: Client, lead: Lead) -> None:
    html = analyst.get("/queue/").content.decode()
    assert 'href="/queue/?tab=unclaimed&amp;presence=unlikely">Likely closes</a>' in html
    assert 'href="/queue/?tab=unclaimed&amp;sort=risk&amp;presence=likely&amp;signs=none">Likely referrals</a>' in html
    assert 'href="/queue/?tab=all&amp;office=none">Unroutable</a>' in html


def test_a_supervisor_sets_capacity_and_days_away(desk: Desk, analyst: Client, supervisor: Client, lead: Lead) -> None:
    assert "no limit" in words(supervisor.get("/team/"))
    supervisor.post(f"/team/{desk.analyst.uuid}/", {"most": "0"})
    page = words(analyst.post("/queue/deal/", follow=True))
    assert "You have 0 of the 0 leads of your capacity" in page
    address = f"/team/{desk.analyst.uuid}/away/"
    wrong = supervisor.post(address, {"from_on": "30 Nov 2026", "until_on": "24 Nov 2026"})
    assert "The last day is before the first." in words(wrong)
    supervisor.post(address, {"from_on": "23 Nov 2026", "until_on": "30 Nov 2026"})
    assert "until 30 Nov 2026" in words(supervisor.get("/team/"))
    absence = supervisor.get(address).context["absences"][0]
    assert "Take back" in words(analyst.get(address))
    analyst.post(f"/team/away/{absence.uuid}/cancel/")
    assert "until 30 Nov 2026" not in words(supervisor.get("/team/"))


def test_the_team_is_the_supervisors_and_days_away_are_ones_own(desk: Desk, analyst: Client) -> None:
    assert analyst.get("/team/").status_code == 403
    assert analyst.get(f"/team/{desk.colleague.uuid}/away/").status_code == 404
    assert "My days away" in words(analyst.get(f"/team/{desk.analyst.uuid}/away/"))


def test_a_page_says_what_others_did_since_the_last_visit_and_not_what_one_did_oneself(desk: Desk, analyst: Client, lead: Lead) -> None:
    address = f"/leads/{lead.number}/"
    assert "Since your last visit" not in words(analyst.get(address))
    analyst.post(f"{address}claim/")
    assert "Since your last visit" not in words(analyst.get(address))
    analyst.post(f"{address}release/")
    analyst.get(address)
    signed_in(desk.colleague).post(f"{address}claim/")
    page = words(analyst.get(address))
    assert "Since your last visit on 23 Nov 2026" in page
    assert f"Take into research, {desk.colleague.label}" in page
    assert "Since your last visit" not in words(analyst.get(address))


def test_the_button_names_the_office(analyst: Client, lead: Lead) -> None:
    assert "Refer to HSI Boston" in words(analyst.get(f"/leads/{lead.number}/"))


def test_a_note_is_corrected_by_its_author_and_the_old_version_stays(desk: Desk, analyst: Client, lead: Lead) -> None:
    address = f"/leads/{lead.number}/note/"
    analyst.post(address, {"version": lead.version, "text": "Called the scool.", "audience": "hq"})
    note = analyst.get(f"/leads/{lead.number}/notes/").context["notes"][0]
    form = analyst.get(f"/leads/{lead.number}/notes/?correct={note.uuid}")
    assert "Called the scool." in form.context["note_form"].initial["text"]
    given = {"version": lead.version, "text": "Called the school.", "audience": "hq", "replaces": str(note.uuid)}
    page = words(analyst.post(address, given, follow=True))
    assert "Called the school." in page
    assert "Replaced" in page
    assert "Called the scool." in page
    theirs = signed_in(desk.colleague).get(f"/leads/{lead.number}/notes/?correct={note.uuid}")
    assert "text" not in theirs.context["note_form"].initial


def test_each_check_says_what_it_means_and_which_source_answers(analyst: Client, lead: Lead) -> None:
    page = words(analyst.get(f"/leads/{lead.number}/"))
    assert "A fingerprint at departure is strong" in page
    assert "CLAIMS 3 answers when it was received" in page
