"""The referral as a contract: proposal, approval, packet, answers, recall, out of date."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from access.context import acting_as
from access.models import Office, User
from foundation.errors import Conflict, Forbidden, NotFound
from leads.models import Lead, Outcome, Packet, Referral
from leads.planning import OUT_OF_DATE
from leads.selectors.lead import lead_for
from leads.selectors.queue import QueueFilter, queue_for
from leads.selectors.referral import inbox_for, packet_json_for, packet_pdf_for, packet_status_for, referral_detail_for, referral_for
from leads.services.answer import accept_referral, acknowledge_out_of_date, report_outcome, return_referral, safe_to_act
from leads.services.deciding import close_lead, override_stop_sign
from leads.services.referral import ask_review, propose_referral, recall_referral, refer_lead
from subjects.models import AddressFact, EncounterFact, IdentifierFact, NameFact, Subject
from tests.factories.facts import NOW, departed, lives, met, numbered, overstayer, told
from tests.leads.conftest import Desk

LATER = NOW + timedelta(hours=2)


def in_boston() -> Subject:
    subject = overstayer()
    lives(subject, "MA")
    numbered(subject, "passport", "ZZ0001234", country="PRT")
    return subject


def refer(desk: Desk, lead: Lead, actor: User | None = None) -> Referral:
    actor = actor or desk.analyst
    with acting_as(actor):
        boston = Office.objects.get(code="HSI-BOS")
        proposal = propose_referral(user=actor, lead=lead, now=NOW)
        return refer_lead(actor=actor, lead=lead, office=boston, reason="Good address.", now=NOW, digest=proposal.digest)


def test_the_newest_good_address_names_the_office_and_says_why(desk: Desk) -> None:
    lead = desk.opened(in_boston)

    with acting_as(desk.analyst):
        proposal = propose_referral(user=desk.analyst, lead=lead, now=NOW)

    assert proposal.office is not None
    assert proposal.office.code == "HSI-BOS"
    assert "Residence, last seen 1 Nov 2026" in proposal.reason
    assert (proposal.stops, proposal.needs_approval) == ((), False)


def test_a_lead_without_an_address_goes_to_no_default_office(desk: Desk) -> None:
    lead = desk.opened(overstayer)

    with acting_as(desk.analyst):
        proposal = propose_referral(user=desk.analyst, lead=lead, now=NOW)

    assert proposal.office is None
    assert "No address" in proposal.reason


def test_a_referred_lead_leaves_a_sealed_packet_that_the_office_alone_reads(desk: Desk) -> None:
    lead = desk.opened(in_boston)

    referral = refer(desk, lead)

    with acting_as(desk.boston):
        assert [row.referral.pk for row in inbox_for(desk.boston, now=NOW).rows] == [referral.pk]
        body = json.loads(packet_json_for(desk.boston, referral.packet.uuid))
        with pytest.raises(NotFound):
            lead_for(desk.boston, lead.number)
        assert Lead.objects.count() == 0
        assert Subject.objects.count() == 0
    with acting_as(desk.atlanta):
        assert inbox_for(desk.atlanta, now=NOW).rows == ()
        with pytest.raises(NotFound):
            packet_json_for(desk.atlanta, referral.packet.uuid)
    assert body["identifiers"][0]["value"] == "ZZ0001234"
    assert body["packet"]["do_not_rely_after"] == "7 Dec 2026"
    assert b"ZZ0001234" not in bytes(referral.packet.json_sealed)


def test_the_first_page_of_the_pdf_says_what_speaks_against_the_lead(desk: Desk) -> None:
    def doubtful() -> Subject:
        subject = in_boston()
        departed(subject, date(2026, 7, 2), evidence="manifest_name")
        told(NameFact, subject, "ident", family_name="ДОУ", given_name="АННА", full_name_source_script="ДОУ Анна", kind="alias")
        told(NameFact, subject, "ident", family_name="HASAN", given_name="LAYLA", full_name_source_script="ليلى حسن", kind="alias")
        told(NameFact, subject, "ident", family_name="WANG", given_name="XIAOMING", full_name_source_script="王小明", kind="alias")
        return subject

    lead = desk.opened(doubtful)
    with acting_as(desk.analyst):
        signs = [sign.key for sign in propose_referral(user=desk.analyst, lead=lead, now=NOW).stops]
    assert len(signs) == 1
    with acting_as(desk.colleague):
        override_stop_sign(actor=desk.colleague, lead=lead, key=signs[0], reason="The airline says it was a no-show.", now=NOW)
    with acting_as(desk.analyst):
        ask_review(actor=desk.analyst, lead=lead, reason="Please approve.", now=NOW)
    referral = refer(desk, lead, desk.supervisor)

    with acting_as(desk.boston):
        reader = PdfReader(io.BytesIO(packet_pdf_for(desk.boston, referral.packet.uuid)))
    first = " ".join(reader.pages[0].extract_text().split())
    whole = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "2 Jul 2026" in first
    assert "Overridden by Ben on 23 Nov 2026: The airline says it was a no-show." in first
    assert "Do not rely on this packet after 7 Dec 2026" in first
    assert "ADIS" in first
    for page in reader.pages:
        text = page.extract_text()
        assert "LAW ENFORCEMENT SENSITIVE" in text
        assert f"Packet {referral.packet.uuid} for HSI Boston only" in text
    assert "page 1 of" in first
    assert "ДОУ Анна" in whole
    assert "王小明" in whole
    root: Any = reader.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    with acting_as(desk.boston):
        shaped = packet_json_for(desk.boston, referral.packet.uuid).decode()
    assert "ليلى حسن" in shaped


def test_a_stop_sign_stops_the_referral_until_somebody_takes_responsibility(desk: Desk) -> None:
    def pending() -> Subject:
        subject = in_boston()
        departed(subject, date(2026, 7, 2), evidence="manifest_name")
        return subject

    lead = desk.opened(pending)

    with pytest.raises(Conflict, match="A stop sign stands"):
        refer(desk, lead)
    with acting_as(desk.analyst):
        (sign,) = propose_referral(user=desk.analyst, lead=lead, now=NOW).stops
        override_stop_sign(actor=desk.analyst, lead=lead, key=sign.key, reason="Checked.", now=NOW)
    with pytest.raises(Conflict, match="a supervisor must agree"):
        refer(desk, lead)


def test_whoever_asked_for_the_approval_does_not_give_it(desk: Desk) -> None:
    def watched() -> Subject:
        subject = in_boston()
        met(subject, date(2026, 5, 1), kind="lookout", watchlist=True)
        return subject

    lead = desk.opened(watched)
    with acting_as(desk.supervisor):
        ask_review(actor=desk.supervisor, lead=lead, reason="High risk.", now=NOW)

    with pytest.raises(Conflict, match="somebody else must agree"):
        refer(desk, lead, desk.supervisor)


def test_a_page_that_is_out_of_date_refers_nothing(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    with acting_as(desk.analyst):
        seen = propose_referral(user=desk.analyst, lead=lead, now=NOW).digest
    with desk.facts():
        met(lead.subject, date(2026, 11, 20))

    with acting_as(desk.analyst), pytest.raises(Conflict, match="has changed since you looked"):
        refer_lead(actor=desk.analyst, lead=lead, office=Office.objects.get(code="HSI-BOS"), reason="x", now=NOW, digest=seen)


def test_an_office_accepts_and_its_outcome_closes_the_lead_at_once(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)
    with acting_as(desk.boston):
        accept_referral(actor=desk.boston, referral=referral_for(desk.boston, referral.uuid), now=LATER)
    assert desk.fresh(lead).state == "accepted"

    with acting_as(desk.boston):
        accepted = referral_for(desk.boston, referral.uuid)
        report_outcome(
            actor=desk.boston, referral=accepted, code="wrong_person", occurred_on=date(2026, 11, 23), now=LATER, remarks="A namesake."
        )

    closed = desk.fresh(lead)
    assert (closed.state, closed.close_reason) == ("closed", "wrong_person")
    with desk.facts():
        assert EncounterFact.objects.filter(subject=lead.subject, kind="outcome", disposition="wrong_person").count() == 1
    assert desk.judge(lead.subject, days=1).changes == 0
    assert desk.fresh(lead).state == "closed"


def test_an_outcome_sent_twice_is_one_outcome_and_another_one_is_refused(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)
    with acting_as(desk.boston):
        accept_referral(actor=desk.boston, referral=referral_for(desk.boston, referral.uuid), now=LATER)
        version = referral_for(desk.boston, referral.uuid).version
        for _ in range(2):
            seen = referral_for(desk.boston, referral.uuid)
            report_outcome(actor=desk.boston, referral=seen, code="not_located", occurred_on=date(2026, 11, 23), now=LATER, version=version)
        with pytest.raises(Conflict, match="already on record"):
            report_outcome(actor=desk.boston, referral=seen, code="arrested", occurred_on=date(2026, 11, 23), now=LATER)
        assert Outcome.objects.count() == 1

    assert desk.fresh(lead).state == "returned"


def test_a_return_names_a_reason_from_the_list_and_brings_the_lead_back(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)

    with acting_as(desk.boston):
        return_referral(
            actor=desk.boston,
            referral=referral_for(desk.boston, referral.uuid),
            return_reason="better_address",
            words="Moved out.",
            now=LATER,
        )

    back = desk.fresh(lead)
    assert (back.state, back.office_id) == ("returned", None)
    with acting_as(desk.analyst):
        detail = referral_detail_for(desk.analyst, referral.uuid, now=LATER)
    assert detail.answer_words == "Needs a better address. Moved out."
    assert detail.status == "answered"


def test_a_departure_closes_a_referred_lead_and_tells_the_office_not_to_act(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9), evidence="biometric")

    written = desk.judge(lead.subject)

    assert (written.closed, written.told) == (1, 1)
    with acting_as(desk.boston):
        told_office = referral_for(desk.boston, referral.uuid)
        assert told_office.out_of_date_because == "Headquarters closed the lead that this packet rests on. Do not act on it."
        assert "9 Jul" not in told_office.out_of_date_because
        assert packet_status_for(desk.boston, referral.packet.uuid, now=LATER).status == "recalled"
        assert [row.unread for row in inbox_for(desk.boston, now=LATER).rows] == [True]
        acknowledge_out_of_date(actor=desk.boston, referral=told_office, now=LATER)
        assert inbox_for(desk.boston, now=LATER).rows == ()


def test_new_evidence_that_does_not_close_makes_the_packet_out_of_date_once(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)
    assert desk.judge(lead.subject).told == 0
    with desk.facts():
        met(lead.subject, date(2026, 11, 20))

    first, second = desk.judge(lead.subject), desk.judge(lead.subject)

    assert (first.told, second.told) == (1, 0)
    with acting_as(desk.boston):
        assert packet_status_for(desk.boston, referral.packet.uuid, now=LATER).status == "out_of_date"


def test_safe_to_act_judges_again_and_answers_without_content(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)
    with acting_as(desk.boston):
        seen = referral_for(desk.boston, referral.uuid)
        assert safe_to_act(actor=desk.boston, referral=seen, now=LATER).answer == "yes"
        assert safe_to_act(actor=desk.boston, referral=seen, now=NOW + timedelta(days=30)).answer == "no"
    with desk.facts():
        met(lead.subject, date(2026, 11, 20))  # not yet judged by anybody
    with acting_as(desk.boston):
        changed = safe_to_act(actor=desk.boston, referral=seen, now=LATER)
    with desk.facts():
        departed(lead.subject, date(2026, 11, 21), evidence="biometric")
    with acting_as(desk.boston):
        gone = safe_to_act(actor=desk.boston, referral=seen, now=LATER)

    assert (changed.answer, gone.answer) == ("changed", "no")
    assert changed.asked_at == LATER
    assert "Nov" not in changed.words + gone.words


def test_headquarters_recalls_and_the_packet_says_so(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)

    with acting_as(desk.analyst):
        recall_referral(actor=desk.analyst, referral=referral, reason="Wrong office.", now=LATER)

    assert desk.fresh(lead).state == "in_research"
    with acting_as(desk.boston):
        assert packet_status_for(desk.boston, referral.packet.uuid, now=LATER).status == "recalled"
        with pytest.raises(Conflict):
            accept_referral(actor=desk.boston, referral=referral_for(desk.boston, referral.uuid), now=LATER)


def test_closing_a_referred_lead_by_hand_recalls_its_packet(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)

    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=lead, close_reason="data_error", reason="Wrong row.", now=LATER)

    with acting_as(desk.boston):
        assert packet_status_for(desk.boston, referral.packet.uuid, now=LATER).status == "recalled"


def test_an_office_neither_refers_nor_recalls(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)

    with acting_as(desk.boston), pytest.raises(Forbidden):
        recall_referral(actor=desk.boston, referral=referral_for(desk.boston, referral.uuid), reason="x", now=LATER)
    with acting_as(desk.operator):
        assert Packet.objects.count() == 0
        assert Referral.objects.count() == 0


def test_a_lead_whose_finding_has_fallen_is_not_referred(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9), evidence="biometric")

    with pytest.raises(Conflict, match="nothing to refer"):
        refer(desk, lead)


def test_a_lead_without_a_place_stands_in_the_list_of_unroutable_ones_until_an_address_leads_to_an_office(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    routable = desk.opened(in_boston)
    unroutable = QueueFilter.from_query({"office": "none"})

    with acting_as(desk.analyst):
        before = [row.number for row in queue_for(desk.analyst, unroutable, now=NOW).rows]
    with desk.facts():
        lives(lead.subject, "GA", city="Atlanta")
    desk.judge(lead.subject, days=1)
    with acting_as(desk.analyst):
        after = queue_for(desk.analyst, unroutable, now=NOW).rows

    assert before == [lead.number]
    assert list(after) == []
    assert desk.fresh(routable).routable
    assert desk.fresh(lead).evaluation_digest == lead.evaluation_digest  # an address alone changes no verdict


def test_an_address_in_a_split_state_without_its_county_leads_to_no_office(desk: Desk) -> None:
    def somewhere_in_texas() -> Subject:
        subject = overstayer()
        lives(subject, "TX", city="", postal_code="")
        return subject

    assert desk.opened(somewhere_in_texas).routable is False


def test_an_office_learns_that_the_address_of_its_packet_is_no_longer_the_best_although_the_verdict_stands(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)
    with acting_as(desk.boston):
        seen = referral_for(desk.boston, referral.uuid)
        assert safe_to_act(actor=desk.boston, referral=seen, now=LATER).answer == "yes"

    with desk.facts():
        lives(lead.subject, "GA", city="Atlanta", line="9 Sample Road", postal_code="30303", confirmed=True)
    with acting_as(desk.boston):
        assert safe_to_act(actor=desk.boston, referral=seen, now=LATER).answer == "changed"
    assert (desk.judge(lead.subject).told, desk.judge(lead.subject).told) == (1, 0)

    with acting_as(desk.boston):
        assert referral_for(desk.boston, referral.uuid).out_of_date_because == OUT_OF_DATE
        acknowledge_out_of_date(actor=desk.boston, referral=referral_for(desk.boston, referral.uuid), now=LATER)
    assert desk.judge(lead.subject).told == 0  # read is read: the same change is not told again


def test_an_office_learns_that_an_address_or_a_number_of_its_packet_belongs_to_somebody_else(desk: Desk) -> None:
    leads = [desk.opened(in_boston) for _ in range(2)]
    referrals = [refer(desk, lead) for lead in leads]

    with desk.facts():
        AddressFact.objects.filter(subject=leads[0].subject).update(retracted_at=NOW)
        IdentifierFact.objects.filter(subject=leads[1].subject).update(retracted_at=NOW)

    with acting_as(desk.boston):
        asked = [safe_to_act(actor=desk.boston, referral=referral_for(desk.boston, each.uuid), now=LATER) for each in referrals]
    assert [each.answer for each in asked] == ["changed", "changed"]
    assert desk.judge(*(lead.subject for lead in leads if lead.subject)).told == 2


def test_the_same_address_seen_again_leaves_a_packet_good(desk: Desk) -> None:
    lead = desk.opened(in_boston)
    referral = refer(desk, lead)

    with desk.facts():
        AddressFact.objects.filter(subject=lead.subject).update(superseded_at=NOW)
        lives(lead.subject, "MA")

    with acting_as(desk.boston):
        assert safe_to_act(actor=desk.boston, referral=referral_for(desk.boston, referral.uuid), now=LATER).answer == "yes"
    assert desk.judge(lead.subject).told == 0
