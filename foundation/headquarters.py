"""The calendar of headquarters: what is night, what is a day off, by which day a review is due, and what day a record is due on."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

DESK_ZONE = "America/New_York"


def desk_day(moment: datetime) -> date:
    """The day at headquarters at a moment (aware)."""
    return moment.astimezone(ZoneInfo(DESK_ZONE)).date()
