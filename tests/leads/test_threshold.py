"""When a finding that stands is enough to open a lead: absence alone never is, an act is unless a departure may be true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from leads.assessment.presence import SETTLING_DAYS
from leads.book import IN_FORCE
from leads.judging import Judged, judge
from leads.rules.words import day
from leads.threshold import ripens_on
from tests.leads.rules.scenario import snapshot

AS_OF = date(2026, 11, 22)
OVERSTAYED = "admitted 2026-01-10 B2 until 2026-07-09"
TERMINATED = "admitted 2025-08-10 F1 D/S; sevis S1 F1 terminated 03 on 2026-05-01"
SEEN = "lives last 2026-10-01"
MAY_HAVE_LEFT = "departed 2026-08-01 land"  # by name only


def judged(facts: str) -> Judged:
    return judge(snapshot(facts, AS_OF), on=AS_OF)


@pytest.mark.parametrize(
    ("facts", "enough", "code"),
    [
        (OVERSTAYED, False, "unseen"),
        (f"{OVERSTAYED}; {SEEN}", True, None),
        (f"{OVERSTAYED}; {MAY_HAVE_LEFT}", False, "doubtful_exit"),
        (TERMINATED, True, None),
        (f"{TERMINATED}; {MAY_HAVE_LEFT}", False, "doubtful_exit"),
        ("admitted 2026-10-01 B2 until 2027-03-31", False, None),
    ],
)
def test_a_finding_is_enough_only_when_the_person_is_shown_to_be_here(facts: str, *, enough: bool, code: str | None) -> None:
    found = judged(facts)

    assert bool(found.ripe) is enough
    assert (found.waiting.code if found.waiting else None) == code


def test_who_is_not_seen_is_told_since_when() -> None:
    found = judged(OVERSTAYED)

    assert found.waiting is not None
    assert day(found.evaluation.findings[0].holds_from) in found.waiting.sentence


def test_a_stopped_rule_opens_nothing_and_says_so() -> None:
    stopped = replace(judged(f"{OVERSTAYED}; {SEEN}"), book=replace(IN_FORCE, stopped=frozenset({"overstay-dated"})))

    assert (stopped.ripe, stopped.waiting.code if stopped.waiting else None) == ((), "rule_stopped")


def test_presence_is_asked_again_on_the_day_on_which_silence_begins_to_count() -> None:
    found = judged("admitted 2026-05-10 B2 until 2026-11-20")
    (finding,) = found.evaluation.findings

    settled_on = finding.holds_from + timedelta(days=SETTLING_DAYS)
    assert found.next_change_on == settled_on
    assert ripens_on(found.evaluation, settled_on) is None
