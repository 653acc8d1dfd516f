"""How leads are worded on the desk. Pure."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from leads.rules.words import count


class Alleged(Protocol):
    """What the queue knows of a lead."""

    why: str
    over_since: date | None


def why_on(lead: Alleged, as_of: date | None) -> str:
    """`B2 overstay for 137 days; no exit`: the days count to `as_of`, the first day of the violation being day 1."""
    what, semicolon, rest = lead.why.partition(";")
    if not what or lead.over_since is None or as_of is None or as_of < lead.over_since:
        return lead.why
    return f"{what} for {count((as_of - lead.over_since).days + 1, 'day')}{semicolon}{rest}"
