"""Several schedules apply to one record: the longest wins. Pure; the database says the same (`retention_longest`).

Source of the rule: DoD 5015.02 chapter C2.2, restated (Unverified: wording from memory). All terms count from the record's
creation, so the longer total is the later day. The schedule that wins gives both days, archive and destruction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar


class Term(Protocol):
    """What is asked of a version of a schedule."""

    series: str
    condition: str
    active_years: int

    @property
    def total_years(self) -> int:
        """Active and archived years together."""


Version = TypeVar("Version", bound=Term)


def applying(versions: Iterable[Version], met: Collection[str]) -> list[Version]:
    """Those of the versions that apply to a record which meets these conditions, the longest first.

    Of two that keep a record equally long the one with more active years is first, then the one for every record.
    """
    found = [version for version in versions if not version.condition or version.condition in met]
    return sorted(found, key=lambda each: (-each.total_years, -each.active_years, bool(each.condition), each.series))


def longest(versions: Iterable[Version], met: Collection[str]) -> Version | None:
    """The version that dates a record which meets these conditions; None when none applies."""
    return next(iter(applying(versions, met)), None)
