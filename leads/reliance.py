"""What a packet relies on beside the verdict: where the person may be found, and which names and numbers are theirs. Pure."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from ingest.facts import Address
from leads.routing.addresses import rank_addresses
from leads.routing.route import route
from leads.rules.snapshot import Snapshot


def relied_on(snapshot: Snapshot) -> str:
    """SHA-256 (hex) of the office that the best address leads to, that address, and all addresses, names, birth dates and numbers.

    Who said it and when it was last seen are left out: the same word said again changes nothing.
    """
    on = max(snapshot.sources.values(), default=date.min)
    ranked = [_place(choice.address) for choice in rank_addresses(snapshot.addresses, on)]
    names = {
        (
            each.family_name.upper(),
            each.given_name.upper(),
            each.full_name_source_script,
            each.date_of_birth_text,
            str(each.date_of_birth or ""),
        )
        for each in (known.fact for known in snapshot.names)
    }
    numbers = {(known.fact.kind.value, known.fact.value, known.fact.country) for known in snapshot.identifiers}
    text = json.dumps([route(snapshot.addresses, on).office_code, ranked[:1], sorted(set(ranked)), sorted(names), sorted(numbers)])
    return hashlib.sha256(text.encode()).hexdigest()


def _place(address: Address) -> tuple[str, ...]:
    parts = (address.line, address.city, address.county, address.state, address.postal_code)
    return (*(part.upper() for part in parts), "confirmed" if address.confirmed else "")
