"""What every rule about a terminated SEVIS record shares: which reasons it reads, and the first day of the violation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from foundation.calendar import add_months
from ingest.facts import Admission, SevisStatus
from leads.rules.base import Opinion, Step
from leads.rules.classes import normalize
from leads.rules.periods import days
from leads.rules.programs import Program, programs
from leads.rules.sevis_codes import Meaning, Reason, reason
from leads.rules.snapshot import Known, Snapshot
from leads.rules.status_violation import ONE_DAY, judge_program, nothing_alleged
from leads.rules.words import day

_SENTENCES = {
    Meaning.NONE: "SEVIS record terminated ({words}): no violation.",
    Meaning.CLOSE: "SEVIS record terminated ({words}): nothing to pursue.",
    Meaning.SCHOOL: "SEVIS record terminated because the school was withdrawn: a matter of the school, not of the student.",
}


@dataclass(frozen=True, slots=True)
class Termination:
    """How one class of record is read. `elsewhere`: meanings that rules of their own judge."""

    class_of_admission: str
    codes: str  # the code list of `sevis_codes`
    authority: str
    elsewhere: frozenset[Meaning] = frozenset({Meaning.NO_SHOW, Meaning.EARLY_WITHDRAWAL})
    reviewed: frozenset[Meaning] = frozenset({Meaning.REVIEW})


def judge_terminated(snapshot: Snapshot, as_of: date, kind: Termination) -> tuple[Opinion, ...]:
    """Return one opinion for each record of the class: a lead that rests on one must hear when it is corrected."""
    mine = (each for each in programs(snapshot) if each.judged_as == kind.class_of_admission)
    return tuple(_judge_record(snapshot, each, as_of, kind) for each in mine)


def failure_day(snapshot: Snapshot, program: Program, authority: str) -> tuple[date, Step]:
    """Return the first day of the violation and the line that explains it.

    The day of the failure itself where the source stated it (key DEP-1C); else termination + 1, our convention. No grace.
    Who was admitted again between the two broke that status only once the record had ended: termination + 1.
    """
    state, fact_id = program.state, program.newest.fact_id
    if state.failure_on is not None and state.effective_on is not None:
        again = _admitted_between(snapshot, program, state.failure_on, state.effective_on)
        if again is not None:
            sentence = (
                f"The failure of {day(state.failure_on)} was before the admission of {day(again.fact.arrived_on)}; the record was ended "
                f"{day(state.effective_on)}, so we count from the next day. No grace period."
            )
            return state.effective_on + ONE_DAY, Step(sentence, (fact_id, again.fact_id), authority)
    if state.failure_on is not None:
        sentence = f"The day of the failure is stated: {day(state.failure_on)}. No grace period."
        return state.failure_on, Step(sentence, (fact_id,), "DEP-1C")
    ended = state.effective_on or program.newest.extract_as_of
    known = "terminated" if state.effective_on else "terminated on a day that is not stated; first seen"
    sentence = f"Record {known} {day(ended)}; the day of the failure is not stated, so we count from the next day. No grace period."
    return ended + timedelta(days=1 + days("f1_no_grace", ended)), Step(sentence, (fact_id,), authority)


def _admitted_between(snapshot: Snapshot, program: Program, after: date, until: date) -> Known[Admission] | None:
    """Return the last admission in the class of the record from the day after `after` to `until`."""
    found = [
        known
        for known in snapshot.admissions
        if after < known.fact.arrived_on <= until and normalize(known.fact.class_of_admission) == program.class_of_admission
    ]
    return max(found, key=lambda known: (known.fact.arrived_on, known.fact_id), default=None)


def reading_words(program: Program) -> str:
    """Return the sentence for a record that alleges nothing under the rule that asks: what it reads, since when."""
    state = program.state
    if state.status is SevisStatus.UNKNOWN:
        return f"The SEVIS record reads a word that no table knows, as of {day(program.newest.extract_as_of)}: look it up."
    reads = f"{state.status.value}, as of {day(program.newest.extract_as_of)}"
    if state.status is not SevisStatus.TERMINATED and any(known.fact.status is SevisStatus.TERMINATED for known in program.events):
        return f"The SEVIS record was terminated before and now reads {reads}."
    return f"The SEVIS record reads {reads}."


def _judge_record(snapshot: Snapshot, program: Program, as_of: date, kind: Termination) -> Opinion:
    if program.state.status is not SevisStatus.TERMINATED:
        return nothing_alleged(program, reading_words(program))
    why = reason(kind.codes, program.state.reason_code)
    if why.meaning in kind.elsewhere:
        return nothing_alleged(program, f"SEVIS record terminated ({why.words}): another rule reads this reason.")
    if why.meaning in _SENTENCES:
        return nothing_alleged(program, _SENTENCES[why.meaning].format(words=why.words))
    return _violation(snapshot, program, as_of, why, kind)


def _violation(snapshot: Snapshot, program: Program, as_of: date, why: Reason, kind: Termination) -> Opinion:
    holds_from, step = failure_day(snapshot, program, kind.authority)
    review = why.meaning in kind.reviewed
    sentence = f"{program.name} record terminated ({why.words}): status broken since {day(holds_from)}."
    if review:
        sentence = (
            f"{program.name} record terminated ({why.words}) on {day(holds_from)}: the reason alone is no violation, a person decides."
        )
    trace = (step, *_late_reinstatement(program, holds_from))
    return judge_program(snapshot, program, holds_from, as_of, sentence, review_only=review, failure=True, trace=trace)


def _late_reinstatement(program: Program, failed_on: date) -> tuple[Step, ...]:
    state = program.state
    if state.reinstatement != "pending" or state.reinstatement_on is None:
        return ()
    limit = add_months(failed_on, days("f1_reinstatement_months", failed_on))
    if state.reinstatement_on <= limit:
        return ()
    sentence = f"Reinstatement was asked for on {day(state.reinstatement_on)}, more than five months after the failure (by {day(limit)})."
    return (Step(sentence, (program.newest.fact_id,), "F1-REIN"),)
