"""Overstay of the visa waiver program, WB and WT (domain.md 3.2 row 2, as authorities.md corrects it).

No extension and no change (VWP-NOEOS, VWP-NOCOS): an I-539 never moves the date. What counts: departure, satisfactory
departure, adjustment of close family or a self-petitioner, T or U, and a claim that only the neutral sentence may name.
"""

from __future__ import annotations

from datetime import date, timedelta

from ingest.facts import BenefitFiling, FilingStatus
from leads.rules.base import Effect, Opinion, Rebuttal, Rule, Step, Strength, Unverified, Violation
from leads.rules.classes import Group
from leads.rules.dated_stay import judge_dated_stay
from leads.rules.overstay_dated import unreadable
from leads.rules.periods import days
from leads.rules.snapshot import Snapshot
from leads.rules.stays import Stay, stays
from leads.rules.words import day


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each visa waiver admission."""
    return judge_waiver(snapshot, as_of, Group.VISA_WAIVER, "vwp_stay", "Visa waiver overstay")


def judge_waiver(snapshot: Snapshot, as_of: date, group: Group, longest: str, what: str) -> tuple[Opinion, ...]:
    """Return one opinion for each admission of `group`, whose longest stay is the period `longest` (arrival day is day 1)."""
    return tuple(_judge_stay(snapshot, stay, as_of, longest, what) for stay in stays(snapshot) if stay.group is group)


def _judge_stay(snapshot: Snapshot, stay: Stay, as_of: date, longest: str, what: str) -> Opinion:
    if stay.admit_until is None:
        return unreadable(stay)
    last_day, steps = satisfactory_departure(snapshot, stay, stay.admit_until)
    covered = last_day >= as_of > stay.admit_until
    granted = (_satisfactory(steps, last_day),) if covered else ()
    base = stay.admit_until if covered else last_day
    extra = (*granted, *_too_long(stay, longest))
    return judge_dated_stay(snapshot, stay, base, as_of, visa_waiver=True, what=what, extra=extra, trace=steps)


def satisfactory_departure(snapshot: Snapshot, stay: Stay, last_day: date) -> tuple[date, tuple[Step, ...]]:
    """Return the last day once grants of satisfactory departure are counted, and a line for each.

    Each grant was asked for in status and adds at most 30 days; more than one is possible. Source: 8 CFR 217.3(a), VWP-SD.
    """
    steps: list[Step] = []
    for known in sorted(snapshot.filings, key=lambda each: (each.fact.received_on, each.fact_id)):
        filing = known.fact
        if not _is_grant(filing) or not stay.arrived_on <= filing.received_on <= last_day:
            continue
        longest = last_day + timedelta(days=days("satisfactory_departure", last_day))
        last_day = max(last_day, min(filing.valid_until or longest, longest))
        steps.append(Step(f"Satisfactory departure granted to {day(last_day)}.", (known.fact_id,), "VWP-SD"))
    return last_day, tuple(steps)


def _is_grant(filing: BenefitFiling) -> bool:
    return filing.basis == "satisfactory_departure" and filing.status is FilingStatus.APPROVED


def _satisfactory(steps: tuple[Step, ...], last_day: date) -> Rebuttal:
    return Rebuttal(
        code="satisfactory_departure",
        sentence=f"Satisfactory departure: may leave until {day(last_day)}.",
        effect=Effect.CLOSES,
        fact_ids=tuple(each for step in steps for each in step.fact_ids),
        authority="VWP-SD",
        holds_until=last_day,
    )


def _too_long(stay: Stay, longest: str) -> tuple[Rebuttal, ...]:
    """A date beyond the longest stay is a data check, never a reason to count from the arrival (keys VWP-SHORT, DAY1)."""
    limit = stay.arrived_on + timedelta(days=days(longest, stay.arrived_on) - 1)
    if stay.admit_until is None or stay.admit_until <= limit:
        return ()
    sentence = f"Admitted until {day(stay.admit_until)}, later than the class allows ({day(limit)}): check the class."
    return (
        Rebuttal(
            code="stay_longer_than_class",
            sentence=sentence,
            effect=Effect.BLOCKS,
            strength=Strength.WEAK,
            fact_ids=stay.fact_ids,
        ),
    )


RULE = Rule(
    id="overstay-vwp",
    version=1,
    title="Visa waiver overstay",
    description=(
        "The person was admitted under the visa waiver program and the date admitted until has passed. Nobody may extend or change such a "
        "stay; it is answered by departure, satisfactory departure, or an adjustment that the law leaves open."
    ),
    violation=Violation.OVERSTAY_VWP,
    authorities=(
        "DEP-1B",
        "VWP-90",
        "VWP-SHORT",
        "VWP-READMIT",
        "VWP-SD",
        "VWP-NOEOS",
        "VWP-NOCOS",
        "VWP-TU",
        "VWP-AOS",
        "VWP-WAIVE",
        Unverified("The arrival day counts as day 1 of the 90 (arrival + 89)."),
    ),
    sources=("adis",),
    checks=("adis", "claims3", "eid"),
    judge=judge,
)
