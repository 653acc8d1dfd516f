"""Every rule obeys its truth table in `tests/tables/<rule id>.csv`: one row, one story, one expected answer.

A version that is written and not in force (`leads/rules/drafts.py`) has a table of its own: `<rule id>-<version>.csv`.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from leads.rules.base import Verdict
from leads.rules.drafts import DRAFTS
from leads.rules.fixed_period import fixed_period_rule
from leads.rules.registry import ACTIVE, ALL, rule
from tests.leads.rules.scenario import snapshot

TABLES = Path(__file__).parents[2] / "tables"
AWAKE = {"fixed-period": fixed_period_rule(date(2026, 1, 1))}  # dormant in the registry, tried here as if in force


TABLED = {each.id: AWAKE.get(each.id, each) for each in ALL} | {f"{each.id}-{each.version}": each for each in DRAFTS}


def _rows() -> list[tuple[str, dict[str, str]]]:
    found = []
    for name in TABLED:
        path = TABLES / f"{name}.csv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as lines:
                found += [(name, row) for row in csv.DictReader(lines)]
    return found


@pytest.mark.parametrize(("table", "row"), [pytest.param(key, row, id=f"{key}: {row['case']}") for key, row in _rows()])
def test_the_rule_answers_as_the_table_says(table: str, row: dict[str, str]) -> None:
    as_of = date.fromisoformat(row["as_of"])
    verdicts = TABLED[table].decide(snapshot(row["facts"], as_of))
    if row["outcome"] == "none":
        assert verdicts == ()
        return
    verdict = _worst(verdicts)
    assert verdict.outcome.value == row["outcome"], verdict
    assert (verdict.claim.holds_from.isoformat() if verdict.claim else "") == row["holds_from"]
    assert (verdict.next_change_on.isoformat() if verdict.next_change_on else "") == row["next_change_on"]
    if row["because"]:
        assert row["because"] in {each.code for each in verdict.rebuttals}, verdict.rebuttals


def test_every_rule_and_every_draft_has_a_table_with_both_answers() -> None:
    for name in TABLED:
        outcomes = {row["outcome"] for key, row in _rows() if key == name}
        assert "clear" in outcomes or "rebutted" in outcomes or "none" in outcomes, name
        assert outcomes & {"stands", "review", "held"}, name


def test_every_table_belongs_to_a_rule_or_a_draft() -> None:
    names = {path.stem for path in TABLES.glob("*.csv")} - {"routing"}  # the offices' areas have a test of their own
    assert names == set(TABLED)


def test_the_dormant_rule_is_never_applied() -> None:
    assert rule("fixed-period").dormant
    assert all(each.id != "fixed-period" for each in ACTIVE)
    given = snapshot("admitted 2024-08-10 F1 D/S; sevis S1 F1 completed program 2024-08-20..2026-05-15", date(2030, 1, 1))
    assert rule("fixed-period").decide(given) == ()


def test_rule_ids_are_unique_and_short() -> None:
    ids = [each.id for each in ALL]
    assert len(ids) == len(set(ids))
    assert max(len(each) for each in ids) <= 40


def _worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    assert verdicts, "the rule saw no matter at all"
    return max(verdicts, key=lambda each: (each.outcome.severity, each.claim is not None))
