"""How long a session stays open: an idle lock that one factor opens again, and an end that only a sign-in follows.

The session keeps three moments (seconds since 1970): when it was opened, when its person was last at work, and when it was
locked. Confirming that it is you (password, one-time code, security key) after the lock opens it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from access.sign_in import METHODS_KEY

OPENED, SEEN, LOCKED = "leadtrac_opened_at", "leadtrac_seen_at", "leadtrac_locked_at"
TOUCHES = 60  # a session is written at most this often in its idle time


class Standing(Enum):
    """What a session is good for."""

    OPEN = "open"
    LOCKED = "locked"
    OVER = "over"


def proved_at(session: Mapping[str, Any]) -> float:
    """When the person last proved who they are; 0 when the session does not say."""
    return max((float(entry.get("at", 0)) for entry in session.get(METHODS_KEY, [])), default=0.0)


def opened_at(session: Mapping[str, Any]) -> float:
    """When the session was opened: at its first factor."""
    first = min((float(entry.get("at", 0)) for entry in session.get(METHODS_KEY, [])), default=0.0)
    return float(session.get(OPENED) or first)


def standing(session: Mapping[str, Any], *, now: float, idle_seconds: float, longest_seconds: float) -> Standing:
    """Whether the session is open, locked or over at `now` (NIST SP 800-53 AC-11, AC-12; checks 16 and 17)."""
    if now - opened_at(session) >= longest_seconds:
        return Standing.OVER
    proved = proved_at(session)
    locked = float(session.get(LOCKED) or 0)
    if locked and locked >= proved:
        return Standing.LOCKED
    at_work = max(float(session.get(SEEN) or 0), proved)
    return Standing.LOCKED if now - at_work >= idle_seconds else Standing.OPEN


def is_worth_a_touch(session: Mapping[str, Any], *, now: float, idle_seconds: float) -> bool:
    """Whether the last moment at work is so long ago that it must be written anew."""
    return OPENED not in session or now - float(session.get(SEEN) or 0) >= idle_seconds / TOUCHES
