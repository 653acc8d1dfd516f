"""What a decision froze and a packet tells: the facts that stand, and no others."""

from __future__ import annotations

from datetime import date

from leads.judging import judge
from leads.picture import picture_of
from tests.leads.rules.scenario import snapshot

AS_OF = date(2026, 11, 22)


def test_a_row_that_the_school_corrected_is_told_to_nobody() -> None:
    wrong = "sevis S1 F1 terminated 03 on 2026-05-01 seen 2026-05-02"
    known = snapshot(f"admitted 2026-01-10 B2 until 2026-07-09; {wrong}; sevis S1 F1 completed seen 2026-06-01", AS_OF)
    told = [fact.text for fact in picture_of(judge(known), AS_OF).facts if fact.kind == "StatusEvent"]
    assert len(told) == 1
    assert "terminated" not in told[0]


def test_each_record_tells_its_newest_row() -> None:
    known = snapshot("sevis S1 F1 completed; sevis S2 F1 active", AS_OF)
    assert len(picture_of(judge(known), AS_OF).facts) == 2
