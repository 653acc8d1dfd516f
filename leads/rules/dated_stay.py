"""The part that every dated stay shares: last lawful day, filings, benefits, departures, and the opinion they make.

The first day of the violation is the last authorized day + 1 (key I94-LAST). The admit-until day itself is lawful.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from leads.rules.authorized_stay import TimelinessJudge, follow_filings
from leads.rules.base import Opinion, Rebuttal, Step
from leads.rules.benefits import authorized_until, benefit_rebuttals
from leads.rules.departure import departure_rebuttals
from leads.rules.filing_timeliness import judge_timeliness
from leads.rules.snapshot import Snapshot, evidence_digest
from leads.rules.standing import standing_rebuttals
from leads.rules.stays import Stay
from leads.rules.words import day

ONE_DAY = timedelta(days=1)


def judge_dated_stay(
    snapshot: Snapshot,
    stay: Stay,
    admit_until: date,
    as_of: date,
    *,
    visa_waiver: bool = False,
    what: str = "Overstay",
    extra: Iterable[Rebuttal] = (),
    trace: Iterable[Step] = (),
    timeliness: TimelinessJudge = judge_timeliness,
) -> Opinion:
    """Return the opinion on a stay that was authorized to `admit_until` (inclusive); `what` starts its sentence."""
    end = follow_filings(snapshot, stay, admit_until, as_of, timeliness)
    last_day = authorized_until(snapshot, stay, end.last_day, as_of, visa_waiver=visa_waiver)
    running = last_day >= as_of and any(each.closes for each in end.rebuttals)
    holds_from = (admit_until if running else last_day) + ONE_DAY
    rebuttals = (
        *extra,
        *end.rebuttals,
        *benefit_rebuttals(snapshot, stay, as_of, visa_waiver=visa_waiver),
        *departure_rebuttals(snapshot, stay, None if end.open_ended else last_day),
        *standing_rebuttals(snapshot, stay),
    )
    stated = stay.admit_until or admit_until
    admitted = Step(f"Admitted {day(stay.arrived_on)} as {stay.class_of_admission} until {day(stated)}.", stay.fact_ids, "I94-LAST")
    return Opinion(
        matter_key=stay.key,
        sentence=_sentence(stay, what, stated, holds_from, as_of),
        holds_from=holds_from,
        evidence=stay.fact_ids,
        evidence_digest=evidence_digest(stay.admissions),
        rebuttals=rebuttals,
        next_change_on=last_day + ONE_DAY,
        trace=(admitted, *trace, *end.trace),
    )


def _sentence(stay: Stay, what: str, admit_until: date, holds_from: date, as_of: date) -> str:
    if holds_from > as_of:
        return f"Stay authorized until {day(holds_from - ONE_DAY)}."
    extended = "" if holds_from == admit_until + ONE_DAY else f", later authorized to {day(holds_from - ONE_DAY)}"
    return (
        f"{what} since {day(holds_from)}: admitted {day(stay.arrived_on)} as {stay.class_of_admission} until {day(admit_until)}{extended}."
    )
