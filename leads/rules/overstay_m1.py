"""M-1 past the I-94 date, which already holds the 30 days (domain.md 3.2 row 7).

An extension is in time only up to 15 days before the program ends; later but before the I-94 date a person decides.
"""

from __future__ import annotations

from datetime import date, timedelta

from foundation.calendar import add_years
from ingest.facts import BenefitFiling, FilingStatus
from leads.rules.authorized_stay import TimelinessJudge
from leads.rules.base import Effect, Opinion, Rebuttal, Rule, Step, Strength, Violation
from leads.rules.classes import Group
from leads.rules.dated_stay import judge_dated_stay
from leads.rules.filing_timeliness import Timeliness, judge_timeliness
from leads.rules.overstay_dated import unreadable
from leads.rules.periods import days
from leads.rules.programs import programs
from leads.rules.snapshot import Snapshot
from leads.rules.stays import Stay, stays
from leads.rules.words import day

LONGEST_YEARS = 3


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each admission of a vocational student or dependent to a date."""
    return tuple(
        _judge_stay(snapshot, stay, as_of) for stay in stays(snapshot) if stay.group is Group.VOCATIONAL and not stay.duration_of_status
    )


def _judge_stay(snapshot: Snapshot, stay: Stay, as_of: date) -> Opinion:
    if stay.admit_until is None:
        return unreadable(stay)
    ends = program_end(snapshot, stay.admit_until)
    window = Step(f"An extension must arrive by {day(last_extension_day(ends))}, 15 days before the program ends.", (), "M1-WIN")
    timeliness = window_judge(snapshot, stay.admit_until)
    extra = _beyond_three_years(snapshot)
    return judge_dated_stay(snapshot, stay, stay.admit_until, as_of, extra=extra, trace=(window,), timeliness=timeliness)


def program_end(snapshot: Snapshot, status_last: date) -> date:
    """Return the end of the M-1 program that the stay to `status_last` rests on; without a record 30 days before it."""
    grace = timedelta(days=days("m1_grace", status_last))
    ends = [each.state.program_end for each in programs(snapshot) if each.judged_as == "M1" and each.state.program_end]
    fitting = [end for end in ends if end <= status_last]
    return max(fitting, default=status_last - grace)


def last_extension_day(program_ends: date) -> date:
    """Return the last receipt date of an extension that is in time (8 CFR 214.2(m)(10), key M1-WIN)."""
    return program_ends - timedelta(days=days("m1_filing_margin", program_ends))


def window_judge(snapshot: Snapshot, admit_until: date) -> TimelinessJudge:
    """Return the judge of M-1 filings: extensions by the window, changes of status as for everyone."""

    def judge_filing(filing: BenefitFiling, status_last: date) -> Timeliness:
        general = judge_timeliness(filing, status_last)
        if filing.basis == "change" or not general.timely:
            return general
        ends = (
            program_end(snapshot, admit_until)
            if status_last == admit_until
            else status_last - timedelta(days=days("m1_grace", status_last))
        )
        limit = last_extension_day(ends)
        if filing.received_on <= limit:
            sentence = f"Filed {day(filing.received_on)}, in time: the window closed {day(limit)}."
            return Timeliness(timely=True, last_day=limit, sentence=sentence, authority="M1-WIN")
        sentence = f"Filed {day(filing.received_on)}, after the window closed on {day(limit)} but before the I-94 date: a person decides."
        return Timeliness(timely=False, last_day=limit, sentence=sentence, authority="M1-WIN", for_a_person=True)

    return judge_filing


def _beyond_three_years(snapshot: Snapshot) -> tuple[Rebuttal, ...]:
    """An extension beyond three years and 30 days from the first program start is checked, not read as an end."""
    starts = [each.state.program_start for each in programs(snapshot) if each.judged_as == "M1" and each.state.program_start]
    if not starts:
        return ()
    cap = add_years(min(starts), LONGEST_YEARS) + timedelta(days=days("m1_grace", min(starts)))
    late = [
        known.fact_id
        for known in snapshot.filings
        if known.fact.basis == "extension"
        and known.fact.status is FilingStatus.APPROVED
        and known.fact.valid_until
        and known.fact.valid_until > cap
    ]
    if not late:
        return ()
    sentence = f"Extended beyond {day(cap)}, three years and 30 days from the first start: check the extension."
    return (
        Rebuttal(
            code="stay_longer_than_class",
            sentence=sentence,
            effect=Effect.BLOCKS,
            strength=Strength.WEAK,
            fact_ids=tuple(sorted(late)),
            authority="M1-EXT",
        ),
    )


RULE = Rule(
    id="overstay-m1",
    version=1,
    title="M-1 past the I-94 date",
    description=(
        "Vocational students are admitted to a date: study, practical training and 30 days, one year at most. The day after it the stay is "
        "over, unless an extension was filed at least 15 days before the program ended, or a change of status in time."
    ),
    violation=Violation.OVERSTAY,
    authorities=("DEP-1B", "I94-LAST", "M1-STAY", "M1-GRACE", "M1-EXT", "M1-WIN", "COS-LATE", "WEEKEND"),
    sources=("adis",),
    checks=("adis", "claims3", "eid", "sevis"),
    judge=judge,
)
