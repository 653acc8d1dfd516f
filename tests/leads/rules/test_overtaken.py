"""Some reasons settle a matter for good; the others hold as long as what they rested on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from leads.assessment.presence import judge_presence, presence_input
from leads.planning import settled_sentence
from leads.rules.base import Effect
from leads.rules.evaluation import evaluate
from leads.rules.headline import headline
from leads.rules.overtaken import FOR_GOOD, UNDONE_BY_MEETING, relied_upon
from leads.rules.snapshot import Correction, Snapshot
from leads.states import CloseReason
from tests.leads.rules.scenario import snapshot

DECIDED, LATER = date(2026, 10, 1), date(2026, 11, 22)
OVER = "admitted 2026-01-10 B2 until 2026-07-09"
HOME = "lives last 2026-09-01"
PENDING = "filed 2026-07-01 I-539 extension pending online"
BY_NAME = "departed 2026-07-01 manifest_name"


def closed(reason: str, then: str, now: str) -> Snapshot:
    """Close on what `then` says; what is known `now`, with that correction."""
    given = snapshot(f"{OVER}; {then}" if then else OVER, DECIDED)
    verdict = evaluate(given).verdicts[0]
    assert verdict.claim
    relied = relied_upon((each.code for each in verdict.rebuttals), given)
    sentence = settled_sentence(CloseReason(reason), DECIDED)
    correction = Correction(verdict.matter_key, reason, DECIDED, verdict.claim.evidence_digest, sentence, relied)
    return replace(snapshot(f"{OVER}; {now}" if now else OVER, LATER), corrections=(correction,))


@pytest.mark.parametrize(
    ("reason", "then", "now", "expected"),
    [
        ("pending_benefit", PENDING, PENDING, "rebutted"),
        ("pending_benefit", PENDING, PENDING.replace("pending", "denied decided 2026-10-15"), "stands"),
        ("pending_benefit", PENDING, PENDING.replace("pending", "approved decided 2026-10-15 until 2027-01-09"), "rebutted"),
        ("no_viable_address", "", "", "rebutted"),
        ("no_viable_address", "", HOME, "stands"),
        ("no_viable_address", HOME, HOME, "rebutted"),
        ("no_viable_address", HOME, "lives last 2026-11-01", "stands"),
        ("no_viable_address", "", "lives arrival last 2026-09-01", "rebutted"),
        ("departed", "", HOME, "rebutted"),
        ("departed", "", "lives last 2026-11-01", "stands"),
        ("departed", "", "worked reported from 2026-10-20", "stands"),
        ("departed", "", "worked petition from 2026-10-20", "rebutted"),
        ("departed", BY_NAME, BY_NAME, "rebutted"),
        ("departed", BY_NAME, "", "stands"),
        ("departed", BY_NAME, "departed 2026-07-01 biometric no A1", "rebutted"),
        ("referred_to_ero", "", "lives last 2026-11-01", "stands"),
        ("transferred", "", "lives last 2026-11-01", "stands"),
        ("in_custody", "", "lives last 2026-11-01", "stands"),
        ("in_custody", "", "", "rebutted"),
        ("in_status", "", "filed 2026-09-15 I-485 family denied decided 2026-10-20", "stands"),
        ("in_status", "", "filed 2026-09-15 I-765 work denied decided 2026-10-20", "rebutted"),
        ("in_status", "", "filed 2026-09-15 I-130 relative denied decided 2026-10-20", "rebutted"),
        ("in_status", "", "filed 2026-08-15 I-485 family denied decided 2026-09-20", "rebutted"),
        ("in_status", "", "filed 2026-10-15 I-485 family pending", "rebutted"),
        ("in_status", "", "lives last 2026-11-01", "rebutted"),
    ],
)
def test_a_closing_holds_as_long_as_what_it_rested_on(reason: str, then: str, now: str, expected: str) -> None:
    assert evaluate(closed(reason, then, now)).verdicts[0].outcome.value == expected


ARRESTED = "met 2026-10-02 arrest"


PRINTS = "met 2026-10-02 biometric at MIA from ident"


@pytest.mark.parametrize(
    ("reason", "met"),
    [
        (each.value, met)
        for each in CloseReason
        if each.value not in UNDONE_BY_MEETING
        for met in (ARRESTED, "met 2026-10-02 custody", PRINTS)
    ]
    + [("wrong_person", PRINTS)],
)
def test_a_later_meeting_is_noted_where_it_contradicts_nothing(reason: str, met: str) -> None:
    (verdict,) = evaluate(closed(reason, "", met)).verdicts
    assert verdict.outcome.value == "rebutted"
    assert "Since then the person was met on 2 Oct 2026, which does not speak against it." in verdict.closing[0].sentence


@pytest.mark.parametrize("reason", sorted(UNDONE_BY_MEETING))
def test_who_had_left_or_died_or_never_came_or_could_not_be_found_is_looked_at_again_when_met(reason: str) -> None:
    (verdict,) = evaluate(closed(reason, "", ARRESTED)).verdicts
    assert (verdict.outcome.value, verdict.rebuttals[0].effect) == ("stands", Effect.BLOCKS)


@pytest.mark.parametrize("met", ["biometric at BGT by DOS from ident", "exit at MIA from ident", "inspection at MIA from tecs", "case"])
def test_a_meeting_abroad_at_the_exit_or_on_paper_undoes_nothing(met: str) -> None:
    (verdict,) = evaluate(closed("departed", "", f"met 2026-10-02 {met}")).verdicts
    assert verdict.outcome.value == "rebutted"


@pytest.mark.parametrize("reason", sorted(FOR_GOOD))
def test_a_finding_of_fact_answers_the_same_evidence_for_good(reason: str) -> None:
    assert evaluate(closed(reason, BY_NAME, "lives last 2026-11-01")).verdicts[0].outcome.value == "rebutted"


def test_the_headline_does_not_call_a_lead_that_was_given_up_no_violation() -> None:
    given = closed("no_viable_address", "", "")
    evaluation = evaluate(given)
    said = headline(evaluation, judge_presence(presence_input(given, evaluation)))
    assert said.startswith("Not pursued: closed by a person on 1 Oct 2026: all leads exhausted, no viable address.")
