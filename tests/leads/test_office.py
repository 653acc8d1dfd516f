"""What an office arranges, and how it learns that a packet no longer holds: assignment, transfer, mail, escalation, deconfliction."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import ProgrammingError, connection, transaction
from django.test import override_settings

from access.context import acting_as
from access.models import Office, User
from audit.models import Event
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.models import Lead, Referral
from leads.selectors.interest import interests_of
from leads.selectors.referral import inbox_for, packet_json_for, packet_status_for, referral_detail_for, referral_for
from leads.services.answer import accept_referral, acknowledge_out_of_date, report_outcome
from leads.services.attachments import attach_file, examine
from leads.services.notes import write_note
from leads.services.office import assign_referral, hand_over_words, transfer_referral
from leads.services.referral import ask_review, propose_referral, recall_referral, refer_lead
from leads.services.telling import tell_offices, tell_supervisors
from tests.factories.facts import NOW, departed, met
from tests.factories.people import person
from tests.leads.conftest import Desk
from tests.leads.test_referral import in_boston, refer

LATER = NOW + timedelta(hours=2)
pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(desk: Desk) -> Lead:
    return desk.opened(in_boston)


@pytest.fixture
def referral(desk: Desk, lead: Lead) -> Referral:
    return refer(desk, lead)


@pytest.fixture
def chief(desk: Desk) -> User:
    """The field supervisor of Boston."""
    return person("fay", "field_supervisor", office=Office.objects.get(code="HSI-BOS"))


def atlanta() -> Office:
    return Office.objects.get(code="HSI-ATL")


def hand_on(desk: Desk, referral: Referral, reason: str = "She moved to Atlanta.", office: Office | None = None) -> Referral:
    with acting_as(desk.boston):
        seen = referral_for(desk.boston, referral.uuid)
        return transfer_referral(actor=desk.boston, referral=seen, office=office or atlanta(), reason=reason, now=LATER)


def recalled(desk: Desk, referral: Referral) -> None:
    with acting_as(desk.analyst):
        recall_referral(actor=desk.analyst, referral=referral, reason="Another person.", now=LATER)


def writable(*people: User) -> None:
    for user in people:
        user.email = f"{user.username}@leadtrac.example"
        user.save(update_fields=["email"])


def test_a_field_supervisor_gives_a_referral_to_an_officer_of_the_office_and_to_nobody_else(
    desk: Desk, referral: Referral, chief: User
) -> None:
    with acting_as(chief):
        seen = referral_for(chief, referral.uuid)
        given = assign_referral(actor=chief, referral=seen, user=desk.boston, now=LATER)
        assert [row.referral.assigned_to for row in inbox_for(chief, now=LATER).rows] == [desk.boston]
        with pytest.raises(InvalidInput, match="an officer of your office"):
            assign_referral(actor=chief, referral=given, user=desk.atlanta, now=LATER)
    with acting_as(desk.boston), pytest.raises(Forbidden):
        assign_referral(actor=desk.boston, referral=given, user=desk.boston, now=LATER)


def test_a_transferred_referral_is_the_other_offices_with_a_packet_addressed_to_it(desk: Desk, lead: Lead, referral: Referral) -> None:
    sent = hand_on(desk, referral)

    with acting_as(desk.atlanta):
        assert [row.referral.pk for row in inbox_for(desk.atlanta, now=LATER).rows] == [sent.pk]
        body = packet_json_for(desk.atlanta, sent.packet.uuid).decode()
    assert '"code":"HSI-ATL"' in body
    assert "Transferred by HSI Boston to HSI Atlanta: She moved to Atlanta." in body
    moved = desk.fresh(lead)
    assert moved.office is not None
    assert (moved.state, moved.office.code) == ("referred", "HSI-ATL")
    with acting_as(desk.boston):
        assert inbox_for(desk.boston, now=LATER).rows == ()
        assert packet_status_for(desk.boston, referral.packet.uuid, now=LATER).status == "answered"
        assert referral_for(desk.boston, referral.uuid).state == "transferred"
    with acting_as(desk.atlanta):
        accepted = accept_referral(actor=desk.atlanta, referral=referral_for(desk.atlanta, sent.uuid), now=LATER)
        report_outcome(actor=desk.atlanta, referral=accepted, code="departed", occurred_on=date(2026, 11, 23), now=LATER)
    assert desk.fresh(lead).state == "closed"


def test_what_headquarters_gave_the_office_goes_along_with_a_transfer(desk: Desk, lead: Lead, referral: Referral, tmp_path: Path) -> None:
    with acting_as(desk.analyst), override_settings(ATTACHMENT_DIR=tmp_path):
        now_theirs = desk.fresh(lead)
        for audience in ("hq", "office"):
            write_note(actor=desk.analyst, lead=now_theirs, text=f"For {audience}.", audience=audience, now=NOW)
            file = examine(name=f"{audience}.txt", content=audience.encode(), size=len(audience))
            attach_file(actor=desk.analyst, lead=now_theirs, file=file, audience=audience, now=NOW)

    def given(user: User, to: Referral) -> tuple[list[str], list[str]]:
        with acting_as(user):
            detail = referral_detail_for(user, to.uuid, now=LATER)
            return [note.text for note in detail.notes], [file.name for file in detail.files]

    assert given(desk.boston, referral) == (["For office."], ["office.txt"])
    sent = hand_on(desk, referral)

    assert given(desk.boston, referral) == ([], [])
    assert given(desk.atlanta, sent) == (["For office."], ["office.txt"])
    back = hand_back(desk, sent)
    assert given(desk.atlanta, sent) == ([], [])
    assert given(desk.boston, back) == (["For office."], ["office.txt"])
    with acting_as(desk.analyst), pytest.raises(ProgrammingError, match="only a service"), transaction.atomic():
        hand_over(sent)
    with acting_as(desk.service):
        hand_over(sent)
    assert given(desk.atlanta, sent) == ([], []), "a transfer that is over gives nothing"


def hand_back(desk: Desk, referral: Referral) -> Referral:
    with acting_as(desk.atlanta):
        seen = referral_for(desk.atlanta, referral.uuid)
        boston = Office.objects.get(code="HSI-BOS")
        return transfer_referral(actor=desk.atlanta, referral=seen, office=boston, reason="Moved back.", now=LATER)


def hand_over(referral: Referral) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_hand_over(%s)", [referral.pk])


def test_a_referral_is_handed_over_to_an_ero_office(desk: Desk, lead: Lead, referral: Referral) -> None:
    ero = Office.objects.filter(kind="ero").first()
    assert ero is not None

    sent = hand_on(desk, referral, "In custody: hand-over.", ero)

    assert (sent.office, desk.fresh(lead).office) == (ero, ero)


def test_the_ero_office_of_the_place_is_proposed_with_its_reason_while_the_packet_holds(desk: Desk, lead: Lead, referral: Referral) -> None:
    with acting_as(desk.boston):
        seen = referral_for(desk.boston, referral.uuid)
        proposed = hand_over_words(actor=desk.boston, referral=seen, now=LATER)
    with acting_as(desk.atlanta), pytest.raises(Forbidden):
        hand_over_words(actor=desk.atlanta, referral=seen, now=LATER)
    with desk.facts():
        met(lead.subject, date(2026, 11, 20))
    with acting_as(desk.boston):
        later = hand_over_words(actor=desk.boston, referral=seen, now=LATER)

    assert proposed.startswith("For a hand-over to ERO: ERO Boston. ") and proposed.endswith("MA belongs to ERO Boston.")
    assert later == ""


def test_nothing_is_transferred_once_what_is_known_has_changed(desk: Desk, lead: Lead, referral: Referral) -> None:
    with desk.facts():
        met(lead.subject, date(2026, 11, 20))

    with pytest.raises(Conflict, match="has changed since the packet was made"):
        hand_on(desk, referral)

    assert desk.fresh(lead).state == "referred"
    with desk.facts():
        assert Referral.objects.count() == 1


@pytest.mark.parametrize(("reason", "office"), [("", "HSI-ATL"), ("Moved.", "HSI-BOS"), ("Moved.", "HQ-CTCEU")])
def test_a_transfer_needs_a_reason_and_another_field_office(desk: Desk, referral: Referral, reason: str, office: str) -> None:
    with pytest.raises(InvalidInput):
        hand_on(desk, referral, reason, Office.objects.get(code=office))


def test_an_office_is_written_to_once_without_content_and_reads_on_the_page(desk: Desk, referral: Referral) -> None:
    writable(desk.boston, desk.atlanta)
    recalled(desk, referral)

    told = [tell_offices(actor=desk.service, now=LATER) for _ in range(2)]

    assert told == [1, 0]
    (letter,) = mail.outbox
    assert letter.to == ["bob@leadtrac.example"]
    text = f"{letter.subject} {letter.body}"
    assert f"/referrals/{referral.uuid}/" in text
    assert not any(word in text for word in ("DOE", "EXAMPLE", referral.lead_number, "Another person", "1991"))
    with desk.facts():
        assert Referral.objects.get(pk=referral.pk).told_at == LATER


def test_what_nobody_reads_within_the_hour_reaches_the_supervisors_of_both_sides(desk: Desk, referral: Referral, chief: User) -> None:
    writable(desk.boston, desk.supervisor, chief)
    recalled(desk, referral)
    tell_offices(actor=desk.service, now=LATER)
    mail.outbox.clear()

    assert tell_supervisors(actor=desk.service, now=LATER + timedelta(minutes=59)) == 0
    assert tell_supervisors(actor=desk.service, now=LATER + timedelta(minutes=60)) == 1
    assert tell_supervisors(actor=desk.service, now=LATER + timedelta(minutes=90)) == 0

    assert {letter.to[0] for letter in mail.outbox} == {"sue@leadtrac.example", "fay@leadtrac.example"}
    with acting_as(person("audrey", "auditor")):
        events = Event.objects.filter(act="office_told").order_by("pk")
        assert [set(event.result_uuids) for event in events] == [{desk.boston.uuid, chief.uuid}, {desk.supervisor.uuid, chief.uuid}]


def test_what_was_read_in_time_reaches_no_supervisor_and_the_sender_sees_who_and_when(desk: Desk, referral: Referral) -> None:
    writable(desk.supervisor)
    recalled(desk, referral)
    with acting_as(desk.boston):
        acknowledge_out_of_date(actor=desk.boston, referral=referral_for(desk.boston, referral.uuid), now=LATER)

    assert tell_supervisors(actor=desk.service, now=LATER + timedelta(days=1)) == 0

    with acting_as(desk.analyst):
        seen = referral_detail_for(desk.analyst, referral.uuid, now=LATER).referral
    assert (seen.acknowledged_by, seen.acknowledged_at) == (desk.boston, LATER)


def test_news_after_the_reading_is_told_again(desk: Desk, lead: Lead, referral: Referral) -> None:
    writable(desk.boston)
    for day in (20, 21):
        with desk.facts():
            met(lead.subject, date(2026, 11, day))
        desk.judge(lead.subject)
        assert tell_offices(actor=desk.service, now=LATER) == 1
        with acting_as(desk.boston):
            acknowledge_out_of_date(actor=desk.boston, referral=referral_for(desk.boston, referral.uuid), now=LATER)

    assert len(mail.outbox) == 2


def test_a_mail_that_could_not_be_sent_is_tried_again(
    desk: Desk, referral: Referral, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    writable(desk.boston)
    recalled(desk, referral)

    def refuse(self: EmailBackend, messages: object) -> int:
        raise SMTPRecipientsRefused({desk.boston.email: (550, b"no such person")})

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuse)
        assert tell_offices(actor=desk.service, now=LATER) == 0
    assert "SMTPRecipientsRefused" in caplog.text
    assert "@" not in caplog.text, "whose mail it was is nobody's business in the log"
    assert tell_offices(actor=desk.service, now=LATER) == 1
    assert len(mail.outbox) == 1


def test_one_address_that_is_refused_keeps_nobody_else_from_one_mail_and_no_more(
    desk: Desk, referral: Referral, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, last = (person(name, "field_officer", office=Office.objects.get(code="HSI-BOS")) for name in ("aaron", "zoe"))
    writable(first, desk.boston, last)
    recalled(desk, referral)
    send = EmailBackend.send_messages

    def refuse_one(self: EmailBackend, messages: list[mail.EmailMessage]) -> int:
        if desk.boston.email in messages[0].to:
            raise SMTPRecipientsRefused({desk.boston.email: (550, b"no such person")})
        return int(send(self, messages))

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_one)
    told = [tell_offices(actor=desk.service, now=LATER) for _ in range(3)]

    assert told == [1, 0, 0]
    assert [letter.to for letter in mail.outbox] == [[first.email], [last.email]]
    assert "SMTPRecipientsRefused" in caplog.text
    assert "@" not in caplog.text


def test_an_office_learns_only_that_another_has_an_interest(desk: Desk, lead: Lead, referral: Referral) -> None:
    with acting_as(desk.boston):
        assert referral_detail_for(desk.boston, referral.uuid, now=LATER).deconfliction == ""
        accepted = accept_referral(actor=desk.boston, referral=referral_for(desk.boston, referral.uuid), now=LATER)
        report_outcome(actor=desk.boston, referral=accepted, code="not_located", occurred_on=date(2026, 11, 23), now=LATER)
    with acting_as(desk.analyst):
        back = desk.fresh(lead)
        proposal = propose_referral(user=desk.analyst, lead=back, now=LATER)
        assert [each.office for each in proposal.interests] == ["HSI Boston"]
        sent = refer_lead(actor=desk.analyst, lead=back, office=atlanta(), reason="Moved.", now=LATER, digest=proposal.digest)

    with acting_as(desk.atlanta):
        words = referral_detail_for(desk.atlanta, sent.uuid, now=LATER).deconfliction
    assert words == "Another office has an interest: call headquarters before you act."
    with acting_as(desk.analyst):
        assert interests_of(desk.fresh(lead), apart_from=None, now=LATER + timedelta(days=400))[0].office == "HSI Atlanta"


def test_an_approval_is_for_what_was_seen_and_says_when_that_has_changed(desk: Desk) -> None:
    def doubtful() -> object:
        subject = in_boston()
        met(subject, date(2026, 5, 1), kind="lookout", watchlist=True)
        return subject

    lead = desk.opened(doubtful)  # type: ignore[arg-type]
    with acting_as(desk.analyst):
        ask_review(actor=desk.analyst, lead=lead, reason="High risk.", now=NOW)
    with acting_as(desk.supervisor):
        before = propose_referral(user=desk.supervisor, lead=desk.fresh(lead), now=NOW)
        assert before.asking is not None and not before.asking.changed
    with desk.facts():
        departed(lead.subject, date(2026, 7, 2), evidence="manifest_name")
    with acting_as(desk.supervisor):
        after = propose_referral(user=desk.supervisor, lead=desk.fresh(lead), now=NOW)
        assert after.asking is not None and after.asking.changed
        boston = Office.objects.get(code="HSI-BOS")
        with pytest.raises(Conflict):
            refer_lead(actor=desk.supervisor, lead=desk.fresh(lead), office=boston, reason="", now=NOW, digest=before.digest)
