"""What a decision froze and a packet tells: the facts that stand, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from ingest.facts import NameForm
from leads.judging import judge
from leads.packet.body import Cover, packet_body
from leads.picture import picture_of
from leads.rules.snapshot import Known
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


def test_a_packet_tells_every_citizenship_that_a_source_states() -> None:
    known = snapshot("admitted 2026-01-10 B2 until 2026-07-09", AS_OF)
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    names = tuple(
        Known(NameForm("EXAMPLE", "ANA", citizenship_iso3=code), f"n{code}", source, AS_OF, at)
        for code, source in (("PRT", "adis"), ("BRA", "sevis"))
    )
    named = replace(known, names=names)
    cover = Cover(
        packet_id="p",
        lead_number="L",
        marking="M",
        simulated=True,
        office_code="BOS",
        office_name="Boston",
        made_at=at,
        sent_by="A",
        approved_by="",
        accept_by=AS_OF,
        do_not_rely_after=AS_OF,
        routing="",
    )
    told = packet_body(cover=cover, picture=picture_of(judge(named), AS_OF), snapshot=named, numbers=(), overridden=())
    assert told["person"]["citizenship"] == "Brazil, Portugal"
