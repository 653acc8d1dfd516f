"""What students and exchange visitors share when a program has ended: last day of study, grace, then the stay is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ingest.facts import FilingStatus, SevisStatus
from leads.rules.base import Effect, Opinion, Rebuttal, Step
from leads.rules.cap_gap import CapGap, cap_gap
from leads.rules.periods import days
from leads.rules.programs import Program, programs
from leads.rules.sevis_codes import Meaning, reason
from leads.rules.snapshot import Snapshot
from leads.rules.status_violation import judge_program, nothing_alleged
from leads.rules.terminations import reading_words
from leads.rules.words import count, day

_EARLY_ENDS = frozenset({"ICP", "PCP", "WFP"})


@dataclass(frozen=True, slots=True)
class Ending:
    """How one class of record ends: its grace period and the authority for it."""

    class_of_admission: str
    grace: str
    authority: str


def judge_completed(snapshot: Snapshot, as_of: date, ending: Ending) -> tuple[Opinion, ...]:
    """Return one opinion for each record of the class."""
    mine = (each for each in programs(snapshot) if each.judged_as == ending.class_of_admission)
    return tuple(_judge_record(snapshot, each, as_of, ending) for each in mine)


def _judge_record(snapshot: Snapshot, program: Program, as_of: date, ending: Ending) -> Opinion:
    state = program.state
    if state.status is not SevisStatus.COMPLETED:
        return nothing_alleged(program, reading_words(program))
    if reason("J-end", state.reason_code).meaning is Meaning.CLOSE:
        return nothing_alleged(program, "The program ended by death: nothing to pursue.")
    ended = last_day_of_program(program)
    if ended is None:
        return nothing_alleged(program, "The SEVIS record reads completed without a program end: ask the school or sponsor.")
    grace = days(ending.grace, ended)
    last_day = ended + timedelta(days=grace)
    denied = _category_denied(snapshot, ended) if ending.class_of_admission == "J1" else None
    if denied is not None:
        last_day = max(last_day, denied + timedelta(days=days("j1_category_denied", denied)))
    gap = cap_gap(snapshot, state, program.newest.fact_id, ended) if ending.class_of_admission == "F1" else None
    if gap is not None and gap.last_day < as_of:
        last_day = max(last_day, gap.last_day)
    step = Step(
        f"Program or training ended {day(ended)}; {count(grace, 'day')} to depart, until {day(ended + timedelta(days=grace))}.",
        (program.newest.fact_id,),
        ending.authority,
    )
    sentence = f"{program.name} program over since {day(ended)}: the time to depart ended {day(last_day)}."
    return judge_program(
        snapshot, program, last_day + timedelta(days=1), as_of, sentence, extra=_gap_rebuttal(gap, last_day), trace=(step, *_gap_step(gap))
    )


def _category_denied(snapshot: Snapshot, ended: date) -> date | None:
    """Return the day of notice that a change of J-1 category asked for in time was denied: 30 days from it, key J1-CAT."""
    days_of_notice = [
        known.fact.decided_on
        for known in snapshot.filings
        if known.fact.basis == "category" and known.fact.status is FilingStatus.DENIED and known.fact.received_on <= ended
    ]
    return max((each for each in days_of_notice if each is not None), default=None)


def last_day_of_program(program: Program) -> date | None:
    """Return the last day of study, training or exchange: the later of program end and practical training end.

    An exchange that ended early for a stated reason ends on that day (domain.md 3.3, J-1 end codes).
    """
    state = program.state
    if state.reason_code.strip().upper() in _EARLY_ENDS and state.effective_on is not None:
        return state.effective_on
    return max((each for each in (state.program_end, state.practical_training_end) if each is not None), default=None)


def _gap_rebuttal(gap: CapGap | None, last_day: date) -> tuple[Rebuttal, ...]:
    if gap is None or gap.last_day <= last_day:
        return ()
    return (
        Rebuttal(
            code="cap_gap",
            sentence=gap.sentence,
            effect=Effect.CLOSES,
            fact_ids=gap.fact_ids,
            authority=gap.authority,
            holds_until=gap.last_day,
            source="sevis",
        ),
    )


def _gap_step(gap: CapGap | None) -> tuple[Step, ...]:
    return () if gap is None else (Step(gap.sentence, gap.fact_ids, gap.authority),)
