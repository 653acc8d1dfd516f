"""The states of a run and the outcomes of a record in it."""

from __future__ import annotations

from django.db import models

from access.permissions import Permission as P
from foundation.states import Move, StateTable


class RunState(models.TextChoices):
    """Where a run stands."""

    PROPOSED = "proposed", "To be reviewed"
    REVIEWED = "reviewed", "Waiting for signatures"
    APPROVED = "approved", "Approved"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


SIGNED = [RunState.APPROVED, RunState.RUNNING, RunState.DONE]
OPEN_RUNS = [RunState.PROPOSED, RunState.REVIEWED, RunState.APPROVED, RunState.RUNNING]

RUN_MOVES = StateTable(
    [
        Move("review", frozenset({RunState.PROPOSED}), RunState.REVIEWED, P.MANAGE_DISPOSITION, label="Close the review"),
        Move("approve", frozenset({RunState.REVIEWED}), RunState.APPROVED, P.MANAGE_DISPOSITION, label="Approve"),
        Move("start", frozenset({RunState.APPROVED}), RunState.RUNNING, P.MANAGE_DISPOSITION, label="Start"),
        Move("finish", frozenset({RunState.RUNNING}), RunState.DONE, P.SERVICE, label="Finish"),
        Move(
            "cancel",
            frozenset({RunState.PROPOSED, RunState.REVIEWED, RunState.APPROVED}),
            RunState.CANCELLED,
            P.MANAGE_DISPOSITION,
            needs_reason=True,
            label="Cancel",
        ),
    ]
)


class ItemOutcome(models.TextChoices):
    """What became of a record in a run. Whatever left the run needs a new one."""

    PENDING = "pending", "Waiting"
    ARCHIVED = "archived", "Archived"
    DESTROYED = "destroyed", "Destroyed"
    HELD = "held", "On hold"
    BLOCKED = "blocked", "Stopped"
    EXTENDED = "extended", "Kept longer"
    LATE = "late", "Changed since the list was frozen"
    REJECTED = "rejected", "Taken off the list"
    FAILED = "failed", "Failed"
