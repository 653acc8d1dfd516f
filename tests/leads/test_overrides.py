"""Whoever overrides a stop sign has looked at that one."""

from __future__ import annotations

from datetime import date

from access.context import acting_as
from leads.selectors.history import history_for
from leads.services.deciding import override_stop_sign
from leads.services.referral import propose_referral
from subjects.models import Subject
from tests.factories.facts import NOW, lives, met, overstayer
from tests.leads.conftest import Desk


def test_whoever_passes_one_sign_has_not_passed_another_of_the_same_kind(desk: Desk) -> None:
    def in_two_cases() -> Subject:
        subject = overstayer()
        lives(subject)
        met(subject, date(2026, 8, 1), kind="case", in_proceedings=True)
        met(subject, date(2026, 9, 1), kind="case", in_proceedings=True)
        return subject

    lead = desk.opened(in_two_cases)
    with acting_as(desk.analyst):
        first, second = propose_referral(user=desk.analyst, lead=lead, now=NOW).stops
        override_stop_sign(actor=desk.analyst, lead=lead, key=second.key, reason="That case is closed.", now=NOW)
        after = propose_referral(user=desk.analyst, lead=lead, now=NOW)

    assert (first.code, second.code) == ("in_proceedings", "in_proceedings")
    assert [sign.sentence for sign in after.stops] == [first.sentence]
    assert [(sign.sentence, sign.overridden_by) for sign in after.overridden] == [(second.sentence, "Ana")]
    with acting_as(desk.analyst):
        history = [event.what for event in history_for(desk.analyst, lead) if event.kind == "override"]
    assert history == ["Stop sign overridden: in proceedings, EID"]
