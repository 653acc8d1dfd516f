"""Parole that has ended: by its date, by written notice or by departure; never an overstay, for there was no admission."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from ingest.facts import BenefitFiling, Encounter, FilingStatus
from leads.rules.base import Effect, Opinion, Rebuttal, Rule, Step, Strength, Violation
from leads.rules.classes import Group
from leads.rules.dated_stay import judge_dated_stay
from leads.rules.overstay_dated import unreadable
from leads.rules.snapshot import Known, Snapshot
from leads.rules.stays import Stay, stays
from leads.rules.words import day

_CHARGING_DOCUMENTS = ("NTA", "WA/NTA")


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each parole (domain.md 3.2 row 17)."""
    return tuple(_judge_stay(snapshot, stay, as_of) for stay in stays(snapshot) if stay.group is Group.PAROLE)


def _judge_stay(snapshot: Snapshot, stay: Stay, as_of: date) -> Opinion:
    notice = charging_document(snapshot, stay)
    if stay.admit_until is None and notice is None:
        return unreadable(stay)
    until = stay.admit_until or date.max
    if notice is None or notice.fact.occurred_on > max(until, _paroled_on(snapshot, notice.fact.occurred_on)):
        return judge_dated_stay(snapshot, stay, until, as_of, what="Parole expired")
    served = notice.fact.occurred_on
    last_day = served - timedelta(days=1)
    step = Step(f"A charging document of {day(served)} ended the parole.", (notice.fact_id,), "PAROLE-NOTE")
    left = _without_ended(snapshot, served)
    return judge_dated_stay(left, stay, last_day, as_of, what="Parole ended by notice", extra=_served(notice), trace=(step,))


def _paroled_again(known: Known[BenefitFiling], on: date) -> bool:
    """Return whether a further parole, granted without a new entry, was running on `on`."""
    filing = known.fact
    if filing.basis != "parole" or filing.status is not FilingStatus.APPROVED:
        return False
    starts = filing.valid_from or filing.decided_on or filing.received_on
    return starts <= on <= (filing.valid_until or date.max)


def _paroled_on(snapshot: Snapshot, on: date) -> date:
    """Return `on` when a further parole was running then, else a day before every other."""
    return on if any(_paroled_again(known, on) for known in snapshot.filings) else date.min


def _without_ended(snapshot: Snapshot, served: date) -> Snapshot:
    """Return the snapshot without the further parole that the notice ended; one that began later stands."""
    ended = {known.fact_id for known in snapshot.filings if _paroled_again(known, served)}
    return replace(snapshot, filings=tuple(known for known in snapshot.filings if known.fact_id not in ended)) if ended else snapshot


def charging_document(snapshot: Snapshot, stay: Stay) -> Known[Encounter] | None:
    """Return the first charging document of the stay: it is written notice (8 CFR 212.5(e)(2)(i), key PAROLE-NOTE)."""
    until = stay.next_arrival.fact.arrived_on if stay.next_arrival else date.max
    found = [
        known
        for known in snapshot.encounters
        if known.fact.disposition.upper().startswith(_CHARGING_DOCUMENTS) and stay.arrived_on < known.fact.occurred_on <= until
    ]
    return min(found, key=lambda known: (known.fact.occurred_on, known.fact_id), default=None)


def _served(notice: Known[Encounter]) -> tuple[Rebuttal, ...]:
    """Somebody who was served is before another office already."""
    sentence = f"Served with a charging document on {day(notice.fact.occurred_on)}: another office acts."
    return (
        Rebuttal(
            code="charged",
            sentence=sentence,
            effect=Effect.BLOCKS,
            strength=Strength.STRONG,
            fact_ids=(notice.fact_id,),
            authority="PAROLE-NOTE",
            source=notice.source,
        ),
    )


RULE = Rule(
    id="parole-expired",
    version=1,
    title="Parole expired",
    description=(
        "The person was paroled, not admitted, and the parole has ended: the day after its date, or the day of a written notice or "
        "charging document. A new parole, temporary protection or a pending filing answers it. Parole has no extension of stay."
    ),
    violation=Violation.PAROLE_EXPIRED,
    authorities=("PAROLE", "PAROLE-AUTO", "PAROLE-NOTE", "TPS"),
    sources=("adis",),
    judge=judge,
)
