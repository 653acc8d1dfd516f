"""How old a source's word may be before referral waits for a new one; each source states its own limit."""

from __future__ import annotations

from datetime import date

from ingest.names import short_name
from ingest.sources.registry import SOURCES
from leads.rules.snapshot import Snapshot

# an extract's limit stands with its source; what an analyst looked up by hand is as good as an extract for a week
MAX_AGE_DAYS: dict[str, int] = {code: source.freshness_days for code, source in SOURCES.items()} | {"manual": 7}

_OF_NO_PERSON = {"sevis_schools"}  # tells of schools and programs
WORDS: dict[str, str] = {code: short_name(code) for code in SOURCES if code not in _OF_NO_PERSON} | {
    "commercial": "commercial data",
    "public": "public sources",
    "manual": "manual entry",
}


def checked_on(snapshot: Snapshot, source: str) -> date | None:
    """Return the newest day on which `source` was asked about the subject: its extract, or an analyst by hand."""
    days = [check.checked_on for check in snapshot.checks if check.source == source]
    if source in snapshot.sources:
        days.append(snapshot.sources[source])
    return max(days, default=None)


def age_in_days(snapshot: Snapshot, source: str, on: date) -> int | None:
    """Return how many days before `on` the source was last asked; None when it never was."""
    checked = checked_on(snapshot, source)
    return None if checked is None else max(0, (on - checked).days)


def is_stale(snapshot: Snapshot, source: str, on: date) -> bool:
    """Return whether the source was never asked, or longer ago than its limit."""
    age = age_in_days(snapshot, source, on)
    return age is None or age > MAX_AGE_DAYS.get(source, 0)
