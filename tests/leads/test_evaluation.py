"""Evaluation: leads open, join, hold, close, reopen as what is known changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from leads.models import Finding, Lead, Transition
from leads.services.evaluation import evaluate_subjects, evaluate_touched, sweep_due
from subjects.models import Subject
from tests.factories.facts import NOW, a_subject, admitted, departed, filed, loaded, overstayer

pytestmark = pytest.mark.django_db


@pytest.fixture
def service() -> Iterator[User]:
    actor = service_actor("leads")
    with acting_as(actor):
        loaded()
        yield actor


def judge_now(actor: User, *subjects: Subject, later: int = 0):
    return evaluate_subjects(actor=actor, subject_ids=[subject.pk for subject in subjects], now=NOW + timedelta(days=later))


def test_an_unanswered_overstay_opens_one_queued_lead_with_its_finding(service: User) -> None:
    subject = overstayer()

    written = judge_now(service, subject)

    lead = Lead.objects.get(subject=subject)
    assert (written.opened, lead.state, lead.rule_id, lead.over_since) == (1, "queued", "overstay-dated", date(2026, 7, 11))
    assert lead.why.startswith("B2 overstay")
    assert [finding.outcome for finding in lead.findings.all()] == ["stands"]
    assert [move.action for move in Transition.objects.filter(lead=lead)] == ["queue"]


def test_judging_twice_changes_nothing(service: User) -> None:
    subject = overstayer()
    judge_now(service, subject)

    again = judge_now(service, subject, later=1)

    assert again.changes == 0
    assert Finding.objects.filter(subject=subject).count() == 1


def test_a_departure_with_fair_evidence_closes_the_lead_and_names_it(service: User) -> None:
    subject = a_subject()
    stay = admitted(subject, date(2026, 7, 10), arrived=date(2026, 1, 11))
    judge_now(service, subject)
    departed(subject, date(2026, 7, 9), of=stay)

    written = judge_now(service, subject)

    lead = Lead.objects.get(subject=subject)
    assert (written.closed, lead.state, lead.close_reason) == (1, "auto_closed", "departed")
    newest = lead.findings.order_by("-pk")[0]
    assert newest.outcome == "rebutted"
    assert "9 Jul 2026" in newest.sentence
