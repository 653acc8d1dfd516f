"""One measured figure, its yardstick, and the floor below which the benchmark fails."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` in `unit`; `yardstick` is the same work done the plain way in the same run.

    `at_least` and `at_most` are the committed bounds; the benchmark exits non-zero when one is broken.
    """

    name: str
    value: float
    unit: str
    yardstick: float | None = None
    yardstick_name: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the figure keeps its bounds."""
        return (self.at_least is None or self.value >= self.at_least) and (self.at_most is None or self.value <= self.at_most)

    def line(self) -> str:
        """One line for the terminal."""
        words = f"{self.name:<62} {self.value:>12,.1f} {self.unit:<10}"
        if self.yardstick is not None:
            words += f" beside {self.yardstick:>12,.1f} {self.yardstick_name}"
        bounds = [f"at least {self.at_least:,.1f}"] if self.at_least is not None else []
        bounds += [f"at most {self.at_most:,.1f}"] if self.at_most is not None else []
        return words + (f"  [{', '.join(bounds)}: {'kept' if self.holds else 'BROKEN'}]" if bounds else "")
