"""Clocks come from what happened: computed again they are the same, and they follow the risk."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from access.context import acting_as
from access.models import Office
from foundation.calendar import add_business_days
from leads.clocks import TRIAGE_DAYS
from leads.models import Lead
from leads.services.answer import accept_referral
from leads.services.clocks import recompute_all_clocks
from leads.services.deciding import close_lead, hold_lead
from leads.services.referral import ask_review, refer_lead
from leads.services.triage import claim_lead, end_expired_holds, release_expired_claims
from subjects.models import Subject
from tests.factories.facts import NOW, a_subject, admitted, lives, met
from tests.leads.conftest import Desk

pytestmark = pytest.mark.django_db


def visitor(desk: Desk, place: int) -> Lead:
    def make() -> Subject:
        subject = a_subject("SAMPLE", f"JOAN {place}", born=date(1970, 3, 1 + place))
        admitted(subject, date(2026, 7, 1 + place), arrived=date(2026, 1, 1 + place))
        lives(subject)
        return subject

    return desk.opened(make)


def clocks(desk: Desk) -> dict[str, date | None]:
    with desk.facts():
        return dict(Lead.objects.values_list("number", "clock_due_on"))


@pytest.fixture
def played(desk: Desk) -> list[Lead]:
    """Leads in every state of the desk, moved on different days."""
    leads = [visitor(desk, place) for place in range(8)]
    with acting_as(desk.analyst):
        for day, lead in enumerate(leads[:6]):
            claim_lead(actor=desk.analyst, lead=lead, now=NOW + timedelta(days=day))
        later = NOW + timedelta(days=9)
        hold_lead(actor=desk.analyst, lead=leads[0], reason="Asked.", until=date(2026, 12, 24), now=later)
        hold_lead(actor=desk.analyst, lead=leads[1], reason="Asked.", until=date(2026, 12, 4), now=later)
        ask_review(actor=desk.analyst, lead=leads[2], reason="Look.", now=later)
        close_lead(actor=desk.analyst, lead=leads[3], close_reason="departed", reason="Left.", now=later)
        sent = [
            refer_lead(actor=desk.analyst, lead=lead, office=Office.objects.get(code="HSI-BOS"), reason="Lives there.", now=NOW)
            for lead in leads[4:6]
        ]
    with acting_as(desk.boston):
        accept_referral(actor=desk.boston, referral=sent[0], now=NOW + timedelta(days=2))
    with acting_as(desk.service):
        release_expired_claims(actor=desk.service, now=NOW + timedelta(days=11))
        end_expired_holds(actor=desk.service, now=NOW + timedelta(days=12))
    return leads


def test_computing_the_clocks_of_a_played_history_again_changes_nothing(desk: Desk, played: list[Lead]) -> None:
    before = clocks(desk)
    assert len({due for due in before.values() if due}) >= 5

    assert recompute_all_clocks(actor=desk.service, now=NOW + timedelta(days=20)) == 0

    assert clocks(desk) == before


def test_a_clock_that_is_wrong_is_put_right_and_the_change_is_on_record(desk: Desk, played: list[Lead]) -> None:
    before = clocks(desk)
    with desk.facts():
        Lead.objects.filter(pk__in=[lead.pk for lead in played[6:]]).update(clock_due_on=date(2020, 1, 1))

    out = StringIO()
    call_command("recompute_clocks", stdout=out)

    assert out.getvalue() == "2 clocks were wrong and are right now.\n"
    assert clocks(desk) == before


def test_a_clock_follows_the_risk_as_it_is_judged_now(desk: Desk) -> None:
    lead = visitor(desk, 1)
    low = lead.clock_due_on
    with desk.facts():
        subject = Subject.objects.get(pk=lead.subject_id)
        met(subject, date(2026, 11, 1), kind="arrest", criminal=True)
    desk.judge(subject, days=1)

    fresh = desk.fresh(lead)
    assert fresh.risk != lead.risk
    assert fresh.clock_due_on == add_business_days(NOW.date(), TRIAGE_DAYS[fresh.risk])
    assert fresh.clock_due_on < low
