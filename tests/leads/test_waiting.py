"""Held until something happens: what wakes a lead, with which words, and what does not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from access.context import acting_as
from foundation.errors import InvalidInput
from leads.models import Lead, Wait
from leads.selectors.history import history_for
from leads.services.triage import hold_lead, unhold_lead
from leads.services.waiting import wake_waiting
from subjects.models import Subject
from tests.factories.facts import NOW, a_subject, admitted, filed, lives, loaded
from tests.leads.conftest import Desk

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=2)


def visitor() -> Subject:
    subject = a_subject("SAMPLE", "JOAN", born=date(1970, 3, 1))
    admitted(subject, date(2026, 7, 1), arrived=date(2026, 1, 1))
    lives(subject)
    return subject


@pytest.fixture
def lead(desk: Desk) -> Lead:
    return desk.opened(visitor)


def held(desk: Desk, lead: Lead, waits_for: str, until: date | None = None) -> Lead:
    with acting_as(desk.analyst):
        hold_lead(actor=desk.analyst, lead=lead, reason="Waits.", until=until, waits_for=waits_for, now=NOW)
    return desk.fresh(lead)


def woken(desk: Desk) -> list[str]:
    with acting_as(desk.service):
        return [each.because for each in wake_waiting(actor=desk.service, now=LATER)]


def test_a_newer_extract_of_the_source_wakes_the_lead_and_says_so(desk: Desk, lead: Lead) -> None:
    held(desk, lead, "refresh:claims3")
    assert woken(desk) == []
    with desk.facts():
        loaded("claims3", as_of=date(2026, 11, 24))
    assert woken(desk) == ["CLAIMS 3 has spoken up to 24 Nov 2026."]
    assert desk.fresh(lead).state == "queued"
    with acting_as(desk.analyst):
        assert history_for(desk.analyst, lead)[0].words == "CLAIMS 3 has spoken up to 24 Nov 2026."
    assert woken(desk) == []


def test_another_source_wakes_nothing(desk: Desk, lead: Lead) -> None:
    held(desk, lead, "refresh:claims3")
    with desk.facts():
        loaded("sevis", as_of=date(2026, 11, 24))
    assert woken(desk) == []
    assert desk.fresh(lead).state == "on_hold"


def test_a_decision_on_a_filing_wakes_the_lead(desk: Desk, lead: Lead) -> None:
    held(desk, lead, "decision", until=date(2027, 3, 1))
    with desk.facts():
        subject = Subject.objects.get(pk=lead.subject_id)
        filed(subject, date(2026, 6, 1), status="denied", decided_on=date(2026, 11, 23), as_of=date(2026, 11, 24))
    assert woken(desk) == ["A filing was decided: denied on 23 Nov 2026."]
    assert desk.fresh(lead).state == "queued"


def test_who_takes_it_off_hold_ends_the_wait_too(desk: Desk, lead: Lead) -> None:
    held(desk, lead, "refresh:claims3")
    with acting_as(desk.analyst):
        unhold_lead(actor=desk.analyst, lead=desk.fresh(lead), now=NOW)
    with desk.facts():
        loaded("claims3", as_of=date(2026, 11, 24))
    assert woken(desk) == []
    with desk.facts():
        assert not Wait.objects.filter(ended_at=None).exists()


def test_nothing_else_can_be_waited_for(desk: Desk, lead: Lead) -> None:
    with pytest.raises(InvalidInput, match="what it waits for"):
        held(desk, lead, "refresh:horoscope")
