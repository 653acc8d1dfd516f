"""The naive rule is wrong where ours is right: that is what it is for."""

from __future__ import annotations

from datetime import date

import pytest

from leads.rules.evaluation import evaluate
from leads.rules.naive import naive
from tests.leads.rules.scenario import snapshot

AS_OF = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("facts", "rule_id", "simple", "ours"),
    [
        ("admitted 2026-01-10 B2 until 2026-07-09", "overstay-dated", True, True),
        (
            "admitted 2026-01-10 B2 until 2026-07-09; departed 2026-07-01 manifest_name no A1; met 2026-08-01 arrest",
            "overstay-dated",
            False,
            True,
        ),
        ("admitted 2026-01-10 B2 until 2026-07-09; departed 2026-07-01 biometric", "overstay-dated", True, False),
        ("admitted 2026-01-10 B2 until 2026-07-09; filed 2026-07-01 I-539 extension pending", "overstay-dated", True, False),
        ("admitted 2026-01-10 WT until 2026-04-09", "overstay-vwp", True, True),
        ("admitted 2026-01-10 WT until 2026-04-09; life naturalized", "overstay-vwp", True, False),
        ("admitted 2025-01-10 CP until 2026-01-09; filed 2025-12-01 I-589 asylum pending", "parole-expired", True, False),
        ("admitted 2025-08-10 J1 D/S; sevis S1 J1 terminated CONVIC on 2026-05-01", "j1-terminated", True, True),
        ("admitted 2025-08-10 F1 D/S; sevis S1 F1 terminated 20 on 2026-05-01", "f1-terminated", True, False),
        ("admitted 2025-08-10 F1 D/S; sevis S1 F1 terminated 03 on 2026-05-01", "f1-terminated", True, True),
    ],
)
def test_both_answers_stand_side_by_side(facts: str, rule_id: str, simple: bool, ours: bool) -> None:
    given = snapshot(facts, AS_OF)
    assert (rule_id in naive(given, AS_OF)) is simple
    assert (rule_id in {finding.rule_id for finding in evaluate(given).findings}) is ours
