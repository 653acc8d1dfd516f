"""Which address is the newest good one: of those where somebody lives the one seen last; a hotel at arrival comes last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ingest.facts import Address, AddressKind
from leads.rules.snapshot import Known
from leads.rules.words import count, day

# all [own]: nothing was measured yet
FRESH_DAYS = 730  # an address not seen for two years stands behind every fresher one
GOOD_DAYS = 365  # a home counts as one for a year; then it competes with what filings and commercial data say
STRONG_DAYS = 180  # an officer may expect somebody at a home seen within half a year
CONFIRMED_WORTH = 90  # somebody looked: a home seen as much later is no better

_TIERS = {
    AddressKind.RESIDENCE: 1,
    AddressKind.SCHOOL_REPORTED: 2,
    AddressKind.BENEFIT: 3,
    AddressKind.COMMERCIAL: 4,
    AddressKind.EMPLOYER: 5,
    AddressKind.ARRIVAL: 6,
}
_HOMES = frozenset({AddressKind.RESIDENCE, AddressKind.SCHOOL_REPORTED})
_ELSEWHERE = frozenset({AddressKind.EMPLOYER, AddressKind.ARRIVAL})
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
    strong: bool  # confirmed, or a home, seen within half a year
    rank: tuple[int, int, int, str]


def rank_addresses(addresses: Iterable[Known[Address]], on: date) -> tuple[Choice, ...]:
    """Return the addresses that name a state, best first.

    First the homes of the last year (confirmed, residence, school) by the day on which they were seen, a confirmed one as if seen
    90 days later; then older homes, filings and commercial data by that day; then employer and arrival; then what nobody saw for
    two years. On the same day the kind decides.
    """
    found = [_choice(known, on) for known in addresses if known.fact.state]
    return tuple(sorted(found, key=lambda choice: choice.rank))


def _choice(known: Known[Address], on: date) -> Choice:
    fact = known.fact
    seen = min(fact.last_seen or fact.first_seen or known.extract_as_of, on)
    age = (on - seen).days
    tier = 0 if fact.confirmed else _TIERS[fact.kind]
    home = fact.confirmed or fact.kind in _HOMES
    confirmed = "confirmed " if fact.confirmed else ""
    reason = f"{confirmed}{_WORDS[fact.kind]}, last seen {day(seen)}, {count(age, 'day')} ago"
    days = age - CONFIRMED_WORTH if fact.confirmed else age
    rank = (_group(fact, age, home=home), days, tier, known.fact_id)
    return Choice(fact, known.fact_id, seen, f"{reason[0].upper()}{reason[1:]}", home and age <= STRONG_DAYS, rank)


def _group(address: Address, age: int, *, home: bool) -> int:
    """0 to 3: homes of the last year, other dwellings, employer and arrival, what is too old."""
    if age > FRESH_DAYS:
        return 3
    if home and age <= GOOD_DAYS:
        return 0
    return 2 if address.kind in _ELSEWHERE and not home else 1
