"""Every day that a source may state can be judged: one person whom no rule can judge would stop the judging of all who follow."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.sources.base import YEARS, iso_date
from leads.judging import judge
from leads.rules.periods import all_periods
from tests.leads.rules.scenario import snapshot

AS_OF = date(2026, 11, 22)
FIRST, LAST = date(YEARS[0], 1, 1).isoformat(), date(YEARS[-1], 12, 31).isoformat()
STORIES = (
    "admitted 2026-01-10 B2 until {day}",
    "admitted {day} B2 until {day}",
    "admitted 2026-01-10 WT until {day}",
    "admitted 2026-01-10 B2 until 2026-07-09; departed {day} land",
    "admitted 2025-08-10 F1 D/S; sevis S1 F1 completed program 2025-08-20..{day}",
    "admitted 2025-08-10 F1 D/S; sevis S1 F1 terminated 03 on {day}",
    "admitted 2025-08-10 J1 D/S; sevis S1 J1 completed program {day}..{day}",
    "admitted 2025-08-10 M1 until {day}; sevis S1 M1 completed program 2025-08-20..{day}",
    "admitted 2026-01-10 B2 until 2026-07-09; lives last {day}",
    "admitted 2026-01-10 B2 until 2026-07-09; visa V1 revoked {day}",
)


@pytest.mark.parametrize("day", [FIRST, LAST])
@pytest.mark.parametrize("story", STORIES)
def test_the_first_and_the_last_day_that_a_source_may_state_can_be_judged(story: str, day: str) -> None:
    judged = judge(snapshot(story.format(day=day), AS_OF), on=AS_OF)

    assert judged.headline()
    assert judged.presence.band
    assert judged.risk.band
    assert judged.next_change_on is None or judged.next_change_on > date.min


@pytest.mark.parametrize("sentinel", ["9999-12-31", "0001-01-01", "2200-01-01", "1899-12-31"])
def test_days_that_mean_no_day_are_not_taken(sentinel: str) -> None:
    with pytest.raises(ValueError, match="year of no record"):
        iso_date(sentinel)


def test_every_period_is_known_from_the_first_day_that_a_source_may_state() -> None:
    assert {name for name, found in all_periods().items() if min(each.effective_from for each in found) > date(YEARS[0], 1, 1)} == set()
