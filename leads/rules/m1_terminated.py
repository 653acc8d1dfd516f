"""M-1 terminated for a violation (the codes of domain.md 3.3 are shared by F and M); withdrawal gives M no 15 days."""

from __future__ import annotations

from datetime import date

from leads.rules.base import Opinion, Rule, Unverified, Violation
from leads.rules.sevis_codes import Meaning
from leads.rules.snapshot import Snapshot
from leads.rules.terminations import Termination, judge_terminated

M1 = Termination(
    class_of_admission="M1",
    codes="F",
    authority="F1-15",
    elsewhere=frozenset({Meaning.NO_SHOW}),
    reviewed=frozenset({Meaning.REVIEW, Meaning.EARLY_WITHDRAWAL}),
)


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each M-1 record that is, or was, terminated for a reason that this rule reads."""
    return judge_terminated(snapshot, as_of, M1)


RULE = Rule(
    id="m1-terminated",
    version=1,
    title="M-1 terminated for a violation",
    description=(
        "The school ended the vocational student's SEVIS record for a reason that breaks status. There is no grace period; the 15 days "
        "after an authorized withdrawal are for F students only, so that reason goes to a person."
    ),
    violation=Violation.STATUS_VIOLATION,
    authorities=("DEP-1C", "F1-15", "SCH-21", Unverified("Termination + 1 stands for the day of the failure when it is not stated.")),
    sources=("sevis",),
    judge=judge,
)
