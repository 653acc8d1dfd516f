"""Every row of the domain's table of violations and every SEVIS code has its rule, and a row of a truth table that tries it."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from leads.rules.base import Outcome
from leads.rules.registry import ALL, rule
from leads.rules.sevis_codes import Meaning, reasons
from tests.leads.rules.scenario import snapshot

TABLES = Path(__file__).parents[2] / "tables"

# the row of the table of conditions (domain.md 3.2) -> the rules that cover it; 14 (visa expired) is covered by saying nothing
ROWS: dict[int, tuple[str, ...]] = {
    1: ("overstay-dated",),
    2: ("overstay-vwp",),
    3: ("overstay-guam-cnmi", "guam-elsewhere"),
    4: ("f1-completed",),
    5: ("f1-terminated",),
    6: ("f1-withdrawal",),
    7: ("overstay-m1", "m1-terminated"),
    8: ("j1-completed",),
    9: ("j1-terminated",),
    10: ("no-show-student",),
    11: ("no-show-exchange",),
    12: ("no-show-transfer",),
    13: ("visa-revoked",),
    14: (),
    15: ("worker-cessation",),
    16: ("f1-terminated", "j1-terminated", "m1-terminated", "unauthorized-work"),
    17: ("parole-expired",),
    18: ("opt-unemployment",),
    19: ("dependent",),
    20: ("out-of-scope",),
}
BEYOND = {"fixed-period": "the proposed end of D/S, dormant", "f1-high-school": "authorities.md, key F1-HS"}
AS_OF = date(2026, 11, 22)
# a record of each kind, ended with a code on 1 Sep 2026
STORIES = {
    "F": "admitted 2025-08-10 F1 D/S; sevis S1 F1 terminated {code} on 2026-09-01 program 2025-08-20..2027-06-01",
    "J": "admitted 2025-08-10 J1 D/S; sevis S1 J1 terminated {code} on 2026-09-01 program 2025-08-20..2027-06-01",
    "J-end": "admitted 2025-08-10 J1 D/S; sevis S1 J1 completed {code} on 2026-09-01 program 2025-08-20..2026-09-01",
    "cancel": "admitted 2025-08-10 F1 D/S; sevis S1 F1 canceled {code} on 2026-09-01 program 2025-08-20..2027-06-01",
    "dependent": "admitted 2025-08-10 F2 D/S; sevis S1 F2 terminated {code} on 2026-09-01",
}
EXPECTED = {
    Meaning.VIOLATION: {Outcome.STANDS},
    Meaning.NO_SHOW: {Outcome.STANDS},
    Meaning.EARLY_WITHDRAWAL: {Outcome.STANDS},
    Meaning.REVIEW: {Outcome.REVIEW},
    Meaning.NONE: {Outcome.CLEAR},
    Meaning.CLOSE: {Outcome.CLEAR, Outcome.REBUTTED},
    Meaning.SCHOOL: {Outcome.CLEAR},
}


def table(rule_id: str) -> list[dict[str, str]]:
    with (TABLES / f"{rule_id}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_domain_has_a_rule_with_both_answers_in_its_table(row: int) -> None:
    for rule_id in ROWS[row]:
        outcomes = {case["outcome"] for case in table(rule_id)}
        assert outcomes & {"stands", "review"}, rule_id
        assert outcomes & {"clear", "rebutted"}, rule_id


SEEN_NOT_COUNTED = {"guam-elsewhere"}  # holds from the day on which somebody was seen, whatever the calendar says
LEAP_DAYS = (date(2024, 2, 29), date(2028, 2, 29))


def boundaries(rule_id: str) -> list[tuple[date, str]]:
    """The days of a table that are tried from both sides on the same facts: the last good day, and the first bad one."""
    rows = table(rule_id)
    good = {(case["facts"], case["as_of"], case["next_change_on"]) for case in rows if case["outcome"] == "clear"}
    bad = [case for case in rows if case["outcome"] in {"stands", "review"} and case["holds_from"] == case["as_of"]]
    first_days = [(date.fromisoformat(case["as_of"]), case["facts"]) for case in bad]
    return [(day, facts) for day, facts in first_days if (facts, (day - timedelta(days=1)).isoformat(), day.isoformat()) in good]


def over_a_leap_day(first: date, facts: str) -> bool:
    """Whether a leap day lies between a date of the story, less than a year before, and the first bad day."""
    told = [date.fromisoformat(each) for each in re.findall(r"\d{4}-\d\d-\d\d", facts)]
    return any(start <= leap < first and (first - start).days <= 366 for leap in LEAP_DAYS for start in told)


@pytest.mark.parametrize("rule_id", sorted({each.id for each in ALL} - SEEN_NOT_COUNTED))
def test_every_rule_is_tried_on_both_sides_of_its_day_and_over_a_leap_day(rule_id: str) -> None:
    found = boundaries(rule_id)

    assert found
    assert any(over_a_leap_day(day, facts) for day, facts in found)


def test_every_rule_covers_a_row_or_says_what_else() -> None:
    covering = {rule_id for rules in ROWS.values() for rule_id in rules}
    assert {each.id for each in ALL} == covering | set(BEYOND)


def test_an_expired_visa_is_nothing() -> None:
    given = snapshot("admitted 2026-06-01 B2 until 2026-11-30; visa V1 issued 2016-06-01", AS_OF)  # the foil ran out, the stay runs
    assert not [verdict for each in ALL for verdict in each.decide(given) if verdict.claim is not None]


@pytest.mark.parametrize(("group", "code"), sorted(reasons()))
def test_every_sevis_code_is_judged_as_its_meaning_says(group: str, code: str) -> None:
    meaning = reasons()[group, code].meaning
    given = snapshot(STORIES[group].format(code=code), AS_OF)

    verdicts = [verdict for each in ALL for verdict in each.decide(given)]
    worst = max(verdicts, key=lambda each: each.outcome.severity)

    if (group == "J-end" and meaning is Meaning.NONE) or (group, code) == ("dependent", "10"):
        assert worst.outcome is Outcome.STANDS  # an end is no violation; the stay after it is
    elif group == "cancel" and meaning is not Meaning.REVIEW:
        assert worst.outcome is Outcome.CLEAR
    else:
        assert worst.outcome in EXPECTED[meaning], worst


@pytest.mark.parametrize("code", ["99", "XYZ"])
def test_a_code_that_no_table_has_is_for_a_person(code: str) -> None:
    given = snapshot(STORIES["F"].format(code=code), AS_OF)
    assert max(rule("f1-terminated").decide(given), key=lambda each: each.outcome.severity).outcome is Outcome.REVIEW
