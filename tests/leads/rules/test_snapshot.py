"""A snapshot is the same whatever the order of its facts, and its keys never show a number that a person carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ingest.facts import Vehicle
from leads.rules.evaluation import evaluate
from leads.rules.snapshot import build, digest, evidence_digest, whole_digest
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


def test_what_nobody_alleges_anything_by_is_no_new_evidence() -> None:
    (came,) = snapshot("admitted 2026-01-10 B2 until 2026-07-09", AS_OF).admissions
    told_again = replace(came, fact=replace(came.fact, carrier="XX", us_address_state="MA", source_says="overstayed"))
    (ended,) = snapshot("sevis S1 F1 terminated 03 on 2026-05-01", AS_OF).status_events
    new_form = replace(ended, fact=replace(ended.fact, issued_on=date(2026, 6, 1), field_of_study="11.0701"))
    assert evidence_digest((came,)) == evidence_digest((told_again,))
    assert evidence_digest((ended,)) == evidence_digest((new_form,))
    assert whole_digest((came,)) != whole_digest((told_again,))


def test_another_day_reason_or_number_is_new_evidence() -> None:
    (came,) = snapshot("admitted 2026-01-10 B2 until 2026-07-09", AS_OF).admissions
    (ended,) = snapshot("sevis S1 F1 terminated 03 on 2026-05-01", AS_OF).status_events
    others = (
        replace(came.fact, admit_until=date(2026, 7, 8)),
        replace(came.fact, passport_number="P2"),
        replace(came.fact, admission_number="A2"),
    )
    ends = (replace(ended.fact, reason_code="08"), replace(ended.fact, failure_on=date(2026, 4, 1)))
    digests = [evidence_digest((came,)), *(evidence_digest((replace(came, fact=each),)) for each in others)]
    digests += [evidence_digest((ended,)), *(evidence_digest((replace(ended, fact=each),)) for each in ends)]
    assert len(set(digests)) == len(digests)


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
