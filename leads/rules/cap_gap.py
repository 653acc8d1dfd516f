"""Cap-gap: a student with a timely H-1B petition keeps duration of status into the gap before the H-1B begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ingest.facts import BenefitFiling, FilingStatus, StatusEvent
from leads.rules.classes import normalize
from leads.rules.periods import CAP_GAP_TO_APRIL_FROM, days
from leads.rules.snapshot import Known, Snapshot
from leads.rules.words import day

_H1B = frozenset({"H1B", "1B1", "H1B1", "HSC"})
_REFUSED = frozenset({FilingStatus.DENIED, FilingStatus.REJECTED, FilingStatus.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class CapGap:
    """The last day that cap-gap gives, with the sentence, facts and authority behind it."""

    last_day: date
    sentence: str
    fact_ids: tuple[str, ...]
    authority: str


def gap_end(ended_on: date) -> date:
    """Return the last day of the gap after study or training that ended on `ended_on`, if nothing ends it sooner.

    1 April of the fiscal year (inclusive, our reading) when that lies after the rule of 17 Jan 2025; before it 30 September.
    Source: 8 CFR 214.2(f)(5)(vi), key CAPGAP.
    """
    october = _october(ended_on)
    return date(october.year + 1, 4, 1) if october >= CAP_GAP_TO_APRIL_FROM else october - timedelta(days=1)


def _october(ended_on: date) -> date:
    """Return the first day of the fiscal year that begins next after `ended_on`."""
    october = date(ended_on.year, 10, 1)
    return october if ended_on < october else date(ended_on.year + 1, 10, 1)


def cap_gap(snapshot: Snapshot, state: StatusEvent, state_id: str, ended_on: date) -> CapGap | None:
    """Return what cap-gap gives to a record whose study or training ended on `ended_on`; None when the record has no flag.

    Filed or waitlisted: to the end of the gap or the day before the H-1B starts. Canceled, or refused although SEVIS does not
    show it yet: 60 days from the notice or the end of the program, whichever is later (key CAPGAP-NO).
    """
    if state.cap_gap in {"F", "T"} and not _all_refused(snapshot, ended_on):
        last = state.cap_gap_until or gap_end(ended_on)
        starts = _h1b_starts(snapshot, ended_on)
        if starts is not None:
            last = min(last, starts - timedelta(days=1))
        return CapGap(last, f"Cap-gap until {day(last)}.", (state_id,), "CAPGAP")
    if not state.cap_gap:
        return None
    refused = _refusal(snapshot, ended_on)
    notice = ended_on if refused is None else max(ended_on, refused.fact.decided_on or refused.fact.received_on)
    last = notice + timedelta(days=days("f1_grace", notice))
    ids = (state_id,) if refused is None else (state_id, refused.fact_id)
    return CapGap(last, f"Cap-gap petition not taken: 60 days from {day(notice)}, until {day(last)}.", ids, "CAPGAP-NO")


def _is_h1b(filing: BenefitFiling) -> bool:
    return filing.form.upper() == "I-129" and normalize(filing.requested_class) in _H1B


def _h1b_starts(snapshot: Snapshot, ended_on: date) -> date | None:
    starts = [
        known.fact.valid_from
        for known in snapshot.filings
        if _is_h1b(known.fact) and known.fact.status is FilingStatus.APPROVED and known.fact.valid_from and known.fact.valid_from > ended_on
    ]
    return min(starts, default=None)


def _petitions(snapshot: Snapshot, ended_on: date) -> list[Known[BenefitFiling]]:
    """Return the petitions that cap-gap may rest on: of the year in which the H-1B would begin, made by the end of the time to depart.

    Who was not taken in an earlier year tried again: that refusal says nothing of the petition behind this gap.
    """
    first, last = date(_october(ended_on).year, 1, 1), ended_on + timedelta(days=days("f1_grace", ended_on))
    return [known for known in snapshot.filings if _is_h1b(known.fact) and first <= known.fact.received_on <= last]


def _all_refused(snapshot: Snapshot, ended_on: date) -> bool:
    """Return whether every petition on record was refused; not when none is on record, for SEVIS may know of one."""
    made = _petitions(snapshot, ended_on)
    return bool(made) and all(known.fact.status in _REFUSED for known in made)


def _refusal(snapshot: Snapshot, ended_on: date) -> Known[BenefitFiling] | None:
    found = [known for known in _petitions(snapshot, ended_on) if known.fact.status in _REFUSED]
    return max(found, key=lambda known: (known.fact.decided_on or known.fact.received_on, known.fact_id), default=None)
