"""Admitted without a visa for Guam or the Northern Marianas and seen elsewhere in the country (key GC-45); for a person.

The waiver is "solely for entry into and stay in Guam or the [CNMI]". An address record may be old news: a person decides.
"""

from __future__ import annotations

from datetime import date

from ingest.facts import Address, AddressKind
from leads.rules.base import Opinion, Rule, Step, Unverified, Violation
from leads.rules.classes import Group
from leads.rules.departure import departure_rebuttals
from leads.rules.snapshot import Snapshot, evidence_digest
from leads.rules.standing import standing_rebuttals
from leads.rules.stays import Stay, stays
from leads.rules.words import day

_ISLANDS = frozenset({"GU", "MP"})
_LIVED_IN = frozenset({AddressKind.RESIDENCE, AddressKind.SCHOOL_REPORTED, AddressKind.COMMERCIAL})


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each Guam-CNMI visa waiver admission."""
    return tuple(_judge_stay(snapshot, stay) for stay in stays(snapshot) if stay.group is Group.GUAM_CNMI)


def _judge_stay(snapshot: Snapshot, stay: Stay) -> Opinion:
    key = f"{stay.key}:elsewhere"
    seen = sorted((on, known.fact_id, known) for known in snapshot.addresses if (on := _seen_elsewhere(known.fact, stay)) is not None)
    if not seen:
        return Opinion(matter_key=key, sentence="Nothing shows the person outside Guam and the Northern Marianas.", evidence=stay.fact_ids)
    on, fact_id, known = seen[0]
    step = Step(f"Admitted {day(stay.arrived_on)} for Guam and the Northern Marianas only.", stay.fact_ids, "GC-45")
    return Opinion(
        matter_key=key,
        sentence=f"Seen outside Guam and the Northern Marianas on {day(on)}: the waiver is for these islands only; a person decides.",
        holds_from=on,
        evidence=(*stay.fact_ids, fact_id),
        evidence_digest=evidence_digest((*stay.admissions, known)),
        rebuttals=(*departure_rebuttals(snapshot, stay, None), *standing_rebuttals(snapshot, stay)),
        review_only=True,
        trace=(step,),
    )


def _seen_elsewhere(address: Address, stay: Stay) -> date | None:
    """Return the first day after the arrival on which an address outside the islands was the person's, or None."""
    if address.kind not in _LIVED_IN or not address.state or address.state in _ISLANDS or address.last_seen is None:
        return None
    if address.last_seen <= stay.arrived_on or (stay.next_arrival and address.last_seen >= stay.next_arrival.fact.arrived_on):
        return None
    first = address.first_seen or address.last_seen
    return first if first > stay.arrived_on else address.last_seen


RULE = Rule(
    id="guam-elsewhere",
    version=1,
    title="Guam-CNMI visa waiver, seen elsewhere",
    description=(
        "The person was admitted without a visa for Guam or the Northern Marianas only, and an address elsewhere in the country was seen "
        "after the arrival. Such records may be old news: the rule only points a person to them."
    ),
    violation=Violation.STATUS_VIOLATION,
    authorities=("GC-45", "DEP-1C", Unverified("Presence elsewhere is read as a failure to comply with the conditions of the admission.")),
    sources=("adis",),
    checks=("adis", "commercial"),
    judge=judge,
)
