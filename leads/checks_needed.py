"""Which systems each finding still has to be held against, how old their word is, and how old it may be. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from leads.picture import Picture
from leads.rules.freshness import MAX_AGE_DAYS, WORDS
from leads.rules.registry import ALL

_OPEN = frozenset({"stands", "held", "review"})


@dataclass(frozen=True, slots=True)
class Needed:
    """One system for one finding. `asked_on` is None when it was never asked; days are counted to the picture's day."""

    source: str
    name: str
    why: str
    asked_on: date | None
    age_days: int | None
    limit_days: int

    @property
    def due(self) -> bool:
        """Whether it has to be asked before a referral."""
        return self.age_days is None or self.age_days > self.limit_days


@dataclass(frozen=True, slots=True)
class FindingChecks:
    """The checks of one finding."""

    title: str
    checks: tuple[Needed, ...]

    @property
    def due(self) -> int:
        """How many are due."""
        return sum(check.due for check in self.checks)


def checks_of(picture: Picture) -> tuple[FindingChecks, ...]:
    """Every open finding of the picture with its systems, the due ones first."""
    ages = {source.source: (source.as_of, source.age_days) for source in picture.sources}
    for sign in picture.stop_signs:
        if sign.code == "source_stale":
            ages[sign.source] = (sign.checked_on, sign.age_days)
    rules = {rule.id: rule for rule in ALL}
    found = []
    for verdict in picture.verdicts:
        rule = rules.get(verdict.rule_id)
        if rule is None or verdict.outcome not in _OPEN:
            continue
        checks = [_needed(code, "the finding rests on it", ages) for code in rule.sources]
        checks += [_needed(code, "may clear the person", ages) for code in rule.checks if code not in rule.sources]
        found.append(FindingChecks(verdict.rule_title, tuple(sorted(checks, key=lambda check: (not check.due, check.name)))))
    return tuple(found)


def first_due(findings: Sequence[FindingChecks]) -> str:
    """The system to ask first; empty when none is due."""
    return next((check.source for finding in findings for check in finding.checks if check.due), "")


def _needed(code: str, why: str, ages: dict[str, tuple[date | None, int | None]]) -> Needed:
    asked_on, age = ages.get(code, (None, None))
    return Needed(code, WORDS.get(code, code), why, asked_on, age, MAX_AGE_DAYS.get(code, 0))
