"""A visa was revoked while the person was in the country: a ground of its own, whatever the I-94 says (row 13).

A provisional revocation is in force until it is reversed: it holds, and no referral rests on it. One that takes effect on
departure, or that EVUS made by itself, is never a lead. An expired visa is nothing (row 14).
"""

from __future__ import annotations

from datetime import date

from ingest.facts import FilingStatus, IdentifierKind, VisaAction, VisaEvent
from leads.rules.base import Effect, Opinion, Rebuttal, Rule, Step, Strength, Unverified, Violation
from leads.rules.benefits import benefit_rebuttals
from leads.rules.classes import NO_CHANGE_OF_STATUS, Group
from leads.rules.departure import departure_rebuttals
from leads.rules.snapshot import Known, Snapshot, evidence_digest, matter_key
from leads.rules.standing import standing_rebuttals
from leads.rules.stays import Stay, stay_around
from leads.rules.words import day

_REVOKES = frozenset({VisaAction.REVOKED, VisaAction.PROVISIONALLY_REVOKED})
_SPEAKS = _REVOKES | {VisaAction.REVOCATION_REVERSED}


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each visa that was ever revoked, also when all that is left is the reversal."""
    return tuple(_judge_visa(snapshot, events, as_of) for events in _revoked_once(snapshot))


def revocations_in_force(snapshot: Snapshot) -> tuple[Known[VisaEvent], ...]:
    """Return the revocation of each visa that is revoked by the newest word on it: not reversed, not only on departure, not by EVUS."""
    last = (_last_word(events) for events in _revoked_once(snapshot))
    return tuple(each for each in last if each.fact.action in _REVOKES and not each.fact.evus and not each.fact.effective_on_departure)


def _revoked_once(snapshot: Snapshot) -> list[list[Known[VisaEvent]]]:
    """Return what is known of each visa of which a revocation, or its reversal, was ever told."""
    by_visa: dict[str, list[Known[VisaEvent]]] = {}
    for known in snapshot.visa_events:
        by_visa.setdefault(known.fact.visa_foil or known.key, []).append(known)
    return [events for events in by_visa.values() if any(each.fact.action in _SPEAKS for each in events)]


def _place(known: Known[VisaEvent]) -> tuple[date, bool, str]:
    return known.fact.occurred_on, known.fact.action is VisaAction.REVOCATION_REVERSED, known.fact_id


def _last_word(events: list[Known[VisaEvent]]) -> Known[VisaEvent]:
    """Return what was said last of revoking the visa. EVUS takes nothing back, and adds no lead."""
    speaking = sorted((known for known in events if known.fact.action in _SPEAKS), key=_place)
    return ([known for known in speaking if not known.fact.evus] or speaking)[-1]


def _judge_visa(snapshot: Snapshot, events: list[Known[VisaEvent]], as_of: date) -> Opinion:
    ordered = sorted(events, key=_place)
    key = matter_key("visa", min(events, key=lambda known: (known.known_at, known.key)))
    last = _last_word(events)
    fact = last.fact
    if fact.action is VisaAction.REVOCATION_REVERSED:
        return _nothing(key, last, f"The revocation was reversed on {day(fact.occurred_on)}: the visa is as valid as before.")
    if fact.evus:
        return _nothing(key, last, "Revoked automatically for an EVUS enrollment that lapsed: never a lead by itself.")
    if fact.effective_on_departure:
        return _nothing(key, last, "The revocation takes effect when the person leaves: nothing while the person is in the country.")
    later = [known for known in ordered if known.fact.action is VisaAction.UNKNOWN and known.fact.occurred_on >= fact.occurred_on]
    return _revoked(snapshot, key, last, as_of, later)


def _nothing(key: str, known: Known[VisaEvent], sentence: str) -> Opinion:
    return Opinion(matter_key=key, sentence=sentence, evidence=(known.fact_id,))


def _revoked(snapshot: Snapshot, key: str, known: Known[VisaEvent], as_of: date, later: list[Known[VisaEvent]]) -> Opinion:
    fact = known.fact
    effective = fact.effective_on or fact.occurred_on
    stay = stay_around(snapshot, effective)
    if not stay.admissions:
        return _nothing(key, known, "No stay in the country at the time of the revocation is known: not a lead.")
    rebuttals = (
        *_provisional(known),
        *_unread(later),
        *_other_visa(snapshot, stay, known),
        *_changed_status(snapshot, stay),
        *benefit_rebuttals(snapshot, stay, as_of),
        *departure_rebuttals(snapshot, stay, effective),
        *standing_rebuttals(snapshot, stay),
    )
    basis = f" ({fact.basis})" if fact.basis else ""
    return Opinion(
        matter_key=key,
        sentence=f"Visa revoked{basis}, in force since {day(effective)}, while in the country since {day(stay.arrived_on)}.",
        holds_from=effective,
        evidence=(known.fact_id, *stay.fact_ids),
        evidence_digest=evidence_digest((known,)),
        rebuttals=rebuttals,
        next_change_on=effective,
        trace=(Step(f"Decided {day(fact.occurred_on)}, in force from {day(effective)}.", (known.fact_id,), "REV-221i"),),
    )


def _provisional(known: Known[VisaEvent]) -> tuple[Rebuttal, ...]:
    if known.fact.action is not VisaAction.PROVISIONALLY_REVOKED:
        return ()
    sentence = "The revocation is provisional: in force, but it may be reversed and the visa would resume."
    return (
        Rebuttal(
            code="revocation_provisional",
            sentence=sentence,
            effect=Effect.HOLDS,
            fact_ids=(known.fact_id,),
            authority="REV-PROV",
            source=known.source,
        ),
    )


def _unread(later: list[Known[VisaEvent]]) -> tuple[Rebuttal, ...]:
    """What happened to the visa since, in a word that no table knows: it may have reversed the revocation."""
    if not later:
        return ()
    sentence = "Something happened to the visa since, in a word that no table knows: look it up first, it may be a reversal."
    return (
        Rebuttal(
            code="visa_action_unknown",
            sentence=sentence,
            effect=Effect.BLOCKS,
            strength=Strength.FAIR,
            fact_ids=tuple(sorted(known.fact_id for known in later)),
            source="ccd",
        ),
    )


def _foils(snapshot: Snapshot, stay: Stay) -> frozenset[str]:
    """Return the visas on which the person was admitted: the numbers that stand in one record with an I-94 of the stay."""
    records = {each.key for each in snapshot.identifiers if each.fact.kind is IdentifierKind.I94 and each.fact.value in stay.numbers}
    named = {each.fact.value for each in snapshot.identifiers if each.fact.kind is IdentifierKind.VISA_FOIL and each.key in records}
    return frozenset(named | {each.fact.visa_foil for each in stay.admissions if each.fact.visa_foil})


def _other_visa(snapshot: Snapshot, stay: Stay, known: Known[VisaEvent]) -> tuple[Rebuttal, ...]:
    foils = _foils(snapshot, stay)
    without = stay.group in NO_CHANGE_OF_STATUS and stay.group is not Group.CREW_TRANSIT
    if not without and (not foils or known.fact.visa_foil in foils):
        return ()
    sentence = "The stay does not rest on the revoked visa: check on which one the person was admitted."
    return (
        Rebuttal(
            code="other_visa",
            sentence=sentence,
            effect=Effect.HOLDS,
            strength=Strength.FAIR,
            fact_ids=stay.fact_ids,
            source=stay.newest.source,
        ),
    )


def _changed_status(snapshot: Snapshot, stay: Stay) -> tuple[Rebuttal, ...]:
    """A change of status may no longer rest on the visa: for counsel, so it blocks and does not close."""
    changed = [
        known.fact_id
        for known in snapshot.filings
        if known.fact.basis == "change" and known.fact.status is FilingStatus.APPROVED and known.fact.received_on >= stay.arrived_on
    ]
    if not changed:
        return ()
    sentence = "Changed status since arrival: counsel must say whether the status still rests on the revoked visa."
    return (
        Rebuttal(
            code="changed_status_counsel",
            sentence=sentence,
            effect=Effect.BLOCKS,
            strength=Strength.FAIR,
            fact_ids=tuple(sorted(changed)),
            source="claims3",
        ),
    )


RULE = Rule(
    id="visa-revoked",
    version=1,
    title="Visa revoked",
    description=(
        "The State Department revoked the visa while the person was in the country. The ground runs from the day on which the revocation "
        "took effect. A provisional one holds; one effective on departure, or automatic for EVUS, is not a lead."
    ),
    violation=Violation.VISA_REVOKED,
    authorities=(
        "DEP-1B",
        "REV-221i",
        "REV-PROV",
        "REV-EVUS",
        "REV-WHO",
        "REV-DEP",
        Unverified("The ground runs from the effective day of the revocation, not from the issuance of the visa."),
    ),
    sources=("ccd", "adis"),
    judge=judge,
)
