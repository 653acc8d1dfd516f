"""Dormant: duration of status replaced by fixed periods, as proposed in 2025 (RIN 1653-AA95). No effective date is set.

The proposal: F and J to the program end, at most four years, then 30 days; people in the country on the effective day are
capped at four years after it. Nobody could confirm that a final rule was published: a person must check the Federal Register,
set `EFFECTIVE`, and have the version replayed and promoted.
"""

from __future__ import annotations

from datetime import date, timedelta

from foundation.calendar import add_years
from ingest.facts import SevisStatus
from leads.rules.base import Opinion, Rule, Step, Unverified, Violation
from leads.rules.programs import Program, programs
from leads.rules.snapshot import Snapshot
from leads.rules.status_violation import judge_program, nothing_alleged
from leads.rules.stays import stay_around
from leads.rules.words import day

EFFECTIVE: date | None = None
LONGEST_YEARS = 4
GRACE_DAYS = 30
_ALIVE = frozenset({SevisStatus.ACTIVE, SevisStatus.COMPLETED})


def fixed_period_rule(effective: date | None) -> Rule:
    """Return the rule in force from `effective`; dormant while that is None."""

    def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
        mine = (each for each in programs(snapshot) if each.class_of_admission in {"F1", "J1"} and each.state.status in _ALIVE)
        return tuple(_judge_record(snapshot, each, as_of, effective or as_of) for each in mine)

    return Rule(
        id="fixed-period",
        version=1,
        title="Student or exchange visitor past the fixed period",
        description="Duration of status replaced by a fixed period: program end, four years at most, and 30 days.",
        violation=Violation.OVERSTAY,
        authorities=("DS-NPRM", "DS-FINAL", Unverified("A final rule was not found published; all of this follows the proposal.")),
        sources=("sevis", "adis"),
        judge=judge,
        effective_from=effective,
    )


def _judge_record(snapshot: Snapshot, program: Program, as_of: date, effective: date) -> Opinion:
    state = program.state
    if state.program_end is None:
        return nothing_alleged(program, "The program end is not stated.")
    begins = max(effective, stay_around(snapshot, state.program_end).arrived_on)
    fixed = min(state.program_end, add_years(begins, LONGEST_YEARS))
    last_day = fixed + timedelta(days=GRACE_DAYS)
    if last_day < effective:
        return nothing_alleged(program, "The program ended before fixed periods: the older rules judge it.")
    step = Step(f"Fixed period to {day(fixed)}, then 30 days until {day(last_day)}.", (program.newest.fact_id,), "DS-NPRM")
    sentence = f"Past the fixed period since {day(last_day + timedelta(days=1))}."
    return judge_program(snapshot, program, last_day + timedelta(days=1), as_of, sentence, trace=(step,))


RULE = fixed_period_rule(EFFECTIVE)
