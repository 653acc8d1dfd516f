"""A lead opened by hand on a tip: what speaks for the person stops it too, and two people sign for it by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from access.context import acting_as
from access.models import Office
from foundation.errors import Conflict
from leads.models import Lead, Referral
from leads.picture import SignView
from leads.selectors.referral import packet_json_for
from leads.services.answer import safe_to_act
from leads.services.deciding import open_lead, override_stop_sign
from leads.services.referral import Proposal, ask_review, propose_referral, refer_lead
from subjects.models import EmploymentFact, Subject
from tests.factories.facts import NOW, a_subject, admitted, departed, filed, lives, met, numbered, overstayer, told
from tests.leads.conftest import Desk


def visitor(**columns: Any) -> Subject:
    """Admitted as B-2 until next year."""
    subject = a_subject(**columns)
    admitted(subject, date(2027, 4, 9), arrived=date(2026, 10, 10))
    lives(subject)
    numbered(subject, "passport", "ZZ0001234", country="PRT")
    return subject


def tipped(desk: Desk, make: Callable[[], Subject] = visitor) -> Lead:
    with desk.facts():
        subject = make()
    desk.judge(subject)
    with acting_as(desk.analyst):
        lead = open_lead(actor=desk.analyst, subject=subject, reason="A caller says she works.", now=NOW)
    return desk.fresh(lead)


def proposal(desk: Desk, lead: Lead, *, days: int = 0) -> Proposal:
    with acting_as(desk.analyst):
        return propose_referral(user=desk.analyst, lead=desk.fresh(lead), now=NOW + timedelta(days=days))


def refer(desk: Desk, lead: Lead, by: str = "analyst") -> Referral:
    actor = getattr(desk, by)
    with acting_as(actor):
        boston = Office.objects.get(code="HSI-BOS")
        return refer_lead(actor=actor, lead=desk.fresh(lead), office=boston, reason="Good address.", now=NOW)


def override(desk: Desk, lead: Lead, sign: SignView, reason: str = "The caller is her landlord and known to us.") -> None:
    with acting_as(desk.analyst):
        override_stop_sign(actor=desk.analyst, lead=lead, key=sign.key, reason=reason, now=NOW)


def signed(desk: Desk, lead: Lead) -> None:
    for sign in proposal(desk, lead).stops:
        override(desk, lead, sign)


def codes(desk: Desk, lead: Lead) -> list[str]:
    return [sign.code for sign in proposal(desk, lead).stops]


def test_nobody_alone_refers_a_person_whose_stay_is_authorized(desk: Desk) -> None:
    lead = tipped(desk)

    (sign,) = proposal(desk, lead).stops
    assert proposal(desk, lead).sentences == (sign.sentence,)
    assert sign.sentence == (
        "No rule finds a violation. Stay authorized until 9 Apr 2027. A tip may be a reason: a person signs for it by name."
    )
    assert lead.blocking_signs == 1
    with pytest.raises(Conflict, match="A stop sign stands: No rule finds a violation"):
        refer(desk, lead)
    override(desk, lead, sign)
    with pytest.raises(Conflict, match="a supervisor must agree"):
        refer(desk, lead)


def test_two_people_sign_for_a_tip_and_the_packet_says_so_first(desk: Desk) -> None:
    lead = tipped(desk)
    signed(desk, lead)
    with acting_as(desk.analyst):
        ask_review(actor=desk.analyst, lead=desk.fresh(lead), reason="Boston.", now=NOW)

    referral = refer(desk, lead, by="supervisor")

    with acting_as(desk.boston):
        body = packet_json_for(desk.boston, referral.packet.uuid).decode()
        assert safe_to_act(actor=desk.boston, referral=Referral.objects.get(), now=NOW).answer == "yes"
    assert "Stay authorized until 9 Apr 2027." in body
    assert "The caller is her landlord and known to us." in body
    with desk.facts():
        told_later = desk.fresh(lead).subject
        assert told_later is not None
        met(told_later, date(2026, 11, 22))
    with acting_as(desk.boston):
        assert safe_to_act(actor=desk.boston, referral=Referral.objects.get(), now=NOW).answer == "no"


def test_what_is_signed_for_a_tip_holds_for_what_was_known(desk: Desk) -> None:
    lead = tipped(desk)
    signed(desk, lead)
    assert codes(desk, lead) == []
    assert lead.subject is not None

    with desk.facts():
        admitted(lead.subject, date(2027, 10, 9), arrived=date(2026, 11, 20))

    assert codes(desk, lead) == ["nothing_stands"]


def test_the_sources_are_asked_for_a_tip_too(desk: Desk) -> None:
    lead = tipped(desk)

    late = {sign.source for sign in proposal(desk, lead, days=60).stops if sign.code == "source_stale"}

    assert late == {"adis", "claims3", "eid"}


def in_custody() -> Subject:
    subject = visitor()
    met(subject, date(2026, 11, 1), kind="custody", in_custody=True)
    return subject


def unknown_person() -> Subject:
    subject = a_subject()
    lives(subject)
    return subject


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (lambda: visitor(us_person=True), ["nothing_stands", "us_person"]),
        (lambda: visitor(identity_strength="weak"), ["identity_weak", "nothing_stands"]),
        (in_custody, ["in_custody", "nothing_stands"]),
        (unknown_person, ["nothing_stands"]),
    ],
)
def test_who_the_person_is_and_who_else_acts_stops_a_tip(desk: Desk, make: Callable[[], Subject], wanted: list[str]) -> None:
    assert codes(desk, tipped(desk, make)) == wanted


def seen_at_work() -> Subject:
    subject = visitor()
    told(EmploymentFact, subject, "commercial", kind="reported", started_on=date(2026, 11, 1), authorized=False)
    return subject


def with_a_pending_filing(desk: Desk) -> Lead:
    def in_boston() -> Subject:
        subject = overstayer()
        lives(subject)
        return subject

    lead = desk.opened(in_boston)
    assert lead.subject is not None
    with desk.facts():
        filed(lead.subject, date(2026, 7, 1))
    desk.judge(lead.subject)
    return desk.fresh(lead)


@pytest.mark.parametrize(
    ("make", "sign", "why"),
    [
        (with_a_pending_filing, "filing_pending", "(waits)"),
        (lambda desk: tipped(desk, seen_at_work), "person_decides", "(a person decides)"),
    ],
)
def test_what_waits_or_a_person_decides_is_referred_once_two_people_have_signed(
    desk: Desk, make: Callable[[Desk], Lead], sign: str, why: str
) -> None:
    lead = make(desk)
    assert sign in codes(desk, lead)
    stops = {each.sentence for each in proposal(desk, lead).stops}
    signed(desk, lead)
    with acting_as(desk.analyst):
        ask_review(actor=desk.analyst, lead=desk.fresh(lead), reason="Boston.", now=NOW)

    referral = refer(desk, lead, by="supervisor")

    with acting_as(desk.boston):
        body = json.loads(packet_json_for(desk.boston, referral.packet.uuid))
        assert safe_to_act(actor=desk.boston, referral=Referral.objects.get(), now=NOW).answer == "yes"
    assert [each["title"].endswith(why) for each in body["why"]["findings"]] == [True]
    assert {each["sentence"] for each in body["against"]["overridden"]} == stops


def test_a_filing_that_comes_after_the_referral_still_tells_the_office_not_to_act(desk: Desk) -> None:
    lead = tipped(desk, seen_at_work)
    signed(desk, lead)
    with acting_as(desk.analyst):
        ask_review(actor=desk.analyst, lead=desk.fresh(lead), reason="Boston.", now=NOW)
    refer(desk, lead, by="supervisor")
    assert lead.subject is not None
    with desk.facts():
        met(lead.subject, date(2026, 11, 20), kind="case", in_proceedings=True)

    with acting_as(desk.boston):
        assert safe_to_act(actor=desk.boston, referral=Referral.objects.get(), now=NOW).answer == "no"


def test_nobody_asks_a_supervisor_to_approve_what_has_fallen(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    assert lead.subject is not None
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9))

    with acting_as(desk.analyst):
        assert "nothing to refer" in propose_referral(user=desk.analyst, lead=lead, now=NOW).refused
        with pytest.raises(Conflict, match="nothing to refer"):
            ask_review(actor=desk.analyst, lead=lead, reason="Boston.", now=NOW)


def test_a_returned_visitor_is_no_fallen_lead_but_who_has_left_is(desk: Desk) -> None:
    def returned() -> Subject:
        subject = a_subject()
        first = admitted(subject, date(2026, 7, 9), arrived=date(2026, 1, 10))
        departed(subject, date(2026, 7, 1), of=first)
        admitted(subject, date(2027, 4, 9), arrived=date(2026, 10, 10))
        return subject

    def left() -> Subject:
        subject = a_subject()
        departed(subject, date(2026, 7, 1), of=admitted(subject, date(2026, 7, 9), arrived=date(2026, 1, 10)))
        return subject

    back, gone = tipped(desk, returned), tipped(desk, left)

    assert codes(desk, back) == ["nothing_stands"]
    signed(desk, gone)
    with pytest.raises(Conflict, match="nothing to refer"):
        refer(desk, gone)


def test_a_lead_whose_finding_has_fallen_becomes_no_tip_when_the_person_is_admitted_again(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    assert lead.subject is not None
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9))
        admitted(lead.subject, date(2027, 4, 9), arrived=date(2026, 10, 10))
    signed(desk, lead)

    with pytest.raises(Conflict, match="nothing to refer"):
        refer(desk, lead)
