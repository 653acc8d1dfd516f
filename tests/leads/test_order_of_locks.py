"""People, judgements and loads that need the same rows take them in one order: subjects, leads, what hangs on leads.

Each test holds what both need, lets both begin, and goes out of the way: in opposite orders they would wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from access.context import acting_as
from access.models import Office, User
from foundation.errors import Conflict
from leads.models import Claim, Lead, Referral
from leads.services.answer import accept_referral, report_outcome, return_referral
from leads.services.deciding import close_lead, open_lead, reopen_lead
from leads.services.evaluation import evaluate_subjects
from leads.services.referral import propose_referral, refer_lead
from leads.services.triage import assign_lead, claim_lead, release_expired_claims, release_lead
from leads.services.visits import visit
from leads.services.workload import enter_absence, release_absent
from leads.states import ReferralState
from subjects.models import Judgement, NameFact, Subject
from subjects.services.judge import judge, undo
from subjects.services.write_subjects import refresh
from tests.factories.facts import NOW, departed, lives, loaded, overstayer
from tests.leads.conftest import Desk, people
from tests.locks import Waiting

pytestmark = pytest.mark.slow
LATER = NOW + timedelta(hours=1)
LEASE_OVER = NOW + timedelta(days=30)


@pytest.fixture
def desk(world: str) -> Desk:
    cast = people()
    with acting_as(cast.service):
        loaded()
    return cast


def in_boston() -> Subject:
    subject = overstayer()
    lives(subject, "MA")
    return subject


def left(desk: Desk, lead: Lead) -> None:
    """The person has left: the next judgement closes the lead, and ends what hangs on it."""
    with desk.facts():
        departed(Subject.objects.get(pk=lead.subject_id), date(2026, 9, 1))


def judged(desk: Desk, *subjects: int | None) -> Callable[[], Any]:
    ids = [each for each in subjects if each is not None]
    return lambda: evaluate_subjects(actor=desk.service, subject_ids=ids, now=LATER)


def as_one(user: User, act: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        with acting_as(user):
            return act()

    return run


def meet(world: str, desk: Desk, lead: Lead, *acts: Callable[[], Any]) -> list[Any]:
    """Let all begin while the lead's row is held, and go on when it is free."""
    waiting = Waiting(world)
    with desk.facts():
        Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
        for act in acts:
            waiting.begin(act)
    return waiting.ended()


def test_who_closes_a_lead_does_not_wait_for_the_judgement_of_its_person(world: str, desk: Desk) -> None:
    lead = desk.opened(overstayer)
    waiting = Waiting(world)

    with acting_as(desk.analyst):
        seen = Lead.objects.select_related("subject", "access_class").get(pk=lead.pk)
        close_lead(actor=desk.analyst, lead=seen, close_reason="departed", reason="Left.", now=NOW)
        waiting.begin(judged(desk, lead.subject_id))  # it has the person, and waits for the lead
    waiting.ended()

    assert desk.fresh(lead).close_reason == "departed"


def test_who_opens_a_lead_does_not_wait_for_a_worker_that_moves_it(world: str, desk: Desk) -> None:
    lead = desk.opened(overstayer)
    left(desk, lead)
    waiting = Waiting(world)

    with desk.facts():
        judged(desk, lead.subject_id)()
        waits = waiting.begin(as_one(desk.analyst, lambda: visit(actor=desk.analyst, lead=lead, now=LATER)))
    waiting.ended()

    assert not waits


@pytest.mark.parametrize("act", ["release", "assign", "expire", "absent", "take over"])
def test_a_claim_that_ends_while_the_lead_closes_ends_once(world: str, desk: Desk, act: str) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=desk.fresh(lead), now=NOW)
    lead = desk.fresh(lead)
    left(desk, lead)
    if act == "absent":
        with acting_as(desk.analyst):
            day = LEASE_OVER.date()
            enter_absence(actor=desk.analyst, user=desk.analyst, from_on=day, until_on=day, now=NOW)
    with desk.facts():
        lead = Lead.objects.select_related("access_class", "subject").get(pk=lead.pk)

    def assign() -> None:
        assign_lead(actor=desk.supervisor, lead=lead, user=desk.colleague, reason="x", now=LATER)

    acts: dict[str, Callable[[], Any]] = {
        "release": as_one(desk.analyst, lambda: release_lead(actor=desk.analyst, lead=lead, now=LATER)),
        "assign": as_one(desk.supervisor, assign),
        "expire": as_one(desk.service, lambda: release_expired_claims(actor=desk.service, now=LEASE_OVER)),
        "absent": as_one(desk.service, lambda: release_absent(actor=desk.service, now=LEASE_OVER)),
        "take over": as_one(desk.colleague, lambda: claim_lead(actor=desk.colleague, lead=lead, now=LEASE_OVER)),
    }
    meet(world, desk, lead, judged(desk, lead.subject_id), acts[act])

    assert desk.fresh(lead).state == "auto_closed"
    with desk.facts():
        assert not Claim.objects.filter(lead=lead, released_at=None).exists()


@pytest.mark.parametrize("answer", ["accept", "return", "report"])
def test_an_office_that_answers_while_the_lead_closes_is_told(world: str, desk: Desk, answer: str) -> None:
    lead = desk.opened(in_boston)
    with acting_as(desk.analyst):
        digest = propose_referral(user=desk.analyst, lead=lead, now=NOW).digest
        office = Office.objects.get(code="HSI-BOS")
        refer_lead(actor=desk.analyst, lead=lead, office=office, reason="x", now=NOW, digest=digest)
    with acting_as(desk.boston):
        referral = Referral.objects.get(lead_number=lead.number)
        if answer == "report":
            referral = accept_referral(actor=desk.boston, referral=referral, now=NOW)
    left(desk, lead)
    asked: dict[str, Any] = {"actor": desk.boston, "referral": referral, "now": LATER}
    acts: dict[str, Callable[[], Any]] = {
        "accept": lambda: accept_referral(**asked),
        "return": lambda: return_referral(**asked, return_reason="resources", words="x"),
        "report": lambda: report_outcome(**asked, code="not_located", occurred_on=NOW.date()),
    }

    meet(world, desk, lead, judged(desk, lead.subject_id), as_one(desk.boston, acts[answer]))

    with desk.facts():
        assert Referral.objects.get(lead=lead).state == ReferralState.RECALLED
        assert desk.fresh(lead).state == "auto_closed"


def pair(desk: Desk, left_id: int | None, right_id: int | None) -> Judgement:
    first, second = sorted((left_id or 0, right_id or 0))
    with desk.facts():
        klass = Subject.objects.get(pk=first).access_class_id
        return Judgement.objects.create(access_class_id=klass, left_id=first, right_id=second, explanation={}, verdict="", reason="")


def test_two_are_merged_and_split_while_both_are_judged(world: str, desk: Desk) -> None:
    one, other = desk.opened(lambda: overstayer(family="EXAMPLE")), desk.opened(lambda: overstayer(family="SAMPLE"))
    asked = pair(desk, one.subject_id, other.subject_id)
    both = judged(desk, one.subject_id, other.subject_id)

    def say_same() -> Any:
        return judge(actor=desk.analyst, judgement=asked, verdict="same", reason="x", now=LATER)

    meet(world, desk, other, as_one(desk.analyst, say_same), both)
    assert desk.fresh(other).close_reason == "joined"

    meet(world, desk, other, as_one(desk.analyst, lambda: undo(actor=desk.analyst, judgement=asked, now=LATER)), both)
    assert desk.fresh(other).close_reason == ""


def test_a_load_takes_its_people_in_the_order_of_the_judgement(world: str, desk: Desk) -> None:
    with desk.facts():
        ids = [overstayer(family=f"EXAMPLE {number}").pk for number in range(5)]
    with desk.facts():
        NameFact.objects.filter(subject_id=ids[0]).update(retracted_at=NOW)  # the others are brought up to date by their names
    waiting = Waiting(world)

    with desk.facts():
        Subject.objects.select_for_update().get(pk=ids[0])
        waiting.begin(judged(desk, *ids))
        waiting.begin(as_one(desk.service, lambda: refresh(ids, LATER)))
    waiting.ended()

    with desk.facts():
        assert set(Subject.objects.values_list("touched_at", flat=True)) == {LATER}


def test_a_lead_that_is_opened_by_hand_while_its_person_is_judged_is_the_only_one(world: str, desk: Desk) -> None:
    with desk.facts():
        subject = overstayer()

    waiting = Waiting(world)

    with acting_as(desk.analyst):
        opened = open_lead(actor=desk.analyst, subject=subject, reason="A tip.", now=NOW)
        waiting.begin(judged(desk, subject.pk))
    waiting.ended()

    with desk.facts():
        assert list(Lead.objects.values_list("pk", flat=True)) == [opened.pk]


def test_a_lead_is_not_reopened_beside_one_that_is_being_opened(world: str, desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=desk.fresh(lead), close_reason="departed", reason="Left.", now=NOW)
    closed = desk.fresh(lead)
    waiting = Waiting(world)

    with acting_as(desk.analyst):
        assert closed.subject is not None
        open_lead(actor=desk.analyst, subject=closed.subject, reason="A tip.", now=LATER)
        waiting.begin(as_one(desk.supervisor, lambda: reopen_lead(actor=desk.supervisor, lead=closed, reason="Doubts.", now=LATER)))
    (answer,) = waiting.ended()

    assert isinstance(answer, Conflict)
