"""Lays stays, filings and events out on one line of time, for a picture and its equal table.

Pure: dates go in, percentages of the width come out. The template draws them as SVG
attributes, which a strict content policy allows where an inline style is refused.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["lawful", "grace", "over", "pending", "event", "quiet"]

_MOST_TICKS: Final = 8
_MARGIN_SHARE: Final = 0.03
_NARROWEST: Final = 0.6
_TICK_STEPS_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240)
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """One thing with a beginning; ``end`` is None while it lasts, equal to ``start`` for an event."""

    label: str
    start: dt.date
    end: dt.date | None
    kind: Kind
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A span with its place: ``x`` and ``width`` are percentages of the whole line."""

    label: str
    start: dt.date
    end: dt.date | None
    kind: Kind
    note: str
    x: str
    width: str
    days: int
    is_event: bool
    lasts: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the calendar; ``anchor`` keeps a label at the edge inside the picture."""

    label: str
    x: str
    anchor: Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything the picture needs; ``today_x`` is where ``as_of`` lies, ``older`` how many spans were left out of it."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    as_of: dt.date
    today_x: str
    older: int = 0


def lay_out(spans: Sequence[Span], *, as_of: dt.date, most: int | None = None) -> Timeline:
    """Place ``spans`` between the first date known and the later of the last date and ``as_of``.

    A span without an end is drawn to ``as_of``, the day that the sources speak for. The order
    of the spans is kept; of more than ``most`` the last ones are drawn, with all that last. Raises
    ``ValueError`` when a span ends before it begins.
    """
    everything = len(spans)
    if most is not None and everything > most:
        spans = [span for place, span in enumerate(spans) if place >= everything - most or span.end is None]
    for span in spans:
        if span.end is not None and span.end < span.start:
            message = "a span must not end before it begins"
            raise ValueError(message)
    days = [span.start for span in spans] + [span.end or as_of for span in spans] + [as_of]
    first, last = min(days), max(days)
    margin = dt.timedelta(days=max(1, round((last - first).days * _MARGIN_SHARE)))
    scale = _Scale(first - margin, last + margin)
    return Timeline(
        bars=tuple(_bar(span, scale, as_of) for span in spans),
        ticks=_ticks(scale),
        as_of=as_of,
        today_x=scale.at(as_of),
        older=everything - len(spans),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: dt.date
    last: dt.date

    def share(self, day: dt.date) -> float:
        return 100 * (day - self.first).days / (self.last - self.first).days

    def at(self, day: dt.date) -> str:
        return f"{self.share(day):.2f}%"


def _bar(span: Span, scale: _Scale, as_of: dt.date) -> Bar:
    end = span.end or max(as_of, span.start)
    width = max(scale.share(end) - scale.share(span.start), _NARROWEST)
    return Bar(
        label=span.label,
        start=span.start,
        end=span.end,
        kind=span.kind,
        note=span.note,
        x=scale.at(span.start),
        width=f"{width:.2f}%",
        days=(end - span.start).days,
        is_event=span.end == span.start,
        lasts=span.end is None,
    )


def _ticks(scale: _Scale) -> tuple[Tick, ...]:
    months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month
    step = next(
        (n for n in _TICK_STEPS_MONTHS if months / n <= _MOST_TICKS),
        _TICK_STEPS_MONTHS[-1],
    )
    ticks = []
    month = scale.first.year * 12 + scale.first.month - 1
    month += -month % step
    while (day := dt.date(month // 12, month % 12 + 1, 1)) <= scale.last:
        if day >= scale.first:
            label = str(day.year) if step >= _TICK_STEPS_MONTHS[4] else f"{_MONTHS[day.month - 1]} {day.year}"
            ticks.append(Tick(label, scale.at(day), _anchor(scale.share(day))))
        month += step
    return tuple(ticks)


def _anchor(share: float) -> Literal["start", "middle", "end"]:
    edge = 6
    if share < edge:
        return "start"
    return "end" if share > 100 - edge else "middle"
