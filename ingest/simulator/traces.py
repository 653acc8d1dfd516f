"""What the sources themselves show of a person after a violation began: without it no desk can tell who is still here.

Part of the truth file, so that a score can say which true leads nobody could know of. The application never reads it.
"""

from __future__ import annotations

from datetime import date

from ingest.simulator.hidden import Life, Version

# source -> the cells that hold the day on which the row shows the person in the country
_SEEN_IN: dict[str, tuple[str, ...]] = {
    "commercial": ("last_seen",),
    "public": ("published_on",),
    "eid": ("event_date",),
    "ident": ("encountered_on",),
    "claims3": ("received_on",),
    "sevis": ("registered_on",),
}
_NOT_A_SIGN = frozenset({"obituary"})
_GONE_BY_THEN = frozenset({"Exit", "Visa application"})  # why prints were taken


def shown_here(life: Life, since: date, until: date) -> bool:
    """Return whether any row known before `until` shows the person in the country on or after `since`."""
    return any(_shows(version, since) for version in life.versions if version.known_on < until)


def _shows(version: Version, since: date) -> bool:
    cells = version.cells
    if cells.get("record_type") in _NOT_A_SIGN or cells.get("departed_on") or cells.get("reason") in _GONE_BY_THEN:
        return False
    return any(cells.get(name, "") >= since.isoformat() for name in _SEEN_IN.get(version.source, ()))
