"""What a replay makes of one person: the judgement by the book in force beside that by the other book. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from leads.book import Book
from leads.judging import Judged, judge
from leads.rules.classes import group_of
from leads.rules.signs_of_life import LIVED_IN
from leads.rules.snapshot import Snapshot
from leads.rules.words import day

APPEARS, VANISHES, CHANGES, SAME = "appears", "vanishes", "changes", "same"
SMALL_GROUP = 10  # groups with fewer people are not told apart: a figure about two people is a statement about each
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes for one person: whether a lead would appear, vanish or change, in words before and after."""

    change: str
    before: str
    after: str


def compared(snapshot: Snapshot, now: Book, then: Book) -> Effect:
    """Judge a snapshot by both books and say what differs."""
    mine, other = judge(snapshot, book=now), judge(snapshot, book=then)
    before, after = _words(mine), _words(other)
    if bool(mine.ripe) != bool(other.ripe):
        return Effect(APPEARS if other.ripe else VANISHES, before, after)
    return Effect(CHANGES if before != after else SAME, before, after)


def unsettled(snapshot: Snapshot, effect: Effect, now: Book, then: Book) -> str:
    """What the change would be had people settled nothing: their corrections answer a matter by both books, and hide what differs."""
    if not snapshot.corrections:
        return effect.change
    return compared(replace(snapshot, corrections=()), now, then).change


def _words(judged: Judged) -> str:
    """What would be recorded: rules that stand with their first day, the two bands, and why nothing is opened."""
    found = [f"{finding.violation.words} since {day(finding.holds_from)}" for finding in judged.evaluation.findings]
    if not found:
        return "nothing stands"
    kept = "lead" if judged.ripe else "waits"
    return f"{kept}: {', '.join(found)}; presence {judged.presence.band}, risk {judged.risk.band}"[:LONGEST]


def groups_of(snapshot: Snapshot, citizenship: str) -> tuple[tuple[str, str], ...]:
    """The groups by which an effect is counted. None of them is an input; the last four are named as possible proxies.

    Schools are too many to be counted with every step of a replay; the report of groups has them.
    """
    newest = max(snapshot.admissions, key=lambda known: (known.fact.arrived_on, known.fact_id), default=None)
    sexes = {known.fact.sex for known in snapshot.names if known.fact.sex}
    return (
        ("sex", sexes.pop() if len(sexes) == 1 else "not stated"),
        ("citizenship", citizenship or "not stated"),
        ("kind of stay", group_of(newest.fact.class_of_admission).value.replace("_", " ") if newest else "not stated"),
        ("port of arrival", newest.fact.port or "not stated" if newest else "not stated"),
        ("carrier", newest.fact.carrier or "not stated" if newest else "not stated"),
        ("state of the newest home", _home_state(snapshot)),
    )


def _home_state(snapshot: Snapshot) -> str:
    homes = [known for known in snapshot.addresses if known.fact.kind in LIVED_IN]
    newest = max(homes, key=lambda known: (known.fact.last_seen or date.min, known.fact_id), default=None)
    return newest.fact.state or "not stated" if newest else "not stated"


@dataclass(slots=True)
class Tally:
    """Counts over people; goes into the replay's figures and comes out of them again."""

    changes: Counter[str]
    groups: Counter[tuple[str, str, str]]  # group, value, change ("all" counts everybody)
    decided: Counter[tuple[str, str]]  # change (had people settled nothing), how a person had decided

    @classmethod
    def of(cls, figures: dict[str, list[list[object]]]) -> Tally:
        """The tally that `figures` holds."""

        def read(name: str) -> Iterable[tuple[tuple[str, ...], int]]:
            return ((tuple(str(part) for part in row[:-1]), int(str(row[-1]))) for row in figures.get(name, []))

        return cls(
            Counter({key[0]: count for key, count in read("changes")}),
            Counter({(key[0], key[1], key[2]): count for key, count in read("groups")}),
            Counter({(key[0], key[1]): count for key, count in read("decided")}),
        )

    def figures(self) -> dict[str, list[list[object]]]:
        """The tally as plain JSON values, in a fixed order."""
        return {
            "changes": [[change, count] for change, count in sorted(self.changes.items())],
            "groups": [[*key, count] for key, count in sorted(self.groups.items())],
            "decided": [[*key, count] for key, count in sorted(self.decided.items())],
        }

    def add(self, change: str, groups: Iterable[tuple[str, str]], decided: str, unsettled: str) -> None:
        """Count one person: the change as it would be, and as it would be had people settled nothing."""
        self.changes[change] += 1
        for group, value in groups:
            self.groups[group, value, "all"] += 1
            if change != SAME:
                self.groups[group, value, change] += 1
        if unsettled != SAME:
            self.decided[unsettled, decided] += 1


@dataclass(frozen=True, slots=True)
class GroupLine:
    """The effect on one group: people, and how many leads appear and vanish among them."""

    group: str
    value: str
    people: int
    appears: int
    vanishes: int

    @property
    def appears_per_thousand(self) -> int:
        """Leads that appear, of 1,000 people of the group."""
        return round(1000 * self.appears / self.people)

    @property
    def vanishes_per_thousand(self) -> int:
        """Leads that vanish, of 1,000 people of the group."""
        return round(1000 * self.vanishes / self.people)


def group_lines(tally: Tally) -> tuple[GroupLine, ...]:
    """Return the groups, the largest first; small ones of a kind are put together."""
    sizes = {(group, value): count for (group, value, change), count in tally.groups.items() if change == "all"}
    merged: dict[tuple[str, str], list[int]] = {}
    for (group, value), people in sizes.items():
        shown = value if people >= SMALL_GROUP else "smaller groups together"
        line = merged.setdefault((group, shown), [0, 0, 0])
        for place, change in enumerate(("all", APPEARS, VANISHES)):
            line[place] += tally.groups[group, value, change]
    lines = (GroupLine(group, value, *figures) for (group, value), figures in merged.items())
    return tuple(sorted(lines, key=lambda each: (each.group, -each.people, each.value)))
