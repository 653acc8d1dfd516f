"""Chance by seed: one stream of numbers per person and purpose, so that any part of a world can be drawn again alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A seeded stream. Not for secrets: it must repeat."""

    __slots__ = ("random", "uniform")

    def __init__(self, seed: int, purpose: str, index: int = 0) -> None:
        self.uniform = Random(f"{seed}/{purpose}/{index}")  # noqa: S311  # a simulation must repeat; nothing secret is drawn
        self.random = self.uniform.random

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random() < probability

    def pick(self, choices: Sequence[T]) -> T:
        """One of them, all alike."""
        return choices[int(self.random() * len(choices))]

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def weighted(self, table: Sequence[tuple[T, float]]) -> T:
        """One of them by weight; the weights need not sum to one."""
        point = self.random() * sum(weight for _, weight in table)
        for value, weight in table:
            point -= weight
            if point < 0:
                return value
        return table[-1][0]

    def day(self, first: date, last: date) -> date:
        """A day from `first` to `last`, both included; `first` when the range is empty."""
        return first + timedelta(days=self.whole(0, max(0, (last - first).days)))

    def quantiles(self, points: Sequence[int]) -> int:
        """A whole number whose distribution has these values at p0, p10, p50, p90 and p99 (straight lines between)."""
        shares = (0.0, 0.1, 0.5, 0.9, 0.99, 1.0)
        values = (*points, points[-1] + max(1, points[-1] // 10))
        draw = self.random()
        for left in range(len(shares) - 1):
            if draw < shares[left + 1]:
                part = (draw - shares[left]) / (shares[left + 1] - shares[left])
                return round(values[left] + part * (values[left + 1] - values[left]))
        return values[-1]
