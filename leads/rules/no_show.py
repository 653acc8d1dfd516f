"""Arrived for a program and never registered (domain.md 3.2 rows 10 and 11): students and exchange visitors.

The law counts from the registration deadline; the program start stands in for it: start + 31 is the first day. Who never
arrived is not a lead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ingest.facts import SevisStatus
from leads.rules.base import Opinion, Rule, Step, Unverified, Violation
from leads.rules.periods import days
from leads.rules.programs import Program, programs
from leads.rules.sevis_codes import Meaning, reason
from leads.rules.snapshot import Snapshot
from leads.rules.status_violation import judge_program, nothing_alleged
from leads.rules.stays import Stay, stays
from leads.rules.terminations import reading_words
from leads.rules.words import day

_NO_SHOW_CODES = frozenset({"22", "24"})
_EARLIEST = 30  # days before the program start on which a student may be admitted (keys F1-EARLY, J1-30)
_LATEST = 60  # days after it: by then the system has ended a record that nobody registered (domain.md 0.6); later is another program's


@dataclass(frozen=True, slots=True)
class Kind:
    """Which records the rule reads, by which period, on which authority."""

    classes: frozenset[str]
    period: str
    authority: str
    words: str


STUDENT = Kind(frozenset({"F1", "M1"}), "school_registration", "SCH-30", "registered")
EXCHANGE = Kind(frozenset({"J1"}), "j1_validation", "J1-VALID", "validated")


def judge_students(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each F-1 or M-1 record."""
    return _judge(snapshot, as_of, STUDENT)


def judge_exchange(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each J-1 record."""
    return _judge(snapshot, as_of, EXCHANGE)


def _judge(snapshot: Snapshot, as_of: date, kind: Kind) -> tuple[Opinion, ...]:
    mine = (each for each in programs(snapshot) if each.judged_as in kind.classes)
    return tuple(_judge_record(snapshot, each, as_of, kind) for each in mine)


def _is_no_show(status: SevisStatus, code: str) -> bool:
    return status is SevisStatus.TERMINATED and code.strip().zfill(2) in _NO_SHOW_CODES


def _is_doubtful_cancellation(status: SevisStatus, code: str) -> bool:
    """Return whether a cancellation may hide a no-show: not attending, or a code that no table has."""
    return status is SevisStatus.CANCELED and bool(code.strip()) and reason("cancel", code).meaning is Meaning.REVIEW


def _judge_record(snapshot: Snapshot, program: Program, as_of: date, kind: Kind) -> Opinion:
    state = program.state
    if program.registered:
        return nothing_alleged(program, f"The record was {kind.words}.")
    doubtful = _is_doubtful_cancellation(state.status, state.reason_code)
    if state.status is SevisStatus.CANCELED and not doubtful:
        return nothing_alleged(program, f"The record was canceled ({reason('cancel', state.reason_code).words}): no violation by itself.")
    if state.status not in {SevisStatus.INITIAL, SevisStatus.CANCELED} and not _is_no_show(state.status, state.reason_code):
        return nothing_alleged(program, reading_words(program))
    if state.program_start is None:
        return nothing_alleged(program, "The program start is not stated: ask the school or sponsor.")
    arrival = arrival_for(snapshot, program, state.program_start)
    if arrival is None:
        return nothing_alleged(program, "No arrival for this program is known: who never came is not a lead.")
    return _unregistered(snapshot, program, as_of, state.program_start, arrival, kind, review_only=doubtful)


def arrival_for(snapshot: Snapshot, program: Program, starts: date) -> Stay | None:
    """Return the stay that began for the program: of its very class, from 30 days before its start to less than 60 after.

    Who came as somebody's dependent (F-2) and was given a record of their own did not arrive for that program; nor did who
    came for another record and was registered there.
    """
    others = [each for each in programs(snapshot) if each.key != program.key and each.registered and _same_class(each, program)]
    found = [
        stay
        for stay in stays(snapshot)
        if stay.class_of_admission == program.class_of_admission
        and _fits(stay, starts)
        and not any(other.state.program_start and _fits(stay, other.state.program_start) for other in others)
    ]
    return found[0] if found else None


def _same_class(one: Program, other: Program) -> bool:
    return one.class_of_admission == other.class_of_admission


def _fits(stay: Stay, starts: date) -> bool:
    return stay.returned_on >= starts - timedelta(days=_EARLIEST) and stay.arrived_on < starts + timedelta(days=_LATEST)


def _unregistered(
    snapshot: Snapshot, program: Program, as_of: date, starts: date, arrival: Stay, kind: Kind, *, review_only: bool
) -> Opinion:
    begins = max(starts, arrival.arrived_on)  # who comes late has the same days to register
    last_day = begins + timedelta(days=days(kind.period, begins))
    first = last_day + timedelta(days=1)
    step = Step(
        f"Arrived {day(arrival.arrived_on)}; the program started {day(starts)} and was to be {kind.words} by {day(last_day)}.",
        (program.newest.fact_id, *arrival.fact_ids),
        kind.authority,
    )
    sentence = f"Arrived {day(arrival.arrived_on)} for a program that started {day(starts)} and was never {kind.words}."
    if review_only:
        words = reason("cancel", program.state.reason_code).words
        sentence = f"Arrived {day(arrival.arrived_on)} for a program whose record was canceled ({words}): a person decides."
    return judge_program(snapshot, program, first, as_of, sentence, review_only=review_only, trace=(step,))


STUDENT_RULE = Rule(
    id="no-show-student",
    version=1,
    title="Student no-show",
    description=(
        "The person arrived on a student's admission, and 30 days after the program start the school has not registered them. A late "
        "registration, a later start, or another record answers it; who never arrived is not a lead."
    ),
    violation=Violation.NO_SHOW,
    authorities=(
        "DEP-1C",
        "SCH-STAT",
        "SCH-30",
        "F1-EARLY",
        Unverified("Program start + 31 stands for 30 days after the registration deadline."),
        Unverified("A record canceled as not attending, of somebody who arrived for it, is for a person."),
    ),
    sources=("sevis", "adis"),
    judge=judge_students,
)
EXCHANGE_RULE = Rule(
    id="no-show-exchange",
    version=1,
    title="Exchange visitor no-show",
    description="The person arrived on a J-1 admission, and 30 days after the program start the sponsor has not validated the record.",
    violation=Violation.NO_SHOW,
    authorities=("DEP-1C", "J1-VALID", "SCH-STAT"),
    sources=("sevis", "adis"),
    judge=judge_exchange,
)
