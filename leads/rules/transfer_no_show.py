"""Transferred and never appeared at the new school: termination reason 13 (domain.md 3.2 row 12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from ingest.facts import SevisStatus
from leads.rules.base import Opinion, Rule, Step, Unverified, Violation
from leads.rules.periods import days
from leads.rules.programs import Program, programs
from leads.rules.snapshot import Snapshot
from leads.rules.status_violation import judge_program, nothing_alleged
from leads.rules.terminations import reading_words
from leads.rules.words import day

_CODE = "13"


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each F-1 or M-1 record."""
    return _judge(snapshot, as_of, "transfer_registration")


def judge_strictly(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return the same by the stricter end of the range."""
    return _judge(snapshot, as_of, "school_registration")


def _judge(snapshot: Snapshot, as_of: date, period: str) -> tuple[Opinion, ...]:
    mine = (each for each in programs(snapshot) if each.judged_as in {"F1", "M1"})
    return tuple(_judge_record(snapshot, each, as_of, period) for each in mine)


def _judge_record(snapshot: Snapshot, program: Program, as_of: date, period: str) -> Opinion:
    state = program.state
    if state.status is not SevisStatus.TERMINATED or state.reason_code.strip() != _CODE:
        return nothing_alleged(program, reading_words(program))
    if state.registered_on is not None:
        return nothing_alleged(program, f"Registered at the new school on {day(state.registered_on)}.")
    starts = state.program_start or state.effective_on or program.newest.extract_as_of
    last_day = starts + timedelta(days=days(period, starts))
    first = last_day + timedelta(days=1)
    step = Step(f"The new program started {day(starts)}; registration was due by {day(last_day)}.", (program.newest.fact_id,), "SCH-30")
    sentence = f"Transferred to a program that started {day(starts)} and never appeared there by {day(last_day)}."
    return judge_program(snapshot, program, first, as_of, sentence, trace=(step,))


RULE = Rule(
    id="no-show-transfer",
    version=1,
    title="Transfer no-show",
    description="The record was moved to another school, and the student never registered there. A withdrawn transfer is no violation.",
    violation=Violation.NO_SHOW_TRANSFER,
    authorities=("DEP-1C", "SCH-STAT", "SCH-30", Unverified("30 to 60 days after the new start: the kinder end, 60, is used.")),
    sources=("sevis",),
    judge=judge,
)
DRAFT = replace(
    RULE,
    version=2,
    description=f"{RULE.description} Draft: 30 days after the new start instead of 60, as for a student who registers for the first time.",
    authorities=("DEP-1C", "SCH-STAT", "SCH-30", Unverified("30 to 60 days after the new start: the stricter end, 30, is used.")),
    judge=judge_strictly,
)
