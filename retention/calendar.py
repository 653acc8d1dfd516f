"""When a record is due: by the calendar, from the day it was created. Pure.

Source: DHS/ICE-015, retention and disposal: "25 years from the date the record was created ... active in LeadTrac for
20 years, and archived for an additional five-year period". The notice does not say what the anniversary of a 29 February
is; we take 1 March in a year without one, so that nothing is archived or destroyed a day early.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Dates:
    """The days on which a record leaves the live tables and on which it may be destroyed."""

    archive_on: date | None
    destroy_on: date


def anniversary(day: date, years: int) -> date:
    """The same day `years` years later; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def dates_under(created_on: date, *, active_years: int, archived_years: int) -> Dates:
    """The dates of a record under a schedule; without an archived phase it is destroyed straight from the live tables."""
    return Dates(
        archive_on=anniversary(created_on, active_years) if archived_years else None,
        destroy_on=anniversary(created_on, active_years + archived_years),
    )
