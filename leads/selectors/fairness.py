"""Whether the rules fall harder on one group than on another: shares with their 95 percent intervals, side by side.

No group is an input of any rule; kind of stay, port, carrier, school and state of address may stand for citizenship, and are named
as such.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max

from access.models import User
from ingest.codes import ports
from leads.models import GroupCount, MeasuredRate
from leads.organizations.signals import Share, interval
from subjects.words import SEX, country

SMALL_GROUP = 10
MOST = 15  # lines of a kind; the rest is put together
REST = "all others"

# what the reader may know of, added up: rows of classes that are closed to them are not there
_COUNTS = """
SELECT kind, value, sum(people)::int, sum(open)::int, sum(decided)::int, sum(cleared)::int
FROM leads_groupcount GROUP BY 1, 2 HAVING sum(people) + sum(decided) + sum(open) > 0 ORDER BY 1, 3 DESC, 2
"""
_KINDS: tuple[tuple[str, str, bool, Callable[[str], str]], ...] = (
    ("Sex", "sex", False, lambda code: SEX.get(code, code)),
    ("Citizenship", "citizenship", False, country),
    ("Class of admission", "class", True, str),
    ("Port of arrival", "port", True, ports.label),
    ("Carrier", "carrier", True, str),
    ("State of the newest home", "state", True, str),
    ("School or program", "school", True, str),
)


@dataclass(frozen=True, slots=True)
class FairnessLine:
    """One group: people on record, the share with an open lead, and of decided leads the share closed as no violation."""

    value: str
    people: int
    open: int
    decided: int
    cleared: int

    @property
    def open_words(self) -> str:
        """`12 % (9 to 16)`."""
        return _share_words(self.open, self.people)

    @property
    def cleared_words(self) -> str:
        """The same for leads that proved wrong."""
        return _share_words(self.cleared, self.decided)


@dataclass(frozen=True, slots=True)
class FairnessTable:
    """The groups of one kind. `proxy`: it is an input, or near one, and may stand for citizenship."""

    title: str
    proxy: bool
    lines: tuple[FairnessLine, ...]

    @property
    def apart(self) -> tuple[str, ...]:
        """The groups whose share of open leads surely differs from that of all others together: the intervals do not meet."""
        total, opened = sum(line.people for line in self.lines), sum(line.open for line in self.lines)
        found = []
        for line in self.lines:
            low, high = interval(Share(line.open, line.people))
            rest_low, rest_high = interval(Share(opened - line.open, total - line.people))
            if total > line.people and (low > rest_high or high < rest_low):
                found.append(line.value)
        return tuple(found)


def fairness_for(user: User) -> list[FairnessTable]:  # the database knows who asks
    """The groups of each kind as they were counted last night, the largest first; small ones are put together. One statement."""
    lines: dict[str, list[FairnessLine]] = {kind: [] for _, kind, _, _ in _KINDS}
    words = {kind: said for _, kind, _, said in _KINDS}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        for kind, value, *figures in cursor.fetchall():
            lines[kind].append(FairnessLine(words[kind](value), *figures))
    return [FairnessTable(title, proxy, _merged(lines[kind])) for title, kind, proxy, _ in _KINDS]


def counted_at(user: User) -> datetime | None:  # as above
    """When the groups were counted (aware, UTC); None before the first time."""
    at: datetime | None = GroupCount.objects.aggregate(at=Max("counted_at"))["at"]
    return at


def rates_for(user: User) -> list[MeasuredRate]:  # as above
    """The measured rates of the bands."""
    return list(MeasuredRate.objects.order_by("kind", "-sample"))


def _merged(lines: list[FairnessLine]) -> tuple[FairnessLine, ...]:
    shown = [line for line in lines if line.people >= SMALL_GROUP][:MOST]
    rest = [line for line in lines if line not in shown]
    if not rest:
        return tuple(shown)
    sums = (sum(getattr(line, name) for line in rest) for name in ("people", "open", "decided", "cleared"))
    return (*shown, FairnessLine(REST, *sums))


def _share_words(part: int, whole: int) -> str:
    if not whole:
        return "nothing to count"
    low, high = interval(Share(part, whole))
    return f"{100 * part / whole:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
