"""What a judgement is made of: lines with points, a band in words, a measured rate where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Input = TypeVar("Input")


@dataclass(frozen=True, slots=True)
class Measured:
    """A rate measured from outcomes: of `sample` leads in the same band `hits` turned out so."""

    hits: int
    sample: int

    @property
    def per_thousand(self) -> int:
        """Return the rate per 1,000, rounded."""
        return round(1000 * self.hits / self.sample)


@dataclass(frozen=True, slots=True)
class Line:
    """One named reason: its points, in words, with the facts behind it."""

    code: str
    sentence: str
    points: int
    fact_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Something that, once it happens, moves the judgement to another band; computed by doing it, so it holds."""

    code: str
    sentence: str
    band: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A judgement: band in words, the sum of its lines, and what would change it.

    What would change it is worked out when somebody asks: millions are judged in bulk, and nobody reads it of most.
    """

    band: str
    points: int
    lines: tuple[Line, ...]
    weights_version: int
    ask_changes: Callable[[], tuple[Change, ...]] = field(compare=False, repr=False)
    measured: Measured | None = None

    @property
    def would_change(self) -> tuple[Change, ...]:
        """Return each single thing that would move it to another band."""
        return self.ask_changes()

    def measured_words(self, what: str) -> str:
        """Return `of 1,000 like this, 820 were still here`, or that nobody has measured it yet."""
        if self.measured is None or self.measured.sample == 0:
            return "not yet measured"
        return f"of 1,000 like this, {self.measured.per_thousand} {what}"


@dataclass(frozen=True, slots=True)
class Weights:
    """A version of the points and band limits; versions are replayed before two people promote one.

    `bands` run from the highest: the first whose limit the sum reaches is the band, else `lowest`.
    """

    version: int
    points: dict[str, int]
    bands: tuple[tuple[str, int], ...]
    lowest: str

    def band(self, total: int) -> str:
        """Return the word for a sum."""
        return next((word for word, limit in self.bands if total >= limit), self.lowest)


@dataclass(frozen=True, slots=True)
class Hypothesis(Generic[Input]):
    """A thing that may happen, and the input as it would then be."""

    code: str
    sentence: str
    apply: Callable[[Input], Input]


def assess(
    given: Input,
    reader: Callable[[Input, Weights], Iterable[Line]],
    weights: Weights,
    hypotheses: Sequence[Hypothesis[Input]],
    measured: Measured | None = None,
) -> Assessment:
    """Return the judgement that `reader` makes of `given` under `weights`, strongest lines first."""
    lines = _lines(given, reader, weights)
    total = sum(line.points for line in lines)
    band = weights.band(total)

    def ask_changes() -> tuple[Change, ...]:
        changes = []
        for each in hypotheses:
            then = weights.band(sum(line.points for line in _lines(each.apply(given), reader, weights)))
            if then != band:
                changes.append(Change(each.code, f"{each.sentence} would make it {then}.", then))
        return tuple(changes)

    return Assessment(band=band, points=total, lines=lines, weights_version=weights.version, ask_changes=ask_changes, measured=measured)


def _lines(given: Input, reader: Callable[[Input, Weights], Iterable[Line]], weights: Weights) -> tuple[Line, ...]:
    found = (line for line in reader(given, weights) if line.points)
    return tuple(sorted(found, key=lambda line: (-abs(line.points), line.code, line.fact_ids)))
