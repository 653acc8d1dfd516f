"""Overstay of a dated admission: the I-94 date has passed and no departure is known (domain.md 3.2 row 1)."""

from __future__ import annotations

from datetime import date

from ingest.facts import SevisStatus
from leads.rules.base import Effect, Opinion, Rebuttal, Rule, Strength, Unverified, Violation
from leads.rules.classes import Group
from leads.rules.dated_stay import judge_dated_stay
from leads.rules.programs import STATE_UNKNOWN, outdated, programs
from leads.rules.snapshot import Snapshot
from leads.rules.stays import Stay, stays
from leads.rules.words import day

GROUPS = frozenset({Group.VISITOR, Group.STUDENT, Group.EXCHANGE, Group.MEDIA, Group.WORKER, Group.FAMILY, Group.VICTIM, Group.UNKNOWN})
_STUDENTS = frozenset({Group.STUDENT, Group.EXCHANGE})
_STUDENT_ALIVE = "Admitted to a date for a missing document, but the SEVIS record is alive: check whether the I-94 was corrected."
_OTHER_ALIVE = "A SEVIS record of the person is active: check whether a change of status was granted."


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each admission to a date; D/S, visa waiver, vocational, parole and officials have rules of their own."""
    return tuple(_judge_stay(snapshot, stay, as_of) for stay in stays(snapshot) if stay.group in GROUPS and not stay.duration_of_status)


def _judge_stay(snapshot: Snapshot, stay: Stay, as_of: date) -> Opinion:
    if stay.admit_until is None:
        return unreadable(stay)
    if stay.admit_until < stay.arrived_on:
        sentence = f"The date admitted until, {day(stay.admit_until)}, lies before the arrival on {day(stay.arrived_on)}: ask the source."
        return Opinion(matter_key=stay.key, sentence=sentence, evidence=stay.fact_ids)
    extra = (*_living_record(snapshot, stay), *_unknown_record(snapshot), *_unknown_class(stay))
    return judge_dated_stay(snapshot, stay, stay.admit_until, as_of, extra=extra)


def unreadable(stay: Stay) -> Opinion:
    """Return the opinion on an admission whose last day no source gives in a readable form: nothing is alleged."""
    sentence = f"No readable date admitted until, for the arrival on {day(stay.arrived_on)}: it is never guessed, ask the source."
    return Opinion(matter_key=stay.key, sentence=sentence, evidence=stay.fact_ids)


def _living_record(snapshot: Snapshot, stay: Stay) -> tuple[Rebuttal, ...]:
    """A SEVIS record that is alive: a student's date (I-515A) is often replaced by D/S, others may have changed status.

    SEVIS often shows a change of status before the benefit system does; a record that has not begun says so of students only, one
    whose program was over before the person arrived says it of nobody.
    """
    student = stay.group in _STUDENTS
    alive = {SevisStatus.ACTIVE, SevisStatus.INITIAL} if student else {SevisStatus.ACTIVE}
    records = [each for each in programs(snapshot) if each.state.status in alive and not outdated(each, stay.arrived_on)]
    if not records:
        return ()
    return (
        Rebuttal(
            code="student_record_active",
            sentence=_STUDENT_ALIVE if student else _OTHER_ALIVE,
            effect=Effect.HOLDS,
            strength=Strength.FAIR,
            fact_ids=tuple(sorted(each.newest.fact_id for each in records)),
            source="sevis",
        ),
    )


def _unknown_record(snapshot: Snapshot) -> tuple[Rebuttal, ...]:
    facts = tuple(sorted(each.newest.fact_id for each in programs(snapshot) if each.state.status is SevisStatus.UNKNOWN))
    if not facts:
        return ()
    return (
        Rebuttal(
            code="record_state_unknown",
            sentence=STATE_UNKNOWN,
            effect=Effect.BLOCKS,
            strength=Strength.FAIR,
            fact_ids=facts,
            source="sevis",
        ),
    )


def _unknown_class(stay: Stay) -> tuple[Rebuttal, ...]:
    if stay.group is not Group.UNKNOWN:
        return ()
    sentence = f"Class of admission {stay.class_of_admission or 'not stated'} is in no table: check which rules apply."
    return (
        Rebuttal(
            code="class_unknown",
            sentence=sentence,
            effect=Effect.BLOCKS,
            strength=Strength.WEAK,
            fact_ids=stay.fact_ids,
        ),
    )


RULE = Rule(
    id="overstay-dated",
    version=1,
    title="Overstay of a dated admission",
    description=(
        "The person was admitted until a date. The day after that date is the first day of the overstay, unless a filing made in time "
        "extends or changes the stay, another benefit authorizes it, or the person left."
    ),
    violation=Violation.OVERSTAY,
    authorities=(
        "DEP-1B",
        "I94-LAST",
        "EOS-LATE",
        "COS-LATE",
        "COS-EFFECT",
        "COS-WHO",
        "WEEKEND",
        "TPS",
        Unverified("A dated F or J admission of about 30 days is an I-515A admission."),
        Unverified("K-3 and K-4 may extend their stay (66 FR 42587), K-1 and K-2 may not; neither paragraph was read."),
        Unverified("An active SEVIS record of somebody admitted in another class is read as a possible change of status."),
    ),
    sources=("adis",),
    checks=("adis", "claims3", "eid"),
    judge=judge,
)
