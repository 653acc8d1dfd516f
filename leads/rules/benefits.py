"""Benefits other than an extension or change of the stay: adjustment, temporary protection, parole and protected filings.

Sentences never name a protected filing: it reads "stay authorized while a filing is pending" (8 CFR 208.6, 8 USC 1367).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from ingest.codes.protected import is_protected
from ingest.facts import BenefitFiling, FilingStatus
from leads.rules.base import Effect, Rebuttal, Strength
from leads.rules.classes import Group, is_victim_class
from leads.rules.snapshot import Known, Snapshot
from leads.rules.stays import Stay
from leads.rules.words import day

NEUTRAL_PENDING = "Stay authorized while a filing is pending."
NEUTRAL_UNKNOWN = "Where a filing stands is in a word that no table knows: look it up first, it may authorize the stay."
NEUTRAL_GRANTED = "Stay authorized by a filing that was granted."
_JOB_OFFER = "I-485J"  # confirms the job behind an application to adjust, grants nothing [own]
_ADJUSTMENTS = frozenset({"I-485", _JOB_OFFER})
VWP_ADJUSTMENT_BASES = frozenset({"immediate_relative", "vawa"})


def benefit_rebuttals(snapshot: Snapshot, stay: Stay, as_of: date, *, visa_waiver: bool = False) -> tuple[Rebuttal, ...]:
    """Return what pending and granted benefits say against any violation of `stay` on `as_of`.

    A parole of an earlier stay ended when the person left (PAROLE-AUTO).
    `visa_waiver`: only an immediate-relative or VAWA adjustment counts (8 USC 1255(c)(4), key VWP-AOS).
    """
    found = (_read(known, as_of, visa_waiver=visa_waiver) for known in snapshot.filings if not _left_behind(known.fact, stay))
    return tuple(each for each in found if each is not None)


def _left_behind(filing: BenefitFiling, stay: Stay) -> bool:
    """Return whether the filing is a parole that began before an entry in another class: leaving ended it (8 CFR 212.5(e)(1))."""
    if filing.basis != "parole" or filing.status is not FilingStatus.APPROVED or not stay.admissions or stay.group is Group.PAROLE:
        return False
    return _starts(filing) < stay.arrived_on


def authorized_until(snapshot: Snapshot, stay: Stay, last_day: date, as_of: date, *, visa_waiver: bool = False) -> date:
    """Return the last day before `as_of` that a benefit, now ended, authorized in `stay`; `last_day` when there was none.

    Temporary protection, parole and a granted class cover grant to end (key TPS); an adjustment filed
    by `last_day` covers until it was refused; under `visa_waiver` only one that was open to the person (key VWP-AOS).
    """
    ends = [last_day]
    for known in snapshot.filings:
        filing = known.fact
        ended = filing.valid_until
        if _gives_a_period(filing) and filing.status is FilingStatus.APPROVED and ended is not None and ended < as_of:
            ends += [] if _left_behind(filing, stay) else [ended]
        open_to = not visa_waiver or filing.basis in VWP_ADJUSTMENT_BASES
        if _is_adjustment(filing) and open_to and _was_refused(filing) and filing.received_on <= last_day:
            ends.append(filing.decided_on or known.extract_as_of)
    return max(ends)


def _is_adjustment(filing: BenefitFiling) -> bool:
    return filing.form.upper() in _ADJUSTMENTS


def is_protection(filing: BenefitFiling) -> bool:
    """Return whether the filing is for temporary protection."""
    return filing.form.upper() == "I-821" or filing.basis == "tps"


def _gives_a_period(filing: BenefitFiling) -> bool:
    return (
        is_protection(filing)
        or filing.basis == "parole"
        or is_victim_class(filing.requested_class)
        or filing.form.upper() in {"I-914", "I-918"}
    )


def _is_protected(filing: BenefitFiling) -> bool:
    return is_protected(form=filing.form, basis=filing.basis, requested_class=filing.requested_class)


def _was_refused(filing: BenefitFiling) -> bool:
    return filing.status in {FilingStatus.DENIED, FilingStatus.WITHDRAWN}


def _read(known: Known[BenefitFiling], as_of: date, *, visa_waiver: bool) -> Rebuttal | None:
    filing = known.fact
    if filing.status is FilingStatus.UNKNOWN:
        return _unknown(known, as_of, visa_waiver=visa_waiver)
    if filing.status not in {FilingStatus.PENDING, FilingStatus.APPROVED}:
        return None
    if _is_adjustment(filing):
        return _adjustment(known, visa_waiver=visa_waiver)
    for applies, reader in _READERS:
        if applies(filing):
            return reader(known, as_of)
    return None


def _unknown(known: Known[BenefitFiling], as_of: date, *, visa_waiver: bool) -> Rebuttal | None:
    """A filing in a state that no table knows blocks wherever a pending one would speak for the person."""
    pending = _read(replace(known, fact=replace(known.fact, status=FilingStatus.PENDING)), as_of, visa_waiver=visa_waiver)
    if pending is None:
        return None
    return replace(pending, code="filing_state_unknown", sentence=NEUTRAL_UNKNOWN, effect=Effect.BLOCKS, strength=Strength.FAIR)


def _adjustment(known: Known[BenefitFiling], *, visa_waiver: bool) -> Rebuttal | None:
    filing = known.fact
    neutral = _is_protected(filing)
    if filing.status is FilingStatus.APPROVED and filing.form.upper() == _JOB_OFFER:
        sentence = "The job behind an application to adjust was confirmed: look up where the application stands."
        return _rebuttal(known, "adjustment_state_unknown", sentence, Effect.BLOCKS, "", Strength.FAIR)
    if filing.status is FilingStatus.APPROVED:
        sentence = NEUTRAL_GRANTED if neutral else f"Became a lawful permanent resident{_decided(filing)}."
        return _rebuttal(known, "permanent_resident", sentence, Effect.CLOSES, "PA-WHO")
    if visa_waiver and not filing.basis:
        sentence = "An application to adjust is pending and its basis is not stated: for the visa waiver only close family counts."
        return _rebuttal(known, "adjustment_basis_unknown", sentence, Effect.BLOCKS, "VWP-AOS", Strength.WEAK)
    if visa_waiver and filing.basis not in VWP_ADJUSTMENT_BASES:
        return None
    sentence = NEUTRAL_PENDING if neutral else f"An application to adjust, filed {day(filing.received_on)}, is pending."
    return _rebuttal(known, "adjustment_pending", sentence, Effect.HOLDS, "VWP-AOS" if visa_waiver else "")


def _temporary_protection(known: Known[BenefitFiling], as_of: date) -> Rebuttal | None:
    filing = known.fact
    if filing.status is FilingStatus.PENDING:
        return _rebuttal(known, "protection_pending", NEUTRAL_PENDING, Effect.HOLDS, "TPS", Strength.FAIR)
    if not covers(filing, as_of):
        return None
    until = f" until {day(filing.valid_until)}" if filing.valid_until else ""
    return _rebuttal(
        known,
        "temporary_protection",
        f"Temporary protected status{until}.",
        Effect.CLOSES,
        "TPS",
        until=filing.valid_until,
    )


def _protected(known: Known[BenefitFiling], as_of: date) -> Rebuttal | None:
    filing = known.fact
    self_petition = filing.form.upper() == "I-360" or filing.basis.lower() == "vawa"
    if filing.status is FilingStatus.PENDING or self_petition:
        return _rebuttal(known, "filing_pending", NEUTRAL_PENDING, Effect.HOLDS, "ASYL-CONF")
    if not covers(filing, as_of):
        return None
    return _rebuttal(known, "filing_granted", NEUTRAL_GRANTED, Effect.CLOSES, "VWP-TU", until=filing.valid_until)


def _parole(known: Known[BenefitFiling], as_of: date) -> Rebuttal | None:
    filing = known.fact
    if filing.status is FilingStatus.PENDING:
        return _rebuttal(known, "parole_pending", "A request for parole is pending.", Effect.BLOCKS, "PAROLE", Strength.WEAK)
    if not covers(filing, as_of):
        return None
    until = f" until {day(filing.valid_until)}" if filing.valid_until else ""
    return _rebuttal(known, "paroled", f"Paroled{until}.", Effect.CLOSES, "PAROLE", until=filing.valid_until)


Reader = Callable[[Known[BenefitFiling], date], Rebuttal | None]
_READERS: tuple[tuple[Callable[[BenefitFiling], bool], Reader], ...] = (
    (is_protection, _temporary_protection),
    (_is_protected, _protected),
    (lambda filing: filing.basis == "parole", _parole),
)


def _starts(filing: BenefitFiling) -> date:
    return filing.valid_from or filing.decided_on or filing.received_on


def covers(filing: BenefitFiling, as_of: date) -> bool:
    """Return whether what was granted runs on that day."""
    return _starts(filing) <= as_of and (filing.valid_until is None or as_of <= filing.valid_until)


def _decided(filing: BenefitFiling) -> str:
    return f" on {day(filing.decided_on)}" if filing.decided_on else ""


def _rebuttal(
    known: Known[BenefitFiling],
    code: str,
    sentence: str,
    effect: Effect,
    authority: str,
    strength: Strength = Strength.STRONG,
    until: date | None = None,
) -> Rebuttal:
    return Rebuttal(
        code=code,
        sentence=sentence,
        effect=effect,
        strength=strength,
        fact_ids=(known.fact_id,),
        authority=authority,
        holds_until=until,
        source=known.source,
    )
