"""Acts on many leads at size: a worker killed in the middle changes nothing of the end, and ten times the rows take ten times as long."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import monotonic

import pytest
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from launcher.waiting import until
from leads.models import BulkItem, BulkRun, Correction, Decision, Lead, Transition
from leads.selectors.queue import QueueFilter
from leads.services.bulk import WORK, Order, order_bulk, start_bulk, undo_bulk
from leads.services.bulk_work import work_bulk_runs
from tests.factories.people import person
from tests.leads.test_queue_pages import make
from tests.subjects.test_killed_worker import Workers

pytestmark = pytest.mark.proof
CLOSE = Order(reason="The carrier's list of that flight shows them all.", close_reason="departed")
ROWS, BATCH = 1_200, 40
DEADLINE_SECONDS = 180


@pytest.fixture
def workers(world: str, tmp_path: Path) -> Iterator[Workers]:
    hands = Workers(world, tmp_path / "store")
    hands.environment["LEADTRAC_BULK_BATCH"] = str(BATCH)
    yield hands
    for worker in hands.running:
        if worker.poll() is None:
            hands.kill(worker)


def started(analyst: User, rows: int) -> BulkRun:
    """A run that closes that many leads, ordered and started now."""
    with acting_as(service_actor("leads")):
        make(rows)
    now = timezone.now()
    with acting_as(analyst):
        run = order_bulk(actor=analyst, kind="close", now=now, wanted=QueueFilter())
    if run.state == BulkRun.State.PREPARING:  # a long list is made by a worker
        work_bulk_runs(now=now)
    with acting_as(analyst):
        waiting = run.items.filter(state=BulkItem.State.WAITING).count()
        return start_bulk(actor=analyst, run=BulkRun.objects.get(pk=run.pk), order=CLOSE, typed=str(waiting), now=now)


def counted(run: BulkRun) -> tuple[str, int, int, int, int, int]:
    """State of the run, rows done, leads closed, moves, decisions, corrections' leads: what must agree at every moment."""
    with acting_as(service_actor("leads")):
        return (
            BulkRun.objects.get(pk=run.pk).state,
            BulkItem.objects.filter(run=run, state="done").count(),
            Lead.objects.filter(state="closed").count(),
            Transition.objects.filter(action="close").count(),
            Decision.objects.count(),
            Correction.objects.values("lead").distinct().count(),
        )


def moved_on(run: BulkRun, before: int) -> bool:
    return counted(run)[1] > before


def test_a_worker_killed_in_the_middle_of_an_act_and_a_next_one_come_to_the_same_end(world: str, workers: Workers) -> None:
    analyst = person("ana", "analyst")
    run = started(analyst, ROWS)
    seen = set()
    for _ in range(3):
        before = counted(run)[1]
        worker = workers.start()
        workers.tell(WORK, "svc-leads")
        assert until(partial(moved_on, run, before), DEADLINE_SECONDS)
        workers.kill(worker)
        state, done, closed, moves, decisions, _ = counted(run)
        assert done == closed == moves == decisions, "a batch is whole or not at all"
        assert done % BATCH == 0
        seen.add((state, done))
    assert any(0 < done < ROWS for _, done in seen), "it was killed in the middle"

    workers.start()
    workers.tell(WORK, "svc-leads")

    assert until(lambda: counted(run)[0] == "done", DEADLINE_SECONDS)
    assert counted(run)[1:5] == (ROWS,) * 4


def test_ten_thousand_leads_are_closed_and_opened_again_at_the_pace_of_a_thousand(world: str, capsys: pytest.CaptureFixture[str]) -> None:
    analyst = person("ana", "analyst")
    pace: dict[int, float] = {}
    for rows in (1_000, 10_000):
        run = started(analyst, rows - 1_000 if pace else rows)  # the first thousand are open again
        begun = monotonic()
        work_bulk_runs(now=timezone.now())
        closing = monotonic() - begun
        with acting_as(analyst):
            undo_bulk(actor=analyst, run=BulkRun.objects.get(pk=run.pk), now=timezone.now() + timedelta(minutes=1))
        begun = monotonic()
        work_bulk_runs(now=timezone.now())
        undoing = monotonic() - begun
        assert counted(run)[0] == "undone"
        with acting_as(service_actor("leads")):
            assert not Lead.objects.filter(state="closed").exists()
        pace[rows] = rows / closing
        with capsys.disabled():
            sys.stdout.write(f"\n{rows:,} leads: closed in {closing:.1f} s ({rows / closing:,.0f}/s), taken back in {undoing:.1f} s\n")
    assert pace[10_000] > pace[1_000] / 2
