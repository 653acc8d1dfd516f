"""F-1 with an authorized early withdrawal: 15 days to depart, then the stay is over (domain.md 3.2 row 6)."""

from __future__ import annotations

from datetime import date, timedelta

from ingest.facts import SevisStatus
from leads.rules.base import Opinion, Rule, Step, Violation
from leads.rules.periods import days
from leads.rules.programs import Program, programs
from leads.rules.sevis_codes import Meaning, reason
from leads.rules.snapshot import Snapshot
from leads.rules.status_violation import judge_program, nothing_alleged
from leads.rules.terminations import reading_words
from leads.rules.words import day


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each F-1 record."""
    return tuple(_judge_record(snapshot, each, as_of) for each in programs(snapshot) if each.judged_as == "F1")


def _is_withdrawal(code: str) -> bool:
    return reason("F", code).meaning is Meaning.EARLY_WITHDRAWAL


def _judge_record(snapshot: Snapshot, program: Program, as_of: date) -> Opinion:
    state = program.state
    if state.status is not SevisStatus.TERMINATED or not _is_withdrawal(state.reason_code):
        return nothing_alleged(program, reading_words(program))
    ended = state.effective_on or program.newest.extract_as_of
    last_day = ended + timedelta(days=days("f1_withdrawal", ended))
    first = last_day + timedelta(days=1)
    step = Step(f"Withdrew with permission on {day(ended)}: may stay to depart until {day(last_day)}.", (program.newest.fact_id,), "F1-15")
    sentence = f"Stayed after an authorized withdrawal on {day(ended)}: the 15 days ended {day(last_day)}."
    return judge_program(snapshot, program, first, as_of, sentence, trace=(step,))


RULE = Rule(
    id="f1-withdrawal",
    version=1,
    title="F-1 stayed after an authorized withdrawal",
    description="The school allowed the student to withdraw. That is no violation; the student has 15 days to depart.",
    violation=Violation.OVERSTAY_DURATION_OF_STATUS,
    authorities=("DEP-1C", "F1-15"),
    sources=("sevis",),
    judge=judge,
)
