"""Where somebody was met: only a meeting in the United States shows the person here.

Fingers meet a camera at consular posts too, at preclearance ports and at the exit. Which place is which stands in the table of
ports; a place that no table knows shows nothing, and asks for a look. That the Department of State takes prints abroad is [own].
"""

from __future__ import annotations

from enum import Enum

from ingest.codes import ports
from ingest.facts import Encounter, EncounterKind

_BY_OFFICERS_HERE = frozenset({EncounterKind.ARREST, EncounterKind.CUSTODY})
_AT_A_PLACE = frozenset({EncounterKind.INSPECTION, EncounterKind.BIOMETRIC})
_ABROAD_AGENCIES = frozenset({"DOS"})


class Where(Enum):
    """What a meeting says of the place where the person was."""

    HERE = "here"
    ABROAD = "abroad"
    UNKNOWN = "unknown"  # a place that no table knows


def where_met(fact: Encounter) -> Where | None:
    """Return where the person was met; None when nobody was met (a case file, a lookout), or on the way out (an exit)."""
    if fact.kind in _BY_OFFICERS_HERE:
        return Where.HERE
    if fact.kind not in _AT_A_PLACE:
        return None
    abroad = ports.is_abroad(fact.place, fact.occurred_on)
    if abroad is None:
        return Where.ABROAD if fact.agency.upper() in _ABROAD_AGENCIES else Where.UNKNOWN
    return Where.ABROAD if abroad else Where.HERE
