"""Dependents F-2, J-2 and M-2: their status ends with the principal's, with age 21 or with divorce (row 19)."""

from __future__ import annotations

from datetime import date, timedelta

from ingest.facts import SevisStatus
from leads.rules.base import Opinion, Rule, Step, Unverified, Violation
from leads.rules.classes import DEPENDENT_OF
from leads.rules.periods import days
from leads.rules.programs import Program, programs
from leads.rules.sevis_codes import Meaning, reason
from leads.rules.snapshot import Snapshot
from leads.rules.status_violation import judge_program, nothing_alleged
from leads.rules.terminations import reading_words
from leads.rules.words import day

_PRINCIPAL_COMPLETED = "10"
_GRACE = {"F": "f1_grace", "J": "j1_grace", "M": "m1_grace"}
_ENDED = frozenset({SevisStatus.TERMINATED, SevisStatus.COMPLETED})


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each dependent's record."""
    mine = (each for each in programs(snapshot) if each.class_of_admission in DEPENDENT_OF)
    return tuple(_judge_record(snapshot, each, as_of) for each in mine)


def _judge_record(snapshot: Snapshot, program: Program, as_of: date) -> Opinion:
    state = program.state
    if state.status not in _ENDED:
        return nothing_alleged(program, reading_words(program))
    why = reason("dependent", state.reason_code)
    if why.meaning is Meaning.CLOSE:
        return nothing_alleged(program, f"The dependent's record was ended ({why.words}): nothing to pursue.")
    ended = state.failure_on or state.effective_on or program.newest.extract_as_of
    grace = (
        days(_GRACE[program.class_of_admission[0]], ended)
        if why.code == _PRINCIPAL_COMPLETED or state.status is SevisStatus.COMPLETED
        else 0
    )
    first = ended + timedelta(days=grace + 1)
    step = Step(
        f"The dependent's record ended {day(ended)} ({why.words}); time to depart until {day(first - timedelta(days=1))}.",
        (program.newest.fact_id,),
    )
    review = why.meaning is Meaning.REVIEW and grace == 0
    sentence = f"Dependent's status ended {day(ended)} ({why.words}), over since {day(first)}."
    return judge_program(snapshot, program, first, as_of, sentence, review_only=review, trace=(step,))


RULE = Rule(
    id="dependent",
    version=1,
    title="Dependent whose status ended",
    description=(
        "A dependent's status follows the principal's: it ends when the principal's is terminated, after the same time to depart when the "
        "principal completed, and when a child turns 21 or a marriage ends. A status of their own answers it."
    ),
    violation=Violation.DERIVED,
    authorities=(
        "DEP-1C",
        "F1-60",
        "J1-30",
        "M1-GRACE",
        Unverified("Dependents' dates follow the principal's; termination + 1 as for the principal."),
    ),
    sources=("sevis",),
    judge=judge,
)
