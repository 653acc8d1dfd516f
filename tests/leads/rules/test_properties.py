"""What holds for every subject: same facts same answer, order never matters, exculpatory evidence never worsens a verdict."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingest.facts import Admission, Departure, Fact, Identifier, LifeEvent, NameForm
from leads.assessment.presence import judge_presence, presence_input
from leads.assessment.risk import judge_risk, risk_input
from leads.judging import judge
from leads.rules.base import Verdict
from leads.rules.evaluation import Evaluation, evaluate
from leads.rules.snapshot import Known, Snapshot, digest
from tests.leads.rules import strategies as some

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "160"))  # `make proof` asks for more

Answer = dict[tuple[str, str], Verdict]


def answers(evaluation: Evaluation) -> Answer:
    return {(verdict.rule_id, verdict.matter_key): verdict for verdict in evaluation.verdicts}


@given(some.known_facts, st.randoms(use_true_random=False))
@settings(max_examples=EXAMPLES // 2, deadline=None)
def test_the_order_of_facts_never_matters(known: list[Known[Fact]], chance: random.Random) -> None:
    shuffled = list(known)
    chance.shuffle(shuffled)
    first, second = some.at(known, some.LAST), some.at(shuffled, some.LAST)
    assert digest(first) == digest(second)
    assert evaluate(first) == evaluate(second)


@given(some.known_facts)
@settings(max_examples=EXAMPLES // 2, deadline=None)
def test_the_same_facts_give_the_same_answer(known: list[Known[Fact]]) -> None:
    assert evaluate(some.at(known, some.LAST)) == evaluate(some.at(list(known), some.LAST))


@given(some.known_facts, some.exculpatory)
@settings(max_examples=EXAMPLES, deadline=None)
def test_exculpatory_evidence_never_worsens_a_verdict(known: list[Known[Fact]], more: Fact) -> None:
    before = answers(evaluate(some.at(known, some.LAST)))
    after = answers(evaluate(some.at([*known, some.know(more, 99)], some.LAST)))
    for key, verdict in after.items():
        assert key in before, (key, more)
        assert verdict.outcome.severity <= before[key].outcome.severity, (key, more, before[key], verdict)


@given(some.known_facts, st.integers(1, 700))
@settings(max_examples=EXAMPLES, deadline=None)
def test_nothing_changes_before_the_day_that_was_announced(known: list[Known[Fact]], wait: int) -> None:
    later = some.LAST + timedelta(days=wait)
    before = answers(evaluate(some.at(known, some.LAST)))
    after = answers(evaluate(some.at(known, later)))
    for key, verdict in before.items():
        announced = verdict.next_change_on
        assert announced is None or announced > verdict.as_of
        if announced is None or later < announced:
            assert _gist(after[key]) == _gist(verdict), (key, announced, later)


@given(some.known_facts, st.sampled_from(["EXAMPLE", "MUESTRA", "ИВАН", "李"]), st.sampled_from(["F", "M", "X", ""]))
@settings(max_examples=EXAMPLES // 2, deadline=None)
def test_what_people_are_changes_nothing(known: list[Known[Fact]], word: str, sex: str) -> None:
    first = some.at(known, some.LAST)
    second = some.at([_with_other_person(each, word, sex) for each in known], some.LAST)
    left, right = evaluate(first), evaluate(second)
    assert {key: _gist(each) for key, each in answers(left).items()} == {key: _gist(each) for key, each in answers(right).items()}
    assert left.stop_signs == right.stop_signs
    for one, other in (
        (judge_presence(presence_input(first, left)), judge_presence(presence_input(second, right))),
        (judge_risk(risk_input(first, left)), judge_risk(risk_input(second, right))),
    ):
        assert one == other
        assert one.would_change == other.would_change
    assert _opened_by(first) == _opened_by(second)  # nor whether a lead is opened


@given(some.known_facts, some.exculpatory)
@settings(max_examples=EXAMPLES, deadline=None)
def test_one_more_departure_or_life_event_never_opens_a_lead(known: list[Known[Fact]], more: Fact) -> None:
    assume(isinstance(more, Departure | LifeEvent))
    assert _opened_by(some.at([*known, some.know(more, 99)], some.LAST)) <= _opened_by(some.at(known, some.LAST))


def _opened_by(snapshot: Snapshot) -> set[tuple[str, str]]:
    """The findings that are enough for a lead."""
    return {(finding.rule_id, finding.matter_key) for finding in judge(snapshot).ripe}


@given(some.known_facts)
@settings(max_examples=EXAMPLES // 2, deadline=None)
def test_every_sentence_reads_like_one(known: list[Known[Fact]]) -> None:
    for verdict in evaluate(some.at(known, some.LAST)).verdicts:
        said = [verdict.sentence, *(each.sentence for each in verdict.rebuttals), *(step.sentence for step in verdict.trace)]
        for sentence in said:
            assert sentence[0].isupper()
            assert sentence.endswith(".") or ":" in sentence, sentence
            assert not any(word in sentence for word in ("None", "_", "1367", "I-589", "asylum", "2026-")), sentence
            assert len(sentence) <= 480


def _gist(verdict: Verdict) -> tuple[str, date | None, tuple[str, ...]]:
    claim = verdict.claim
    return verdict.outcome.value, claim.holds_from if claim else None, tuple(each.code for each in verdict.rebuttals)


def _with_other_person(known: Known[Fact], word: str, sex: str) -> Known[Fact]:
    fact: Fact = known.fact
    if isinstance(fact, NameForm):
        fact = replace(fact, family_name=word, given_name=word, sex=sex, country_of_birth=word, citizenship=word, citizenship_iso3=word)
    elif isinstance(fact, Identifier):
        fact = replace(fact, country=word)
    elif isinstance(fact, Admission):
        fact = replace(fact, passport_country=word)
    return replace(known, fact=fact)


def test_a_snapshot_knows_every_kind_of_fact_that_the_rules_read() -> None:
    given_facts = Snapshot(subject_ref="subject-1", sources={})
    assert given_facts.all_known() == ()
