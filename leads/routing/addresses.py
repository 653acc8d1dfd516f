"""Which address is the newest good one: what it is counts first, then when it was last seen; a hotel at arrival last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ingest.facts import Address, AddressKind
from leads.rules.snapshot import Known
from leads.rules.words import count, day

FRESH_DAYS = 730  # an address not seen for two years stands behind every fresher one [own]

_TIERS = {
    AddressKind.RESIDENCE: 1,
    AddressKind.SCHOOL_REPORTED: 2,
    AddressKind.BENEFIT: 3,
    AddressKind.COMMERCIAL: 4,
    AddressKind.EMPLOYER: 5,
    AddressKind.ARRIVAL: 6,
}
_WORDS = {
    AddressKind.RESIDENCE: "residence",
    AddressKind.SCHOOL_REPORTED: "address reported by the school",
    AddressKind.BENEFIT: "address on a filing",
    AddressKind.COMMERCIAL: "address in commercial data",
    AddressKind.EMPLOYER: "employer's address",
    AddressKind.ARRIVAL: "address given at arrival, often a hotel",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """An address with the reason why it comes before the others. Ranks compare: the smallest is the best."""

    address: Address
    fact_id: str
    last_seen: date
    reason: str
    strong: bool  # confirmed, or a fresh address that the person lives at
    rank: tuple[int, int, int, str]


def rank_addresses(addresses: Iterable[Known[Address]], on: date) -> tuple[Choice, ...]:
    """Return the addresses that name a state, best first.

    A confirmed one comes first, then residence, school, filing, commercial, employer, arrival; within a kind the newest.
    Addresses not seen for two years stand behind all fresher ones, whatever they are.
    """
    found = [_choice(known, on) for known in addresses if known.fact.state]
    return tuple(sorted(found, key=lambda choice: choice.rank))


def choose_address(addresses: Iterable[Known[Address]], on: date) -> Choice | None:
    """Return the best address, or None when no address names a state."""
    ranked = rank_addresses(addresses, on)
    return ranked[0] if ranked else None


def _choice(known: Known[Address], on: date) -> Choice:
    fact = known.fact
    seen = min(fact.last_seen or fact.first_seen or known.extract_as_of, on)
    age = (on - seen).days
    fresh = age <= FRESH_DAYS
    tier = 0 if fact.confirmed else _TIERS[fact.kind]
    confirmed = "confirmed " if fact.confirmed else ""
    reason = f"{confirmed}{_WORDS[fact.kind]}, last seen {day(seen)}, {count(age, 'day')} ago"
    strong = fresh and (fact.confirmed or fact.kind in {AddressKind.RESIDENCE, AddressKind.SCHOOL_REPORTED})
    return Choice(fact, known.fact_id, seen, f"{reason[0].upper()}{reason[1:]}", strong, (int(not fresh), tier, age, known.fact_id))
