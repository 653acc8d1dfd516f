"""What was begun is there again, for its writer alone; what was sent, discarded, grown old or came late is not."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client

from access.context import acting_as
from audit.acts import Act
from audit.models import Event
from leads.models import Draft, Lead, Note, Referral
from leads.services.drafts import KEPT_DAYS, Form, forget_drafts, keep_draft
from leadtrac.bench.client import signed_in
from tests.factories.facts import NOW
from tests.leads.conftest import Desk
from tests.pages import words

pytestmark = pytest.mark.django_db
AWAY = "The landlord says that she left in March."


def opened(client: Client, address: str) -> dict[str, str]:
    """The hidden fields of the form on a page, as a browser would send them."""
    html = client.get(address).content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]+)"', html)[1] for name in ("version", "draft_page")}


def hidden_fields(html: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)"[^>]*? value="([^"]*)"', html)}


def autosave(client: Client, address: str, form: dict[str, str], **typed: str) -> str:
    answer = client.post(address, form | typed, headers={"HX-Request": "true", "X-Background": "1"})
    assert answer.status_code == 200
    return words(answer)


def test_a_note_that_was_begun_is_there_again_and_gone_when_it_is_sent(desk: Desk, analyst: Client, lead: Lead) -> None:
    notes, draft = f"/leads/{lead.number}/notes/", f"/leads/{lead.number}/draft/note/"
    form = opened(analyst, notes)
    assert re.fullmatch(r"Draft kept at \d\d:\d\d UTC, for you alone", autosave(analyst, draft, form, text=AWAY, audience="hq"))

    again = analyst.get(notes)
    assert AWAY in again.content.decode()
    assert "You began this on 23 Nov 2026" in words(again)
    assert AWAY not in signed_in(desk.colleague).get(notes).content.decode()
    with acting_as(desk.colleague):
        assert not Draft.objects.exists(), "never visible to others"
    with acting_as(desk.supervisor):
        assert not Draft.objects.exists()

    newer = opened(analyst, notes)
    analyst.post(f"/leads/{lead.number}/note/", newer | {"text": AWAY, "audience": "hq"})
    assert autosave(analyst, draft, newer, text=AWAY, audience="hq") == "", "what comes late from the page that was sent is not kept"

    assert "You began this" not in words(analyst.get(notes))
    with acting_as(desk.analyst):
        assert Note.objects.count() == 1
        assert Draft.objects.get().sealed is None
        assert Event.objects.filter(act=Act.DRAFT_KEPT, object_uuid=lead.uuid, field_names=["note"]).count() == 2
    assert autosave(analyst, draft, opened(analyst, notes), text="Next.", audience="hq"), "another page begins anew"


@pytest.mark.parametrize(
    ("kind", "page", "typed"),
    [
        ("close", "close", {"code": "departed", "reason": AWAY}),
        ("hold", "hold", {"until": "10 Jan 2027", "reason": AWAY}),
        ("refer", "refer", {"office": "HSI-BOS", "other_reason": AWAY}),
    ],
)
def test_each_form_about_a_lead_comes_back_and_is_discarded_by_a_button(
    analyst: Client, lead: Lead, kind: str, page: str, typed: dict[str, str]
) -> None:
    address, draft = f"/leads/{lead.number}/{page}/", f"/leads/{lead.number}/draft/{kind}/"
    form = opened(analyst, address)
    autosave(analyst, draft, form, **typed)

    assert AWAY in analyst.get(address).content.decode()
    again = opened(analyst, address)
    discarded = analyst.post(draft, {"discard": again["draft_page"]}, follow=True)
    assert autosave(analyst, draft, again, **typed) == "", "what was under way when the button was pressed is not kept"

    assert "Discarded." in words(discarded)
    assert AWAY not in discarded.content.decode()
    assert AWAY not in analyst.get(address).content.decode()


def test_what_a_referral_began_with_is_over_when_its_review_is_sent(desk: Desk, analyst: Client, lead: Lead) -> None:
    address, draft = f"/leads/{lead.number}/refer/", f"/leads/{lead.number}/draft/refer/"
    form = opened(analyst, address)
    typed = {"office": "HSI-BOS", "other_reason": AWAY}
    autosave(analyst, draft, form, **typed)

    review = hidden_fields(analyst.post(address, form | typed).content.decode())
    analyst.post(f"{address}send/", review)

    assert desk.fresh(lead).state == "referred"
    assert autosave(analyst, draft, form, **typed) == "", "what was under way when it was sent is not kept"


def test_a_form_that_comes_back_with_a_mistake_keeps_its_page(desk: Desk, analyst: Client, lead: Lead) -> None:
    address = f"/leads/{lead.number}/close/"
    form = opened(analyst, address)
    wrong = analyst.post(address, form | {"code": "", "reason": AWAY})
    assert wrong.status_code == 422
    assert f'name="draft_page" value="{form["draft_page"]}"' in wrong.content.decode()

    autosave(analyst, f"/leads/{lead.number}/draft/close/", form, code="departed", reason=AWAY)
    analyst.post(address, form | {"code": "departed", "reason": AWAY})

    assert desk.fresh(lead).state == "closed"
    with acting_as(desk.analyst):
        assert not Draft.objects.filter(sealed__isnull=False).exists()


def test_an_officer_who_sees_no_lead_has_drafts_of_the_answers(desk: Desk, officer: Client, lead: Lead, referral: Referral) -> None:
    officer.post(f"/referrals/{referral.uuid}/accept/")
    address, draft = f"/referrals/{referral.uuid}/outcome/", f"/referrals/{referral.uuid}/draft/outcome/"
    form = opened(officer, address)
    autosave(officer, draft, form, code="departed", occurred_on="20 Nov 2026", remarks=AWAY)

    again = officer.get(address).content.decode()
    assert AWAY in again
    assert 'value="20 Nov 2026"' in again
    assert signed_in(desk.atlanta).post(draft, form | {"remarks": AWAY}).status_code == 404

    officer.post(address, opened(officer, address) | {"code": "departed", "occurred_on": "20 Nov 2026", "remarks": AWAY})

    with acting_as(desk.boston):
        assert Draft.objects.get().sealed is None
    assert "The outcome is on record" in words(officer.get(f"/referrals/{referral.uuid}/"))


def test_nothing_typed_keeps_nothing_and_a_made_up_form_is_no_page(analyst: Client, lead: Lead) -> None:
    form = opened(analyst, f"/leads/{lead.number}/notes/")
    assert autosave(analyst, f"/leads/{lead.number}/draft/note/", form, text="  ", audience="office") == ""
    assert autosave(analyst, f"/leads/{lead.number}/draft/note/", form | {"draft_page": "no page"}, text=AWAY) == ""
    assert "You began this" not in words(analyst.get(f"/leads/{lead.number}/notes/"))
    assert analyst.post(f"/leads/{lead.number}/draft/outcome/", form).status_code == 404


def test_a_correction_is_not_mixed_with_the_draft_of_a_new_note(desk: Desk, analyst: Client, lead: Lead) -> None:
    notes = f"/leads/{lead.number}/notes/"
    analyst.post(f"/leads/{lead.number}/note/", opened(analyst, notes) | {"text": "First.", "audience": "hq"})
    with acting_as(desk.analyst):
        note = Note.objects.get()
    autosave(analyst, f"/leads/{lead.number}/draft/note/", opened(analyst, notes), text=AWAY)

    correcting = analyst.get(f"{notes}?correct={note.uuid}").content.decode()
    assert AWAY not in correcting
    assert "draft_page" not in correcting
    analyst.post(f"/leads/{lead.number}/note/", {"version": lead.version, "text": "Second.", "audience": "hq", "replaces": str(note.uuid)})

    assert AWAY in analyst.get(notes).content.decode()


def test_after_thirty_days_the_words_go_whoever_s_they_are(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.analyst):
        for days, kind in ((KEPT_DAYS + 1, "note"), (KEPT_DAYS - 1, "close")):
            form = Form(lead.pk, lead.uuid, kind)
            then = real_now() - timedelta(days=days)
            assert keep_draft(actor=desk.analyst, form=form, words={"text": AWAY, "reason": AWAY}, page=uuid.uuid4(), now=then)
    with acting_as(desk.service):
        assert forget_drafts() == 1
        assert forget_drafts() == 0
    with acting_as(desk.analyst):
        assert [draft.kind for draft in Draft.objects.filter(sealed__isnull=False)] == ["close"]


def test_nobody_writes_a_draft_for_another(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.analyst), pytest.raises(Exception, match="row-level security"):
        Draft.objects.create(user=desk.colleague, lead=lead, kind="note", began_at=NOW, saved_at=NOW)


def real_now() -> datetime:
    """The database's clock, which no frozen one reaches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]
