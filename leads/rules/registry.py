"""The rules in force, in the order of the rule book. Adding a rule = one file, one line here, one truth table."""

from __future__ import annotations

from leads.rules import f1_terminated, overstay_dated, overstay_vwp
from leads.rules.base import Rule

ALL: tuple[Rule, ...] = (
    overstay_dated.RULE,
    overstay_vwp.RULE,
    f1_terminated.RULE,
)

ACTIVE: tuple[Rule, ...] = tuple(rule for rule in ALL if not rule.dormant)


class UnknownRule(LookupError):
    """No rule has that id."""


def rule(rule_id: str) -> Rule:
    """Return the rule with that id, dormant ones too. Raises UnknownRule."""
    for each in ALL:
        if each.id == rule_id:
            return each
    raise UnknownRule(rule_id)
