"""J-1 completed and stayed: end of the program and 30 days; the home-residence duty does not answer it (row 8)."""

from __future__ import annotations

from datetime import date

from leads.rules.base import Opinion, Rule, Unverified, Violation
from leads.rules.program_end import Ending, judge_completed
from leads.rules.snapshot import Snapshot

J1 = Ending(class_of_admission="J1", grace="j1_grace", authority="J1-30")


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each J-1 record that reads, or read, completed."""
    return judge_completed(snapshot, as_of, J1)


RULE = Rule(
    id="j1-completed",
    version=1,
    title="J-1 stayed after the program",
    description=(
        "The exchange visitor's program has ended and the 30 days to travel are over. An extension, a transfer or a change of status "
        "answers it."
    ),
    violation=Violation.OVERSTAY_DURATION_OF_STATUS,
    authorities=("DEP-1C", "J1-30", "J1-CAT", "COS-WHO", Unverified("An exchange ended early for a stated reason ends on that day.")),
    sources=("sevis",),
    judge=judge,
)
