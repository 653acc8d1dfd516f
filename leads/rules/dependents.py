"""Dependents F-2, J-2 and M-2: their status ends with the principal's, with age 21 or with divorce (row 19)."""

from __future__ import annotations

from datetime import date, timedelta

from ingest.facts import SevisStatus
from leads.rules.base import Opinion, Rule, Step, Unverified, Violation
from leads.rules.classes import DEPENDENT_OF
from leads.rules.periods import days
from leads.rules.principals import Following, follow_principal, principal_goes_on
from leads.rules.programs import Program, programs
from leads.rules.sevis_codes import Meaning, reason
from leads.rules.snapshot import Snapshot
from leads.rules.status_violation import judge_program, nothing_alleged
from leads.rules.terminations import reading_words
from leads.rules.words import day

_PRINCIPAL_TERMINATED, _PRINCIPAL_COMPLETED = "06", "10"
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
    following = _following(snapshot, program, why.code)
    words = f"{why.words}; {following.words}" if following else why.words
    grace = _grace(program, why.code, ended, following)
    first = ended + timedelta(days=grace + 1)
    step = Step(
        f"The dependent's record ended {day(ended)} ({words}); time to depart until {day(first - timedelta(days=1))}.",
        (program.newest.fact_id,),
    )
    review = following.review if following else why.meaning is Meaning.REVIEW and grace == 0
    sentence = f"Dependent's status ended {day(ended)} ({words}), over since {day(first)}."
    extra = following.rebuttals if following else ()
    return judge_program(snapshot, program, first, as_of, sentence, review_only=review, extra=extra, trace=(step,))


def _following(snapshot: Snapshot, program: Program, code: str) -> Following | None:
    """Return how the record follows the principal's; None where it ended for a reason of its own, or with a completed principal's."""
    if code == _PRINCIPAL_TERMINATED:
        return follow_principal(snapshot, program)
    with_the_principal = code == _PRINCIPAL_COMPLETED or (not code and program.state.status is SevisStatus.COMPLETED)
    return principal_goes_on(snapshot, program) if with_the_principal else None


def _grace(program: Program, code: str, ended: date, following: Following | None) -> int:
    """Return the days that a dependent has to depart: the principal's."""
    if following is not None and following.grace:
        return days(following.grace, ended)
    if code == _PRINCIPAL_COMPLETED or program.state.status is SevisStatus.COMPLETED:
        return days(_GRACE[program.class_of_admission[0]], ended)
    return 0


RULE = Rule(
    id="dependent",
    version=1,
    title="Dependent whose status ended",
    description=(
        "A dependent's status follows the principal's: it ends when the principal's is terminated for a violation, after the same time to "
        "depart when the principal completed or withdrew, and when a child turns 21 or a marriage ends. Where the principal's record is "
        "not known, or was ended for another reason, a person decides. A status of their own answers it."
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
