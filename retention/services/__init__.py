"""Writing: schedules and clocks."""
