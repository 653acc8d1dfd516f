"""A snapshot is the same whatever the order of its facts, and its keys never show a number that a person carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ingest.facts import Vehicle
from leads.rules.evaluation import evaluate
from leads.rules.snapshot import build, digest, evidence_digest
from tests.leads.rules.scenario import snapshot

AS_OF = date(2026, 11, 22)
TEXT = "admitted 2026-01-10 B2 until 2026-07-09; departed 2026-07-01 land; filed 2026-07-01 I-539 extension pending"


def test_the_digest_does_not_depend_on_order() -> None:
    given = snapshot(TEXT, AS_OF)
    turned = build("subject-1", dict(reversed(list(given.sources.items()))), reversed(given.all_known()))
    assert digest(given) == digest(turned)


def test_the_digest_changes_with_any_fact_and_any_source_date() -> None:
    given = snapshot(TEXT, AS_OF)
    other = snapshot(TEXT.replace("2026-07-09", "2026-07-08"), AS_OF)
    slower = replace(given, sources={**given.sources, "adis": date(2026, 11, 21)})
    assert len({digest(given), digest(other), digest(slower)}) == 3


def test_evidence_is_the_same_whoever_loaded_it_when() -> None:
    (known,) = snapshot("admitted 2026-01-10 B2 until 2026-07-09", AS_OF).admissions
    later = replace(known, fact_id="f9", extract_as_of=date(2026, 12, 1), record_key="other")
    assert evidence_digest((known,)) == evidence_digest((later,)) == evidence_digest((later, known))


def test_facts_that_no_rule_reads_are_left_out() -> None:
    (known,) = snapshot("admitted 2026-01-10 B2 until 2026-07-09", AS_OF).admissions
    vehicle = replace(known, fact=Vehicle(plate="EXAMPLE"), fact_id="f2")  # type: ignore[arg-type]
    assert len(build("subject-1", {}, [known, vehicle]).all_known()) == 1


def test_matter_keys_are_short_opaque_and_survive_the_next_extract() -> None:
    given = snapshot("admitted 2026-01-10 B2 until 2026-07-09 no A7777", AS_OF)
    key = evaluate(given).findings[0].matter_key
    assert "A7777" not in key
    assert len(key) <= 64
    again = replace(given, admissions=(replace(given.admissions[0], fact_id="f50", extract_as_of=AS_OF),))
    assert evaluate(again).findings[0].matter_key == key


def test_without_any_source_nothing_is_judged() -> None:
    evaluation = evaluate(snapshot("admitted 2026-01-10 B2 until 2026-07-09", AS_OF, sources=()))
    assert evaluation.verdicts == ()
    assert evaluation.as_of is None
