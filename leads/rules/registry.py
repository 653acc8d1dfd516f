"""The rules in the order of the rule book. Adding a rule = one file, one line here, one truth table."""

from __future__ import annotations

from leads.rules import (
    dependents,
    f1_completed,
    f1_high_school,
    f1_terminated,
    f1_withdrawal,
    fixed_period,
    guam_elsewhere,
    j1_completed,
    j1_terminated,
    m1_terminated,
    no_show,
    opt_unemployment,
    out_of_scope,
    overstay_dated,
    overstay_guam_cnmi,
    overstay_m1,
    overstay_vwp,
    parole_expired,
    transfer_no_show,
    unauthorized_work,
    visa_revoked,
    worker_cessation,
)
from leads.rules.base import Rule

ALL: tuple[Rule, ...] = (
    overstay_dated.RULE,
    overstay_vwp.RULE,
    overstay_guam_cnmi.RULE,
    guam_elsewhere.RULE,
    overstay_m1.RULE,
    f1_terminated.RULE,
    f1_completed.RULE,
    f1_withdrawal.RULE,
    m1_terminated.RULE,
    j1_completed.RULE,
    j1_terminated.RULE,
    no_show.STUDENT_RULE,
    no_show.EXCHANGE_RULE,
    transfer_no_show.RULE,
    visa_revoked.RULE,
    worker_cessation.RULE,
    unauthorized_work.RULE,
    parole_expired.RULE,
    opt_unemployment.RULE,
    f1_high_school.RULE,
    dependents.RULE,
    out_of_scope.RULE,
    fixed_period.RULE,
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
