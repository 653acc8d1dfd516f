"""F-1 at a public high school: at most twelve months in all (8 CFR 214.2(f)(5)(i), key F1-HS); for a person, never automatic.

SEVIS gives the level of study, not whether the school is public, so the rule only points a person to the record.
"""

from __future__ import annotations

from datetime import date, timedelta

from foundation.calendar import add_years
from ingest.facts import SevisStatus
from leads.rules.base import Opinion, Rule, Step, Unverified, Violation
from leads.rules.periods import days
from leads.rules.programs import Program, programs
from leads.rules.snapshot import Snapshot
from leads.rules.status_violation import judge_program, nothing_alleged
from leads.rules.words import day

_SECONDARY = "02"
_ALIVE = frozenset({SevisStatus.ACTIVE, SevisStatus.COMPLETED})


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each F-1 record at a secondary school."""
    mine = (each for each in programs(snapshot) if each.class_of_admission == "F1" and _is_secondary(each))
    return tuple(_judge_record(snapshot, each, as_of) for each in mine)


def _is_secondary(program: Program) -> bool:
    return program.state.education_level.strip().zfill(2) == _SECONDARY


def _judge_record(snapshot: Snapshot, program: Program, as_of: date) -> Opinion:
    state = program.state
    if state.status not in _ALIVE or state.program_start is None or state.program_end is None:
        return nothing_alleged(program, "No study at a secondary school is under way or was completed.")
    last_day = add_years(state.program_start, days("f1_high_school_years", state.program_start)) - timedelta(days=1)
    if state.program_end <= last_day:
        return nothing_alleged(program, f"Secondary school from {day(state.program_start)} to {day(state.program_end)}: within the limit.")
    step = Step(
        f"Secondary school since {day(state.program_start)}; a public one may be attended for twelve months in all.",
        (program.newest.fact_id,),
        "F1-HS",
    )
    sentence = "At a secondary school for more than twelve months: a violation if the school is public; a person decides."
    return judge_program(snapshot, program, last_day + timedelta(days=1), as_of, sentence, review_only=True, trace=(step,))


RULE = Rule(
    id="f1-high-school",
    version=1,
    title="F-1 at a high school beyond twelve months",
    description=(
        "An F-1 student may attend a public high school for twelve months in all. The record gives the level of study, not whether the "
        "school is public: the rule only points a person to it."
    ),
    violation=Violation.STATUS_VIOLATION,
    authorities=(
        "F1-HS",
        Unverified("Study is counted from the program start of one record; study under other records is not added."),
        Unverified("INA 214(m) is the statute behind the limit; its text was not read."),
    ),
    sources=("sevis",),
    judge=judge,
)
