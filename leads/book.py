"""The book that judges: which version of each rule and of the weights is in force, and which rules are stopped. Pure.

Versions are code; which of them is in force is data (`leads.models.Promotion`), and so are stops. Without data the code's own
choice holds: every rule of the registry, the newest weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leads.assessment import presence, risk
from leads.assessment.base import Measured, Weights
from leads.rules.base import Rule
from leads.rules.drafts import DRAFTS
from leads.rules.registry import ACTIVE

PRESENCE, RISK = "presence", "risk"
_WEIGHTS: dict[str, tuple[Weights, ...]] = {PRESENCE: presence.VERSIONS, RISK: risk.VERSIONS}
_TITLES = {PRESENCE: "Weights of presence", RISK: "Weights of risk"}


class UnknownVersion(LookupError):
    """No such part of the book, or no such version of it."""


@dataclass(frozen=True, slots=True)
class Book:
    """What a judgement is made by. Two books are compared in a replay."""

    rules: tuple[Rule, ...] = ACTIVE
    presence: Weights = presence.WEIGHTS
    risk: Weights = risk.WEIGHTS
    stopped: frozenset[str] = frozenset()  # ids of rules that open nothing
    keep_open: frozenset[str] = frozenset()  # ids of stopped rules whose leads do not close by themselves
    measured: Mapping[tuple[str, str], Measured] = field(default_factory=dict)  # by (presence or risk, band); decides nothing

    def version_of(self, part: str) -> int:
        """Return the version of a part that this book uses. Raises UnknownVersion."""
        if part in _WEIGHTS:
            return (self.presence if part == PRESENCE else self.risk).version
        found = next((rule.version for rule in self.rules if rule.id == part), None)
        if found is None:
            raise UnknownVersion(part)
        return found


IN_FORCE = Book()


def parts() -> tuple[str, ...]:
    """Return every part that has versions: ids of active rules, then the weights."""
    return (*(rule.id for rule in ACTIVE), *_WEIGHTS)


def part_title(part: str) -> str:
    """Return the words for a part."""
    return _TITLES.get(part) or next((rule.title for rule in ACTIVE if rule.id == part), part)


def versions_of(part: str) -> tuple[int, ...]:
    """Return the versions that the code holds of a part, ascending. Raises UnknownVersion for a part that is none."""
    if part in _WEIGHTS:
        return tuple(sorted(weights.version for weights in _WEIGHTS[part]))
    found = tuple(sorted(rule.version for rule in (*ACTIVE, *DRAFTS) if rule.id == part))
    if not found:
        raise UnknownVersion(part)
    return found


def description_of(part: str, version: int) -> str:
    """Return what a version of a part says, in words. Raises UnknownVersion."""
    if part in _WEIGHTS:
        weights = _weights(part, version)
        points = ", ".join(
            f"{code.replace('_', ' ')} {value:+d}" for code, value in sorted(weights.points.items(), key=lambda each: -each[1])
        )
        bands = ", ".join(f"{word} from {limit}" for word, limit in weights.bands)
        return f"Bands: {bands}. Points: {points}."
    return _rule(part, version).description


def compose(
    chosen: Mapping[str, int],
    stopped: frozenset[str] = frozenset(),
    measured: Mapping[tuple[str, str], Measured] | None = None,
    *,
    keep_open: frozenset[str] = frozenset(),
) -> Book:
    """Return the book with the chosen version of each named part, the code's own choice for the others.

    A chosen version that the code no longer holds is an error that must be seen. Raises UnknownVersion.
    """
    rules = tuple(_rule(rule.id, chosen.get(rule.id, rule.version)) for rule in ACTIVE)
    here = _weights(PRESENCE, chosen.get(PRESENCE, presence.WEIGHTS.version))
    urgent = _weights(RISK, chosen.get(RISK, risk.WEIGHTS.version))
    return Book(rules, here, urgent, stopped, keep_open, measured or {})


def _rule(rule_id: str, version: int) -> Rule:
    found = next((rule for rule in (*ACTIVE, *DRAFTS) if (rule.id, rule.version) == (rule_id, version)), None)
    if found is None:
        raise UnknownVersion(rule_id)
    return found


def _weights(part: str, version: int) -> Weights:
    found = next((weights for weights in _WEIGHTS[part] if weights.version == version), None)
    if found is None:
        raise UnknownVersion(part)
    return found
