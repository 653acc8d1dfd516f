"""More than 90 days without work in post-completion training (150 with STEM): for a person, never automatic (row 18).

Employer data are often missing in SEVIS, so a record without any employer says nothing.
"""

from __future__ import annotations

from datetime import date, timedelta

from ingest.facts import Employment, SevisStatus
from leads.rules.base import Opinion, Rule, Step, Unverified, Violation
from leads.rules.periods import days
from leads.rules.programs import Program, programs
from leads.rules.snapshot import Known, Snapshot
from leads.rules.status_violation import judge_program, nothing_alleged
from leads.rules.words import count, day

_TRAINING = frozenset({"opt", "stem_opt"})
_ALIVE = frozenset({SevisStatus.ACTIVE, SevisStatus.COMPLETED})


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each F-1 record with a training period."""
    mine = (each for each in programs(snapshot) if each.class_of_admission == "F1" and each.state.practical_training_end)
    return tuple(_judge_record(snapshot, each, as_of) for each in mine)


def _judge_record(snapshot: Snapshot, program: Program, as_of: date) -> Opinion:
    state = program.state
    if state.status not in _ALIVE:
        return nothing_alleged(program, "The record is not in training any more.")
    if state.program_end is None or state.practical_training_end is None:
        return nothing_alleged(program, "No training period is stated.")
    jobs = [known for known in snapshot.employments if known.fact.kind in _TRAINING]
    if not jobs:
        return nothing_alleged(program, "No employer is on record for the training, which is common: it says nothing.")
    starts, ends = state.program_end + timedelta(days=1), state.practical_training_end
    limit = days("stem_opt_unemployment" if any(known.fact.kind == "stem_opt" for known in jobs) else "opt_unemployment", starts)
    first = first_day_over(starts, ends, [known.fact for known in jobs], limit)
    if first is None:
        return nothing_alleged(program, f"Fewer than {count(limit + 1, 'day')} without work in the training that ends {day(ends)}.")
    step = Step(f"Training from {day(starts)} to {day(ends)}; {count(limit, 'day')} without work are allowed in all.", _ids(jobs), "OPT-90")
    sentence = f"More than {count(limit, 'day')} without work in training by {day(first)}: a person decides, employers are often missing."
    return judge_program(snapshot, program, first, as_of, sentence, review_only=True, trace=(step,))


def _ids(jobs: list[Known[Employment]]) -> tuple[str, ...]:
    return tuple(sorted(known.fact_id for known in jobs))


def first_day_over(starts: date, ends: date, jobs: list[Employment], limit: int) -> date | None:
    """Return the day on which the days without work from `starts` to `ends` first exceed `limit`, or None.

    A job without a start counts from the beginning, one without an end goes on (8 CFR 214.2(f)(10)(ii)(E), key OPT-90).
    """
    spans = sorted((max(job.started_on or starts, starts), min(job.ended_on or ends, ends)) for job in jobs)
    spent, cursor = 0, starts
    for begin, end in [*spans, (ends + timedelta(days=1), ends)]:
        idle = (min(begin, ends + timedelta(days=1)) - cursor).days
        if idle > 0 and spent + idle > limit:
            return cursor + timedelta(days=limit - spent)
        spent += max(idle, 0)
        cursor = max(cursor, end + timedelta(days=1))
    return None


RULE = Rule(
    id="opt-unemployment",
    version=1,
    title="Training without work",
    description=(
        "A student in post-completion practical training may be without work for 90 days in all, 150 with the STEM extension. The rule "
        "only points a person to the record: employers are often missing from it."
    ),
    violation=Violation.STATUS_VIOLATION,
    authorities=("OPT-90", Unverified("The training is read as beginning on the day after the program end.")),
    sources=("sevis",),
    judge=judge,
)
