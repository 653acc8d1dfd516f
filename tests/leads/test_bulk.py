"""One act on many leads: the frozen list, the count, the work in batches, what is left out, the undo, need-to-know at run time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.conf import LazySettings

from access.context import acting_as
from access.models import Compartment, RoleGrant, User
from access.selectors import class_for
from audit.models import Event
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.models import BulkItem, BulkRun, Claim, Correction, Decision, Lead, QualitySample, Transition
from leads.selectors.bulk import exceptions_of, figures_of
from leads.selectors.queue import QueueFilter
from leads.services.bulk import Order, cancel_bulk, forget_reasons, order_bulk, reason_of, retry_bulk, start_bulk, undo_bulk
from leads.services.bulk_work import work_batch, work_bulk_runs
from leads.services.triage import claim_lead
from tests.factories.facts import NOW, a_subject, admitted, lives
from tests.leads.conftest import Desk

pytestmark = pytest.mark.django_db

CLOSE = Order(reason="The carrier's list of that flight shows them all.", close_reason="departed")


@pytest.fixture
def leads(desk: Desk) -> list[Lead]:
    """Seven leads that wait in the queue."""

    def visitor(place: int) -> Callable[[], object]:
        def make() -> object:
            subject = a_subject("SAMPLE", f"JOAN {place}", born=date(1970, 3, 1 + place))
            admitted(subject, date(2026, 7, 1 + place), arrived=date(2026, 1, 1 + place))
            lives(subject)
            return subject

        return make

    return [desk.opened(visitor(place)) for place in range(7)]  # type: ignore[arg-type]


def ordered(actor: User, kind: str = "close", leads: list[Lead] | None = None, wanted: QueueFilter | None = None) -> BulkRun:
    with acting_as(actor):
        return order_bulk(actor=actor, kind=kind, now=NOW, numbers=[lead.number for lead in leads or []], wanted=wanted)


def started(actor: User, run: BulkRun, order: Order = CLOSE, typed: str = "") -> BulkRun:
    with acting_as(actor):
        return start_bulk(actor=actor, run=run, order=order, typed=typed or str(figures_of(run).waiting), now=NOW)


def fresh(actor: User, run: BulkRun) -> BulkRun:
    with acting_as(actor):
        return BulkRun.objects.get(pk=run.pk)


def states(desk: Desk, leads: list[Lead]) -> list[str]:
    return [desk.fresh(lead).state for lead in leads]


def notes(actor: User, run: BulkRun) -> list[tuple[str, str, int]]:
    with acting_as(actor):
        return exceptions_of(run)


def test_a_list_names_its_exceptions_before_anything_happens(desk: Desk, leads: list[Lead]) -> None:
    with acting_as(desk.colleague):
        claim_lead(actor=desk.colleague, lead=leads[0], now=NOW)

    run = ordered(desk.analyst, wanted=QueueFilter())

    with acting_as(desk.analyst):
        figures = figures_of(run)
    assert (figures.waiting, figures.left_out, run.total) == (6, 1, 7)
    assert notes(desk.analyst, run) == [("Left out", "Somebody else has claimed it.", 1)]
    assert states(desk, leads) == ["in_research", *["queued"] * 6]


def test_the_count_must_be_typed_and_a_reason_given(desk: Desk, leads: list[Lead]) -> None:
    run = ordered(desk.analyst, leads=leads[:3])
    with pytest.raises(InvalidInput, match="Type the number of leads that will be changed: 3"):
        started(desk.analyst, run, typed="7")
    with pytest.raises(InvalidInput, match="Say why"):
        started(desk.analyst, run, Order(reason=" ", close_reason="departed"))
    with pytest.raises(InvalidInput, match="why the leads are closed"):
        started(desk.analyst, run, Order(reason="x", close_reason="joined"))
    assert states(desk, leads) == ["queued"] * 7


def test_a_close_moves_each_lead_freezes_what_was_seen_and_settles_it(desk: Desk, leads: list[Lead], settings: LazySettings) -> None:
    settings.BULK_BATCH_ROWS = 3
    run = started(desk.analyst, ordered(desk.analyst, wanted=QueueFilter(rule=leads[0].rule_id)))

    assert work_bulk_runs(now=NOW) == 7
    assert work_bulk_runs(now=NOW) == 0

    assert states(desk, leads) == ["closed"] * 7
    with acting_as(desk.analyst):
        moves = Transition.objects.filter(action="close").select_related("decision")
        assert {move.actor_id for move in moves} == {desk.analyst.pk}
        assert len({move.decision_id for move in moves}) == Decision.objects.count() == 7
        assert Correction.objects.filter(withdrawn_at=None).count() == 7
        done = [event for event in Event.objects.filter(act="bulk") if event.field_names == ["done", "close"]]
    assert sorted(len(event.result_uuids) for event in done) == [1, 3, 3]
    assert {uuid for event in done for uuid in event.result_uuids} == {lead.uuid for lead in leads}
    assert fresh(desk.analyst, run).state == "done"


def test_what_is_bulk_closed_stays_closed_when_judged_again(desk: Desk, leads: list[Lead]) -> None:
    started(desk.analyst, ordered(desk.analyst, leads=leads))
    work_bulk_runs(now=NOW)
    with desk.facts():
        subjects = [lead.subject for lead in leads if lead.subject]
    assert desk.judge(*subjects, days=1).reopened == 0
    assert states(desk, leads) == ["closed"] * 7


def test_a_random_share_goes_to_a_second_person(desk: Desk, leads: list[Lead], settings: LazySettings) -> None:
    settings.QUALITY_SAMPLE_PERMILLE = 300
    run = started(desk.analyst, ordered(desk.analyst, leads=leads))
    work_bulk_runs(now=NOW)
    with acting_as(desk.supervisor):
        drawn = list(QualitySample.objects.all())
    assert len(drawn) == fresh(desk.analyst, run).sampled == 3
    assert {sample.decided_by_id for sample in drawn} == {desk.analyst.pk}


def test_undo_takes_the_whole_run_back_as_one_act(desk: Desk, leads: list[Lead]) -> None:
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=leads[0], now=NOW)
    run = started(desk.analyst, ordered(desk.analyst, leads=leads))
    work_bulk_runs(now=NOW)
    with acting_as(desk.analyst):
        undo_bulk(actor=desk.analyst, run=run, now=NOW)
    work_bulk_runs(now=NOW)

    assert states(desk, leads) == ["in_research", *["reopened"] * 6]
    with acting_as(desk.analyst):
        assert Correction.objects.filter(withdrawn_at=None).count() == 0
        assert Claim.objects.get(lead=leads[0], released_at=None).user == desk.analyst
    assert fresh(desk.analyst, run).state == "undone"
    with desk.facts():
        subjects = [lead.subject for lead in leads if lead.subject]
    desk.judge(*subjects, days=1)
    assert "closed" not in states(desk, leads)


def test_what_somebody_changed_since_is_not_undone_and_says_so(desk: Desk, leads: list[Lead]) -> None:
    run = started(desk.analyst, ordered(desk.analyst, "snooze", leads[:3]), Order(reason="x", hold_until=date(2027, 1, 4)))
    work_bulk_runs(now=NOW)
    with acting_as(desk.colleague):
        claim_lead(actor=desk.colleague, lead=desk.fresh(leads[1]), now=NOW)
        Lead.objects.filter(pk=leads[1].pk).update(version=leads[1].version + 5)
    with acting_as(desk.analyst):
        undo_bulk(actor=desk.analyst, run=run, now=NOW)
    work_bulk_runs(now=NOW)
    assert states(desk, leads[:3]) == ["queued", "on_hold", "queued"]
    assert notes(desk.analyst, run) == [("Not undone", "Somebody has changed it since.", 1)]


def test_a_run_cannot_be_undone_for_ever_and_forgets_its_reason(desk: Desk, leads: list[Lead]) -> None:
    run = started(desk.analyst, ordered(desk.analyst, leads=leads[:1]))
    work_bulk_runs(now=NOW)
    later = NOW + timedelta(days=31)
    assert reason_of(fresh(desk.analyst, run)) == CLOSE.reason
    with acting_as(desk.analyst), pytest.raises(Conflict, match="30 days"):
        undo_bulk(actor=desk.analyst, run=run, now=later)
    with acting_as(desk.service):
        assert forget_reasons(actor=desk.service, now=later) == 1
    assert reason_of(fresh(desk.analyst, run)) == ""


def test_a_row_that_changed_before_its_turn_fails_with_the_reason_and_is_tried_again(desk: Desk, leads: list[Lead]) -> None:
    run = started(desk.analyst, ordered(desk.analyst, leads=leads[:3]))
    with acting_as(desk.colleague):
        claim_lead(actor=desk.colleague, lead=leads[2], now=NOW)
    work_bulk_runs(now=NOW)
    assert states(desk, leads[:3]) == ["closed", "closed", "in_research"]
    assert notes(desk.analyst, run) == [("Failed", "Somebody else has claimed it.", 1)]

    with acting_as(desk.service):
        Claim.objects.filter(lead=leads[2]).update(released_at=NOW)
    with acting_as(desk.analyst):
        retry_bulk(actor=desk.analyst, run=run, now=NOW)
    work_bulk_runs(now=NOW)
    assert states(desk, leads[:3]) == ["closed"] * 3
    with acting_as(desk.analyst), pytest.raises(Conflict, match="No row"):
        retry_bulk(actor=desk.analyst, run=run, now=NOW)


def test_what_leaves_the_persons_sight_before_its_turn_is_not_touched_nor_named(desk: Desk, leads: list[Lead]) -> None:
    run = started(desk.analyst, ordered(desk.analyst, leads=leads[:3]))
    with acting_as(desk.service):
        protected = class_for(audience="hq", compartments=[Compartment.objects.get(code="protected-person").pk])
        subject = leads[0].subject
        assert subject is not None
        type(subject).objects.filter(pk=subject.pk).update(access_class_id=protected)
    desk.judge(subject)

    work_bulk_runs(now=NOW)

    assert states(desk, leads[:3]) == ["queued", "closed", "closed"]
    with acting_as(desk.analyst):
        assert BulkItem.objects.filter(run=run).count() == 2
        assert (figures_of(run).hidden, exceptions_of(run)) == (1, [])
    assert fresh(desk.analyst, run).state == "done"


def test_a_person_who_lost_the_role_changes_nothing_more(desk: Desk, leads: list[Lead]) -> None:
    run = started(desk.analyst, ordered(desk.analyst, leads=leads[:2]))
    RoleGrant.objects.filter(user=desk.analyst).update(revoked_at=NOW)
    assert work_bulk_runs(now=NOW) == 0
    assert states(desk, leads[:2]) == ["queued"] * 2
    with desk.facts():
        assert [item.note for item in BulkItem.objects.filter(run=run)] == ["Whoever ordered this may no longer do it."] * 2


def test_a_supervisor_assigns_many_and_takes_it_back(desk: Desk, leads: list[Lead]) -> None:
    with acting_as(desk.colleague):
        claim_lead(actor=desk.colleague, lead=leads[0], now=NOW)
    run = started(desk.supervisor, ordered(desk.supervisor, "assign", leads[:3]), Order(reason="Balance", assignee=desk.analyst))
    work_bulk_runs(now=NOW)
    with desk.facts():
        assert list(Claim.objects.filter(released_at=None).values_list("user_id", flat=True)) == [desk.analyst.pk] * 3
    with acting_as(desk.supervisor):
        undo_bulk(actor=desk.supervisor, run=run, now=NOW)
    work_bulk_runs(now=NOW)
    assert states(desk, leads[:3]) == ["in_research", "queued", "queued"]
    with desk.facts():
        assert [claim.user for claim in Claim.objects.filter(released_at=None)] == [desk.colleague]


def test_an_analyst_assigns_nobody_and_acts_on_nobody_elses_run(desk: Desk, leads: list[Lead]) -> None:
    with pytest.raises(Forbidden):
        ordered(desk.analyst, "assign", leads[:2])
    run = ordered(desk.supervisor, "close", leads[:2])
    with pytest.raises(Forbidden, match="Only whoever ordered"):
        started(desk.analyst, run, typed="2")


def test_a_stopped_run_keeps_what_is_done_and_touches_nothing_more(desk: Desk, leads: list[Lead], settings: LazySettings) -> None:
    settings.BULK_BATCH_ROWS = 2
    run = started(desk.analyst, ordered(desk.analyst, leads=leads))
    work_batch(run.pk, now=NOW)
    with acting_as(desk.analyst):
        cancel_bulk(actor=desk.analyst, run=run, now=NOW)
    work_bulk_runs(now=NOW)
    assert sorted(states(desk, leads)) == ["closed"] * 2 + ["queued"] * 5
    assert (fresh(desk.analyst, run).state, fresh(desk.analyst, run).sampled) == ("done", 1)


def test_a_long_list_is_made_by_a_worker(desk: Desk, leads: list[Lead], settings: LazySettings) -> None:
    settings.BULK_PREPARE_INLINE = 3
    run = ordered(desk.analyst, wanted=QueueFilter(unclaimed=True))
    assert run.state == "preparing"
    work_bulk_runs(now=NOW)
    assert (fresh(desk.analyst, run).state, fresh(desk.analyst, run).total) == ("ready", 7)
