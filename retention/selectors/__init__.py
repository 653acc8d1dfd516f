"""Reading: what is due, runs, holds, the archive's index."""

from retention.selectors.due import (
    PAGE_ROWS,
    Due,
    Year,
    YearBesideYear,
    clock_of,
    compare_years,
    due_counts,
    due_for,
    get_schedule_for,
    schedule_in_force,
    schedules_for,
    years_under,
)

__all__ = (
    "PAGE_ROWS",
    "Due",
    "Year",
    "YearBesideYear",
    "clock_of",
    "compare_years",
    "due_counts",
    "due_for",
    "get_schedule_for",
    "schedule_in_force",
    "schedules_for",
    "years_under",
)
