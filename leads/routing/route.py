"""From a subject's addresses to the office that gets the referral, with the reason; or to the queue of unroutable leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ingest.facts import Address
from leads.routing.addresses import Choice, rank_addresses
from leads.routing.areas import OfficeKind, area_of, is_split, offices
from leads.rules.snapshot import Known

MILITARY_POST = frozenset({"AA", "AE", "AP"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a referral goes. `office_code` None: unroutable, and `reason` says what is missing; it is never a default."""

    office_code: str | None
    office_name: str
    reason: str
    address_fact_id: str = ""
    weak: bool = False  # no home that was seen lately led here
    basis: str = ""  # what the area rests on

    @property
    def routable(self) -> bool:
        """Return whether an office was found."""
        return self.office_code is not None


def route(addresses: Iterable[Known[Address]], on: date, kind: OfficeKind = OfficeKind.HSI) -> Route:
    """Return the office for the best address that leads to one on `on`, or an unroutable answer with the reason.

    An address whose place cannot be told is passed over for the next one, and the reason says so.
    """
    ranked = rank_addresses(addresses, on)
    missed: list[str] = []
    for choice in ranked:
        found = area_of(kind, choice.address.state, choice.address.county, on, choice.address.postal_code)
        if found is None:
            missed.append(_missing(choice))
            continue
        area, place = found
        office = offices()[area.office]
        skipped = f" A better address was passed over: {missed[0]}" if missed else ""
        reason = f"{choice.reason}; {place} belongs to {office.name}.{skipped}"
        return Route(
            office_code=office.code,
            office_name=office.name,
            reason=reason,
            address_fact_id=choice.fact_id,
            weak=not choice.strong,
            basis=area.basis,
        )
    return Route(office_code=None, office_name="", reason=missed[0] if missed else "No address in the country is known.")


def route_place(state: str, postal_code: str, words: str, on: date, kind: OfficeKind = OfficeKind.HSI) -> Route:
    """Return the office for an organization's own place; `words` says whose address it is and as of when."""
    found = area_of(kind, state, "", on, postal_code) if state else None
    if found is None:
        return Route(office_code=None, office_name="", reason=f"{words}: no office can be told from it.")
    area, place = found
    office = offices()[area.office]
    reason = f"{words}; {place} belongs to {office.name}."
    return Route(office_code=office.code, office_name=office.name, reason=reason, basis=area.basis)


def _missing(choice: Choice) -> str:
    state = choice.address.state
    if state in MILITARY_POST:
        return f"{choice.reason}: a military post office belongs to no area."
    if is_split(state):
        return f"{choice.reason}: in {state} the office depends on the county, which is not known."
    return f"{choice.reason}: no office covers {state}."
