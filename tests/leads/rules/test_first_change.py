"""The guide to a first change (docs/first-change.md), followed to the letter: its rows pass, and no page breaks on it."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from leads.rules import j1_completed, periods
from leads.rules.base import Rule
from leads.views.rule_days import period_lines
from tests.leads.rules.scenario import snapshot

GUIDE = (Path(__file__).parents[3] / "docs" / "first-change.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, flags=re.DOTALL)


@pytest.fixture
def draft(monkeypatch: pytest.MonkeyPatch) -> Rule:
    """The draft as the guide writes it: the number, its title, and the version."""
    number, title, version = blocks("python")
    for line, into in ((number, periods._PERIODS), (title, periods.TITLES)):
        for name, value in eval(f"{{{line}}}", vars(periods)).items():  # noqa: S307  # our own guide
            monkeypatch.setitem(into, name, value)
    written: dict[str, Any] = {**vars(j1_completed), "replace": replace}
    exec(version, written)  # noqa: S102  # our own guide
    found: Rule = written["DRAFT"]
    return found


def test_the_rows_of_the_guide_pass_by_its_draft(draft: Rule) -> None:
    rows = list(csv.DictReader(next(each for each in blocks("") if each.startswith("case,")).splitlines()))
    for row in rows:
        as_of = date.fromisoformat(row["as_of"])
        (verdict,) = draft.decide(snapshot(row["facts"], as_of))
        assert (verdict.outcome.value, verdict.next_change_on and verdict.next_change_on.isoformat()) == (
            row["outcome"],
            row["next_change_on"] or None,
        )
    assert [row["outcome"] for row in rows] == ["clear", "stands"]


@pytest.mark.usefixtures("draft")
def test_the_page_of_days_prints_the_number_of_the_guide() -> None:
    assert "45 days" in {line.length for line in period_lines() if line.title.endswith("draft")}
