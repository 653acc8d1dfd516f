"""J-1 terminated by the sponsor or the State Department (domain.md 3.2 row 9)."""

from __future__ import annotations

from datetime import date

from leads.rules.base import Opinion, Rule, Unverified, Violation
from leads.rules.snapshot import Snapshot
from leads.rules.terminations import Termination, judge_terminated

J1 = Termination(class_of_admission="J1", codes="J", authority="J1-TERM")


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each J-1 record that is, or was, terminated."""
    return judge_terminated(snapshot, as_of, J1)


RULE = Rule(
    id="j1-terminated",
    version=1,
    title="J-1 terminated",
    description=(
        "The sponsor terminated the exchange visitor's program. A correction by the responsible officer erases it, a request to the State "
        "Department to reinstate holds it."
    ),
    violation=Violation.STATUS_VIOLATION,
    authorities=(
        "DEP-1C",
        "J1-TERM",
        "J1-REIN",
        Unverified("No grace period after a J-1 termination: 22 CFR 62.40 is silent; termination + 1."),
    ),
    sources=("sevis",),
    judge=judge,
)
