"""What every status violation of a student or exchange visitor shares: the day, the rebuttals, the opinion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from ingest.facts import BenefitFiling, FilingStatus
from leads.rules.authorized_stay import STAY_BASES, StayEnd, follow_filings
from leads.rules.base import Effect, Opinion, Rebuttal, Step, Strength
from leads.rules.benefits import authorized_until, benefit_rebuttals
from leads.rules.classes import normalize
from leads.rules.departure import departure_rebuttals
from leads.rules.programs import Program, other_record_rebuttals, record_rebuttals, transfer_rebuttals
from leads.rules.snapshot import Snapshot, evidence_digest
from leads.rules.standing import standing_rebuttals
from leads.rules.stays import Stay, stay_around, stays
from leads.rules.words import day

ONE_DAY = timedelta(days=1)


def judge_program(
    snapshot: Snapshot,
    program: Program,
    holds_from: date,
    as_of: date,
    sentence: str,
    *,
    review_only: bool = False,
    failure: bool = False,
    extra: Iterable[Rebuttal] = (),
    trace: Iterable[Step] = (),
) -> Opinion:
    """Return the opinion on a program whose violation, in the words of `sentence`, begins on `holds_from`.

    What was granted, or was pending in time, moves the day; a `failure` only what was granted: a refusal does not undo it.
    """
    last_day = holds_from - ONE_DAY
    stay = stay_around(snapshot, holds_from)
    end = _end_of(_without_its_own_grant(snapshot, program, stay, last_day), stay, last_day, as_of)
    authorized = authorized_until(snapshot, stay, end.last_day, as_of)
    moved_to = _moved_to(end, last_day, end.status_last if failure else authorized, as_of)
    first = moved_to + ONE_DAY
    rebuttals = (
        *extra,
        *end.rebuttals,
        *benefit_rebuttals(snapshot, stay, as_of),
        *departure_rebuttals(snapshot, stay, None if end.open_ended else authorized),
        *_of_the_record(snapshot, program, stay),
    )
    return Opinion(
        matter_key=program.key,
        sentence=_words(sentence, last_day, moved_to) if first <= as_of else f"May stay until {day(moved_to)}.",
        holds_from=first,
        evidence=(program.newest.fact_id,),
        evidence_digest=evidence_digest((program.newest,)),
        rebuttals=rebuttals,
        next_change_on=first,
        review_only=review_only or program.is_commuter,
        trace=(*trace, *end.trace),
    )


def _of_the_record(snapshot: Snapshot, program: Program, stay: Stay) -> tuple[Rebuttal, ...]:
    """Return what the record, the person's other records, the person and the school say, whatever the days."""
    return (
        *record_rebuttals(program),
        *other_record_rebuttals(snapshot, program),
        *transfer_rebuttals(snapshot, program),
        *standing_rebuttals(snapshot, stay if stay.admissions else None),
        *_admitted_otherwise(snapshot, program, stay),
        *_no_arrival(snapshot),
        *_school_withdrawn(snapshot, program),
    )


def _without_its_own_grant(snapshot: Snapshot, program: Program, stay: Stay, last_day: date) -> Snapshot:
    """Return the snapshot without what gave the person the very status that was broken, or more time in it, before that day.

    Who changed to F-1 and then broke F-1 status is not cleared by the change (8 CFR 248.1: it gives the status, whose conditions
    hold from then on, key DEP-1C).
    """
    its = {known.fact_id for known in snapshot.filings if _gave_the_status(known.fact, program, stay, last_day)}
    return replace(snapshot, filings=tuple(known for known in snapshot.filings if known.fact_id not in its)) if its else snapshot


def _gave_the_status(filing: BenefitFiling, program: Program, stay: Stay, last_day: date) -> bool:
    granted = filing.decided_on or filing.valid_from or filing.received_on
    if filing.status is not FilingStatus.APPROVED or granted > last_day:
        return False
    asked = normalize(filing.requested_class)
    if filing.basis == "extension" and not asked and stay.admissions:
        asked = stay.class_of_admission
    return filing.basis in STAY_BASES and asked == program.class_of_admission


def _end_of(snapshot: Snapshot, stay: Stay, last_day: date, as_of: date) -> StayEnd:
    """Return how filings move the end; without an arrival on record there is no stay that they could extend."""
    return follow_filings(snapshot, stay, last_day, as_of) if stay.admissions else StayEnd(last_day, last_day, (), ())


def _moved_to(end: StayEnd, last_day: date, authorized: date, as_of: date) -> date:
    """Return the last good day; what was granted and still runs leaves it where it was and answers by itself."""
    running = authorized >= as_of and any(each.closes for each in end.rebuttals)
    return last_day if running else authorized


def _words(sentence: str, last_day: date, moved_to: date) -> str:
    return sentence if moved_to == last_day else f"{sentence} Later authorized until {day(moved_to)}, and over since."


def nothing_alleged(program: Program, sentence: str) -> Opinion:
    """Return the opinion that a record, as it stands, alleges nothing against the person."""
    return Opinion(matter_key=program.key, sentence=sentence, evidence=(program.newest.fact_id,))


def _admitted_otherwise(snapshot: Snapshot, program: Program, stay: Stay) -> tuple[Rebuttal, ...]:
    """Who came for the program, left, and was admitted in another class before the violation began is not here on that program.

    Somebody who changed status to it was in the other class first: that is no answer. So was whoever has been on such a program
    before and came for a visit, in which this one began.
    """
    family, starts = program.class_of_admission[:1], program.state.program_start
    if not stay.admissions or stay.class_of_admission[:1] == family or (starts is not None and starts >= stay.arrived_on):
        return ()
    if not any(each.arrived_on < stay.arrived_on and each.class_of_admission[:1] == family for each in stays(snapshot)):
        return ()
    sentence = f"Admitted {day(stay.arrived_on)} as {stay.class_of_admission}: that stay does not rest on this SEVIS record."
    return (
        Rebuttal(code="admitted_otherwise", sentence=sentence, effect=Effect.CLOSES, fact_ids=stay.fact_ids, source=stay.newest.source),
    )


def _no_arrival(snapshot: Snapshot) -> tuple[Rebuttal, ...]:
    if snapshot.admissions:
        return ()
    sentence = "No arrival is known: the person may never have come, or arrived under another record."
    return (Rebuttal(code="no_arrival", sentence=sentence, effect=Effect.BLOCKS, strength=Strength.FAIR, source="adis"),)


def _school_withdrawn(snapshot: Snapshot, program: Program) -> tuple[Rebuttal, ...]:
    """A school that lost its certification hits every student at once: one matter of the school (domain.md 10)."""
    if not program.state.school_code or program.state.school_code not in snapshot.schools_withdrawn:
        return ()
    sentence = "The school lost its certification: find out whether that, and not the student, ended the record."
    ids = (program.newest.fact_id,)
    return (
        Rebuttal(code="school_withdrawn", sentence=sentence, effect=Effect.BLOCKS, strength=Strength.FAIR, fact_ids=ids, source="sevis"),
    )
