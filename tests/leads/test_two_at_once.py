"""Two people act at the same moment, on two connections with real commits: one of them is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from access.context import acting_as
from access.models import Office
from foundation.errors import Conflict
from leads.models import Claim, Lead, Referral, UnderJudgement
from leads.services.deciding import close_lead
from leads.services.evaluation import evaluate_subjects, evaluate_touched
from leads.services.referral import propose_referral, refer_lead
from leads.services.triage import claim_lead, deal_next
from leads.services.under_judgement import begin_batch, hold
from subjects.models import Subject
from tests.factories.facts import NOW, lives, loaded, overstayer
from tests.leads.conftest import Desk, people

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(world: str) -> Desk:
    cast = people()
    with acting_as(cast.service):
        loaded()
    return cast


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run each act in a thread of its own; what it returned, or the error that it met."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        start.wait(timeout=30)
        try:
            results[number] = act()
        except Conflict as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def count(results: list[Any], kind: type) -> int:
    return sum(isinstance(result, kind) for result in results)


def test_two_who_claim_one_lead_get_one_claim_and_one_answer(desk: Desk) -> None:
    lead = desk.opened(overstayer)

    def claim(user: Any) -> Any:
        with acting_as(user):
            return claim_lead(actor=user, lead=Lead.objects.get(pk=lead.pk), now=NOW)

    results = at_once(lambda: claim(desk.analyst), lambda: claim(desk.colleague))

    assert (count(results, Claim), count(results, Conflict)) == (1, 1)
    with desk.facts():
        assert Claim.objects.filter(lead=lead, released_at=None).count() == 1


def test_two_who_decide_one_lead_decide_it_once(desk: Desk) -> None:
    def in_boston() -> Any:
        subject = overstayer()
        lives(subject, "MA")
        return subject

    lead = desk.opened(in_boston)

    def close() -> Any:
        with acting_as(desk.analyst):
            seen = Lead.objects.select_related("subject", "access_class").get(pk=lead.pk)
            return close_lead(actor=desk.analyst, lead=seen, close_reason="departed", reason="Left.", now=NOW, version=lead.version)

    def refer() -> Any:
        with acting_as(desk.colleague):
            seen = Lead.objects.select_related("subject", "access_class").get(pk=lead.pk)
            digest = propose_referral(user=desk.colleague, lead=seen, now=NOW).digest
            boston = Office.objects.get(code="HSI-BOS")
            return refer_lead(actor=desk.colleague, lead=seen, office=boston, reason="x", now=NOW, digest=digest, version=lead.version)

    results = at_once(close, refer)

    assert count(results, Conflict) == 1
    with desk.facts():
        assert Lead.objects.get(pk=lead.pk).state in ("closed", "referred")
        assert Referral.objects.count() == int(count(results, Referral) == 1)


def test_two_who_ask_for_the_next_lead_get_two_leads(desk: Desk) -> None:
    desk.opened(overstayer)
    desk.opened(overstayer)

    def deal(user: Any) -> Any:
        with acting_as(user):
            return deal_next(actor=user, now=NOW)

    dealt = at_once(lambda: deal(desk.analyst), lambda: deal(desk.colleague))

    assert len({each.lead.pk for each in dealt if each is not None and not isinstance(each, Conflict)}) == 2


def test_two_workers_that_judge_the_same_people_open_one_lead_each(desk: Desk) -> None:
    with desk.facts():
        subjects = [overstayer(family=f"EXAMPLE {number}").pk for number in range(6)]

    results = at_once(
        lambda: evaluate_subjects(actor=desk.service, subject_ids=subjects, now=NOW),
        lambda: evaluate_subjects(actor=desk.service, subject_ids=subjects[::-1], now=NOW),
        lambda: evaluate_touched(actor=desk.service, now=NOW),
    )

    assert sum(written.opened for written in results) == 6
    with desk.facts():
        assert Lead.objects.count() == 6


def test_who_judges_people_on_the_spot_never_waits_for_a_worker_that_waits_for_them(desk: Desk) -> None:
    with desk.facts():
        subject = overstayer().pk
    begin_batch(Subject.objects.all(), actor=desk.service, after=0, now=NOW)

    with acting_as(desk.service):
        assert hold([subject], alone=False) == [subject]
        results = at_once(lambda: evaluate_subjects(actor=desk.service, subject_ids=[subject], now=NOW))  # while it is held

    assert [written.opened for written in results] == [1]
    with desk.facts():
        assert list(UnderJudgement.objects.values_list("pk", flat=True)) == [subject]  # the worker's own, to end
