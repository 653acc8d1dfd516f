"""Acts on many leads as their orderer may see them: runs, figures, exceptions by reason, the result of each row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl
from uuid import UUID

from django.db.models import Count

from access.models import User
from access.permissions import Permission
from access.policy import can
from foundation.errors import NotFound
from leads.models import BulkItem, BulkRun
from leads.selectors.queue_filter import QueueFilter

ROWS_SHOWN = 100
RATE_AFTER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Figures:
    """How many rows stand where. `hidden`: rows of the list that went out of the reader's sight since."""

    waiting: int
    done: int
    failed: int
    left_out: int
    undone: int
    kept: int
    total: int

    @property
    def hidden(self) -> int:
        """Rows that the reader does not see any more."""
        return max(0, self.total - self.left_out - self.changeable)

    @property
    def changeable(self) -> int:
        """Rows on which the act is done or was to be done."""
        return self.waiting + self.done + self.failed + self.undone + self.kept


def bulk_runs_for(user: User) -> list[BulkRun]:
    """The runs that the user ordered; a supervisor sees everybody's. The newest first."""
    found = BulkRun.objects.select_related("ordered_by", "assignee")
    if not can(user, Permission.ASSIGN_LEAD):
        found = found.filter(ordered_by=user)
    return list(found.order_by("-pk")[:50])


def bulk_run_for(user: User, run_uuid: UUID) -> BulkRun:
    """One of these. Raises `NotFound`."""
    run = BulkRun.objects.select_related("ordered_by", "assignee").filter(uuid=run_uuid).first()
    if run is None or (run.ordered_by_id != user.pk and not can(user, Permission.ASSIGN_LEAD)):
        raise NotFound
    return run


def figures_of(run: BulkRun) -> Figures:
    """The rows in the reader's sight by where they stand; one query."""
    counts = dict(BulkItem.objects.filter(run=run).values_list("state").annotate(n=Count("pk")))
    return Figures(**{state.value: counts.get(state.value, 0) for state in BulkItem.State}, total=run.total)


def exceptions_of(run: BulkRun) -> list[tuple[str, str, int]]:
    """Why rows were left out, failed or stayed: state, reason, how many; the most frequent first."""
    states = (BulkItem.State.LEFT_OUT, BulkItem.State.FAILED, BulkItem.State.KEPT)
    rows = BulkItem.objects.filter(run=run, state__in=states).values_list("state", "note").annotate(n=Count("pk")).order_by("-n", "note")
    return [(str(BulkItem.State(state).label), note, n) for state, note, n in rows]


def items_of(run: BulkRun, *, state: str, after: int) -> list[BulkItem]:
    """Rows of the list after one, in its order; one more than a page shows, when there are more."""
    found = BulkItem.objects.filter(run=run, pk__gt=after).select_related("lead")
    if state in BulkItem.State.values:
        found = found.filter(state=state)
    return list(found.order_by("pk")[: ROWS_SHOWN + 1])


def chips_of(run: BulkRun) -> list[str]:
    """What the run's list was asked for, in words; empty when rows were picked by hand."""
    return [words for _, words in QueueFilter.from_query(dict(parse_qsl(run.view))).chips()] if run.view else []


def pace_of(run: BulkRun, figures: Figures, now: datetime) -> tuple[str, str]:
    """Leads a second since the start, and the time left at that rate, in words."""
    done = figures.done + figures.failed
    if run.state != BulkRun.State.RUNNING or run.started_at is None or not done:
        return "", ""
    rate = done / max((now - run.started_at).total_seconds(), RATE_AFTER_SECONDS)
    seconds = figures.waiting / rate
    left = f"{seconds / 60:,.0f} minutes left" if seconds >= 90 else f"{seconds:,.0f} seconds left"
    return f"{rate:,.0f} leads a second", left
