"""Where things stand on a line of time."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.timeline import Span, lay_out

AS_OF = dt.date(2026, 11, 22)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1))


def share(text: str) -> float:
    return float(text.removesuffix("%"))


def test_a_span_that_has_not_ended_is_drawn_to_the_day_the_sources_speak_for() -> None:
    timeline = lay_out([Span("Overstay", dt.date(2026, 7, 11), None, "over")], as_of=AS_OF)
    bar = timeline.bars[0]
    assert bar.lasts
    assert bar.days == 134
    assert share(bar.x) + share(bar.width) == pytest.approx(share(timeline.today_x), abs=0.02)


def test_a_span_of_one_day_is_an_event() -> None:
    bar = lay_out([Span("Admitted", AS_OF, AS_OF, "event")], as_of=AS_OF).bars[0]
    assert bar.is_event
    assert bar.days == 0


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        lay_out([Span("Stay", AS_OF, AS_OF - dt.timedelta(days=1), "lawful")], as_of=AS_OF)


def test_nothing_but_today_still_makes_a_line() -> None:
    timeline = lay_out([], as_of=AS_OF)
    assert timeline.bars == ()
    assert share(timeline.today_x) == 50


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no finding
@given(st.lists(st.tuples(DAYS, DAYS), max_size=8), DAYS)
def test_every_bar_and_tick_lies_inside_the_picture_and_ticks_stay_few(pairs: list[tuple[dt.date, dt.date]], as_of: dt.date) -> None:
    spans = [Span("Stay", min(pair), max(pair), "lawful") for pair in pairs]
    timeline = lay_out(spans, as_of=as_of)
    assert len(timeline.ticks) <= 9
    for tick in timeline.ticks:
        assert 0 <= share(tick.x) <= 100
    for bar in timeline.bars:
        assert 0 <= share(bar.x) <= 100
        assert share(bar.x) + share(bar.width) <= 101


def test_of_very_many_the_newest_are_drawn_with_all_that_last_and_the_rest_is_counted() -> None:
    days = [AS_OF - dt.timedelta(days=100 - n) for n in range(10)]
    spans = [
        Span("Still here", AS_OF - dt.timedelta(days=400), None, "lawful"),
        *(Span(f"Event {n}", day, day, "event") for n, day in enumerate(days)),
    ]

    timeline = lay_out(spans, as_of=AS_OF, most=3)

    assert [bar.label for bar in timeline.bars] == ["Still here", "Event 7", "Event 8", "Event 9"]
    assert timeline.older == 7
    assert lay_out(spans, as_of=AS_OF, most=11).older == 0
