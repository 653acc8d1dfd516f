"""F-1 completed and stayed: end of program or practical training, 60 days, cap-gap (domain.md 3.2 row 4)."""

from __future__ import annotations

from datetime import date

from leads.rules.base import Opinion, Rule, Violation
from leads.rules.program_end import Ending, judge_completed
from leads.rules.snapshot import Snapshot

F1 = Ending(class_of_admission="F1", grace="f1_grace", authority="F1-60")


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each F-1 record that reads, or read, completed."""
    return judge_completed(snapshot, as_of, F1)


RULE = Rule(
    id="f1-completed",
    version=1,
    title="F-1 stayed after the program",
    description=(
        "The student's program or practical training has ended and the 60 days to depart are over. A transfer, a new level, a change of "
        "status or cap-gap answers it. A completed record does not prove graduation."
    ),
    violation=Violation.OVERSTAY_DURATION_OF_STATUS,
    authorities=("DEP-1C", "F1-DS", "F1-60", "CAPGAP", "CAPGAP-NO", "UP-DS"),
    sources=("sevis",),
    judge=judge,
)
