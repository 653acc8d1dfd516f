"""F-1 terminated for a violation: no grace, the violation is the day of the failure (domain.md 3.2 row 5)."""

from __future__ import annotations

from datetime import date, timedelta

from foundation.calendar import add_months
from ingest.facts import SevisStatus
from leads.rules.base import Opinion, Rule, Step, Unverified, Violation
from leads.rules.periods import days
from leads.rules.programs import Program, programs
from leads.rules.sevis_codes import Meaning, Reason, reason
from leads.rules.snapshot import Snapshot
from leads.rules.status_violation import judge_program, nothing_alleged
from leads.rules.words import day

_ELSEWHERE = frozenset({Meaning.NO_SHOW, Meaning.EARLY_WITHDRAWAL})  # rules of their own judge these
_SENTENCES = {
    Meaning.NONE: "SEVIS record terminated ({words}): no violation.",
    Meaning.CLOSE: "SEVIS record terminated ({words}): nothing to pursue.",
    Meaning.SCHOOL: "SEVIS record terminated because the school was withdrawn: a matter of the school, not of the student.",
}


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each F-1 record that is, or was, terminated for a reason that this rule reads."""
    return judge_terminated(snapshot, as_of, "F1")


def judge_terminated(snapshot: Snapshot, as_of: date, class_of_admission: str, codes: str = "F") -> tuple[Opinion, ...]:
    """Return one opinion for each record of the class with a termination; `codes` is the code list of `sevis_codes`."""
    found = (_judge_record(snapshot, each, as_of, codes) for each in programs(snapshot) if each.class_of_admission == class_of_admission)
    return tuple(opinion for opinion in found if opinion is not None)


def _judge_record(snapshot: Snapshot, program: Program, as_of: date, codes: str) -> Opinion | None:
    if program.state.status is not SevisStatus.TERMINATED:
        corrected = any(known.fact.status is SevisStatus.TERMINATED for known in program.events)
        return nothing_alleged(program, _corrected_words(program)) if corrected else None
    why = reason(codes, program.state.reason_code)
    if why.meaning in _ELSEWHERE:
        return None
    if why.meaning in _SENTENCES:
        return nothing_alleged(program, _SENTENCES[why.meaning].format(words=why.words))
    return _violation(snapshot, program, as_of, why)


def _violation(snapshot: Snapshot, program: Program, as_of: date, why: Reason) -> Opinion:
    holds_from, step = failure_day(program)
    review = why.meaning is Meaning.REVIEW
    name = f"{program.class_of_admission[0]}-{program.class_of_admission[1:]}"
    sentence = f"{name} record terminated ({why.words}): status broken since {day(holds_from)}."
    if review:
        sentence = f"SEVIS record terminated ({why.words}) on {day(holds_from)}: the reason alone is no violation, a person decides."
    trace = (step, *_late_reinstatement(program, holds_from))
    return judge_program(snapshot, program, holds_from, as_of, sentence, review_only=review, trace=trace)


def failure_day(program: Program) -> tuple[date, Step]:
    """Return the first day of the violation and the line that explains it.

    The day of the failure itself where the school stated it (keys DEP-1C, F1-0); else termination + 1, our convention.
    """
    state, fact_id = program.state, program.newest.fact_id
    if state.failure_on is not None:
        return state.failure_on, Step(
            f"The school states the day of the failure: {day(state.failure_on)}. No grace period.", (fact_id,), "F1-0"
        )
    ended = state.effective_on or program.newest.extract_as_of
    known = "terminated" if state.effective_on else "terminated on a day that is not stated; first seen"
    first = ended + timedelta(days=1 + days("f1_no_grace", ended))
    return first, Step(
        f"Record {known} {day(ended)}; the day of the failure is not stated, so we count from the next day. No grace period.",
        (fact_id,),
        "F1-0",
    )


def _late_reinstatement(program: Program, failed_on: date) -> tuple[Step, ...]:
    state = program.state
    if state.reinstatement != "pending" or state.reinstatement_on is None:
        return ()
    limit = add_months(failed_on, days("f1_reinstatement_months", failed_on))
    if state.reinstatement_on <= limit:
        return ()
    sentence = f"Reinstatement was asked for on {day(state.reinstatement_on)}, more than five months after the failure (by {day(limit)})."
    return (Step(sentence, (program.newest.fact_id,), "F1-REIN"),)


def _corrected_words(program: Program) -> str:
    return f"The SEVIS record was terminated before and now reads {program.state.status.value}, as of {day(program.newest.extract_as_of)}."


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
