"""Reading: what is due, what another schedule would change, runs, holds, the archive's index."""

from retention.selectors.compare import (
    LISTED_ROWS,
    Change,
    Period,
    PeriodBesidePeriod,
    changes_for,
    compare_months,
    compare_years,
)
from retention.selectors.due import (
    PAGE_ROWS,
    Due,
    clock_of,
    due_counts,
    due_for,
    get_schedule_for,
    schedule_in_force,
    schedules_for,
    what_stops,
)

__all__ = (
    "LISTED_ROWS",
    "PAGE_ROWS",
    "Change",
    "Due",
    "Period",
    "PeriodBesidePeriod",
    "changes_for",
    "clock_of",
    "compare_months",
    "compare_years",
    "due_counts",
    "due_for",
    "get_schedule_for",
    "schedule_in_force",
    "schedules_for",
    "what_stops",
)
