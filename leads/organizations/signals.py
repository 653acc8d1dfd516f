"""Signals of organizations (domain.md 10, our inference): a share beside the base rate of all organizations of its kind.

A share alone says little, so every sentence names the base rate, and nothing is said below a smallest number. A signal
points a person to the record; it is no violation of anybody. Thresholds are dated, versioned data.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from math import sqrt

from leads.rules.words import count, day

DROP_CODES = ("01", "04", "11", "16")  # withdrawal, drop below a full course, failure to enroll, failing to maintain status
WITHDRAWN = "org-withdrawn"
OVER_CAPACITY = "org-over-capacity"
OFFICE_OPENS, OFFICE_CLOSES = 7, 20  # hours by the clock of the school, Monday to Friday: our choice
_Z = 1.96  # two-sided interval of 95 percent


class NoThreshold(LookupError):
    """No version of that signal was in force on the day asked for."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From when on a signal speaks: at least `minimum` counted, and `factor` times the base rate beyond doubt."""

    signal: str
    version: int
    effective_from: date
    kinds: tuple[str, ...]
    minimum: int
    factor: float
    words: str


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, counted at one organization or at all of its kind."""

    hits: int = 0
    total: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.total + other.total)

    @property
    def rate(self) -> float:
        """Between 0 and 1; 0 when nothing was counted."""
        return self.hits / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of one organization, by signal; `ended_by_withdrawal` are records ended for reason 25."""

    organization_id: int
    kind: str
    shares: Mapping[str, Share]
    withdrawn_on: date | None = None
    ended_by_withdrawal: int = 0


@dataclass(frozen=True, slots=True)
class Signal:
    """The answer to one question. `speaks`: it stands out; `enough`: the numbers were large enough to say anything."""

    id: str
    version: int
    words: str
    speaks: bool
    enough: bool
    sentence: str
    gist: str  # changes when the answer does in substance, not with each new student


def interval(share: Share) -> tuple[float, float]:
    """Return the 95 percent interval of a share (Wilson's score interval); 0 to 1 when nothing was counted."""
    if not share.total:
        return 0.0, 1.0
    n, square = share.total, _Z * _Z
    middle = (share.rate + square / (2 * n)) / (1 + square / n)
    half = _Z / (1 + square / n) * sqrt(share.rate * (1 - share.rate) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


@lru_cache(maxsize=1)
def thresholds() -> tuple[Threshold, ...]:
    """Return every version of every threshold."""
    text = resources.files("leads.organizations").joinpath("data/thresholds.csv").read_text(encoding="utf-8")
    return tuple(
        Threshold(
            signal=row["signal"],
            version=int(row["version"]),
            effective_from=date.fromisoformat(row["effective_from"]),
            kinds=tuple(row["kinds"].split()),
            minimum=int(row["minimum"]),
            factor=float(row["factor"]),
            words=row["words"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def threshold(signal: str, on: date) -> Threshold:
    """Return the threshold of `signal` in force on `on`. Raises NoThreshold."""
    found = [each for each in thresholds() if each.signal == signal and each.effective_from <= on]
    if not found:
        raise NoThreshold(signal)
    return max(found, key=lambda each: (each.effective_from, each.version))


def signal_words(signal: str) -> str:
    """Return the newest words of a signal, as a title; its id for one that no table has."""
    found = [each.words for each in thresholds() if each.signal == signal]
    return f"{found[-1][0].upper()}{found[-1][1:]}" if found else signal


def signals() -> dict[str, str]:
    """Every signal, those of past thresholds too, with its title, by its id."""
    return {each.signal: signal_words(each.signal) for each in thresholds()}


def base_rates(tallies: Iterable[Tally]) -> dict[tuple[str, str], Share]:
    """Return the share over all organizations of a kind, by (kind, signal)."""
    found: dict[tuple[str, str], Share] = {}
    for tally in tallies:
        for signal, share in tally.shares.items():
            found[(tally.kind, signal)] = found.get((tally.kind, signal), Share()) + share
    return found


def judge_organization(tally: Tally, base: Mapping[tuple[str, str], Share], as_of: date) -> tuple[Signal, ...]:
    """Return an answer to every question that is asked of this kind of organization, in the order of the data file."""
    names = dict.fromkeys(each.signal for each in thresholds() if each.effective_from <= as_of)
    found: list[Signal] = []
    for limit in (threshold(name, as_of) for name in names):
        if tally.kind not in limit.kinds:
            continue
        if limit.signal == WITHDRAWN:
            found.extend(_withdrawn(tally, limit))
            continue
        judge = _over_capacity if limit.signal == OVER_CAPACITY else _share_signal
        found.append(judge(tally, limit, base.get((tally.kind, limit.signal), Share())))
    return tuple(found)


def speaking(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    """Return those that stand out."""
    return tuple(each for each in signals if each.speaks)


def _share_signal(tally: Tally, limit: Threshold, base: Share) -> Signal:
    share = tally.shares.get(limit.signal, Share())
    counted = share.hits if limit.signal == "org-one-employer" else share.total  # the total is that of all employers
    if counted < limit.minimum:
        sentence = f"Too few to say anything: {_counted(limit.signal, counted)}, at least {limit.minimum} are needed."
        return Signal(limit.signal, limit.version, limit.words, speaks=False, enough=False, sentence=sentence, gist="few")
    low, high = interval(share)
    if limit.signal == "org-drop-none":
        speaks = share.hits == 0 and high < limit.factor * base.rate
    else:
        speaks = base.total > share.total and low > limit.factor * base.rate and share.hits > 0
    gist = f"{speaks} {round(share.rate * 20)} {round(base.rate * 50)}"
    return Signal(limit.signal, limit.version, limit.words, speaks, enough=True, sentence=_sentence(limit.signal, share, base), gist=gist)


def _over_capacity(tally: Tally, limit: Threshold, base: Share) -> Signal:
    """Enrolled beside what was stated for the certification. Its source counts everybody, so chance has no part in it."""
    share = tally.shares.get(limit.signal, Share())
    if not share.total or share.hits < limit.minimum:
        enrolled = f"Too few to say anything: {count(share.hits, 'student')} enrolled, at least {limit.minimum} are needed."
        sentence = enrolled if share.total else "No source states how many students it is meant for."
        return Signal(limit.signal, limit.version, limit.words, speaks=False, enough=False, sentence=sentence, gist="few")
    speaks = share.rate > limit.factor * max(1.0, base.rate)
    said = f"{share.hits:,} students are enrolled and {share.total:,} were stated for the certification"
    sentence = f"{said}: {_percent(share.rate)}; all of its kind: {_percent(base.rate)}."
    gist = f"{speaks} {round(share.rate * 10)}"
    return Signal(limit.signal, limit.version, limit.words, speaks, enough=True, sentence=sentence, gist=gist)


def _withdrawn(tally: Tally, limit: Threshold) -> tuple[Signal, ...]:
    """One event, whatever the number of students: the end of their records (reason 25) alleges nothing of any of them."""
    if tally.withdrawn_on is None and not tally.ended_by_withdrawal:
        return ()
    when = f"on {day(tally.withdrawn_on)}" if tally.withdrawn_on else "on a day that no source states"
    ended = count(tally.ended_by_withdrawal, "student record")
    sentence = f"The certification was withdrawn {when}: one event of the school. {ended} ended for this reason, which alleges nothing."
    gist = tally.withdrawn_on.isoformat() if tally.withdrawn_on else "unknown"
    return (Signal(limit.signal, limit.version, limit.words, speaks=True, enough=True, sentence=sentence, gist=gist),)


_SAYS = {
    "org-drop-many": "{hits} of {total} records were terminated for reason 01, 04, 11 or 16",
    "org-drop-none": "{hits} of {total} records were terminated for reason 01, 04, 11 or 16",
    "org-one-address": "{hits} of {total} students with a known residence live at one and the same address",
    "org-training": "{hits} of {total} students are in full-time curricular practical training",
    "org-odd-hours": "{hits} of {total} forms were issued on a weekend, before "
    f"{OFFICE_OPENS} am or from {OFFICE_CLOSES - 12} pm by the clock of the school",
    "org-one-employer": "{hits} of all {total} students with an employer for practical training work here",
}


def _counted(signal: str, number: int) -> str:
    if signal.startswith("org-drop"):
        return count(number, "record")
    if signal == "org-odd-hours":
        return count(number, "form")
    return count(number, "student")


def _sentence(signal: str, share: Share, base: Share) -> str:
    low, high = interval(share)
    said = _SAYS[signal].format(hits=f"{share.hits:,}", total=f"{share.total:,}")
    return f"{said}: {_percent(share.rate)} (95 % interval {_percent(low)} to {_percent(high)}); all of its kind: {_percent(base.rate)}."


def _percent(rate: float) -> str:
    return f"{rate * 100:.1f} %" if rate < 0.1 else f"{rate * 100:.0f} %"
