"""F-1 terminated for a violation: no grace, the violation is the day of the failure (domain.md 3.2 row 5)."""

from __future__ import annotations

from datetime import date

from leads.rules.base import Opinion, Rule, Unverified, Violation
from leads.rules.snapshot import Snapshot
from leads.rules.terminations import Termination, judge_terminated

F1 = Termination(class_of_admission="F1", codes="F", authority="F1-0")


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each F-1 record that is, or was, terminated for a reason that this rule reads."""
    return judge_terminated(snapshot, as_of, F1)


RULE = Rule(
    id="f1-terminated",
    version=1,
    title="F-1 terminated for a violation",
    description=(
        "The school ended the student's SEVIS record for a reason that breaks status. There is no grace period. Reasons that are no "
        "violation, corrections and reinstatement answer it; a school that lost its certification is the school's matter."
    ),
    violation=Violation.STATUS_VIOLATION,
    authorities=(
        "DEP-1C",
        "F1-0",
        "F1-REIN",
        "SCH-21",
        Unverified("Termination + 1 stands for the day of the failure when the school does not state it."),
        Unverified("What each termination code means for a lead."),
    ),
    sources=("sevis",),
    checks=("adis", "claims3", "eid"),
    judge=judge,
)
