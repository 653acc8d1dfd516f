"""Presence and risk: named lines, bands in words, changes that hold, and no place for what people are."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from ingest.facts import NameForm
from leads.assessment import presence, risk
from leads.assessment.base import Measured
from leads.rules.evaluation import evaluate
from leads.rules.snapshot import Snapshot
from tests.leads.rules.scenario import snapshot

AS_OF = date(2026, 11, 22)
OVER = "admitted 2026-01-10 B2 until 2026-07-09"
FORBIDDEN = ("nationality", "citizenship", "country", "religion", "ethnicity", "race", "gender", "sex", "language", "name")


def judge(text: str, as_of: date = AS_OF) -> tuple[str, str]:
    given = snapshot(text, as_of)
    evaluation = evaluate(given)
    here = presence.judge_presence(presence.presence_input(given, evaluation))
    urgent = risk.judge_risk(risk.risk_input(given, evaluation))
    return here.band, urgent.band


@pytest.mark.parametrize(
    ("facts", "band"),
    [
        (OVER, "possible"),
        (f"{OVER}; lives confirmed last 2026-09-01", "likely"),
        (f"{OVER}; met 2026-09-01 arrest", "likely"),
        (f"{OVER}; lives last 2026-09-01", "likely"),
        (f"{OVER}; lives arrival last 2026-09-01", "possible"),
        (f"{OVER}; lives last 2026-06-01", "possible"),
        (f"{OVER}; departed 2026-07-01 manifest_name", "unlikely"),
        (f"{OVER}; departed 2026-07-01 biometric no A1", "unlikely"),
        ("admitted 2026-01-10 B2 until 2026-07-09 by sea", "unlikely"),
        ("admitted 2026-01-10 B2 until 2026-07-09 by land", "possible"),
        (f"{OVER}; departed 2026-07-01 manifest_name; met 2026-09-01 arrest", "likely"),
    ],
)
def test_presence_follows_the_traces(facts: str, band: str) -> None:
    assert judge(facts)[0] == band


def test_a_stay_that_has_just_ended_says_little() -> None:
    assert judge(OVER, date(2026, 7, 20))[0] == "possible"


@pytest.mark.parametrize(
    ("facts", "band"),
    [
        (OVER, "low"),
        (f"{OVER}; met 2026-09-01 lookout watchlist", "high"),
        (f"{OVER}; met 2026-09-01 arrest criminal", "high"),
        (f"{OVER}; worked reported from 2026-08-01 unauthorized", "medium"),
        ("admitted 2025-08-10 F1 D/S; sevis S1 F1 terminated 03 on 2026-09-01", "medium"),
        (f"{OVER}; met 2026-09-01 arrest criminal; protected", "low"),
    ],
)
def test_risk_follows_what_the_person_did(facts: str, band: str) -> None:
    assert judge(facts)[1] == band


def test_a_minor_is_less_urgent() -> None:
    child = snapshot(f"{OVER}; met 2026-09-01 arrest criminal", AS_OF)
    named = _named(child, NameForm("EXAMPLE", "ANA", date_of_birth=date(2010, 2, 1)))
    assert risk.judge_risk(risk.risk_input(named, evaluate(named))).band == "low"


def test_the_inputs_have_no_place_for_what_people_are() -> None:
    for kind in (presence.PresenceInput, presence.Trace, presence.ExitSeen, risk.RiskInput, risk.Piece):
        for each in fields(kind):
            assert not any(word in each.name.split("_") for word in FORBIDDEN), (kind, each.name)


def test_every_change_that_is_promised_holds_when_it_is_done() -> None:
    for text in (OVER, f"{OVER}; lives last 2026-09-01", f"{OVER}; met 2026-09-01 arrest criminal", f"{OVER}; departed 2026-07-01 land"):
        given = snapshot(text, AS_OF)
        evaluation = evaluate(given)
        looked_at = presence.presence_input(given, evaluation)
        before = presence.judge_presence(looked_at)
        for change in before.would_change:
            hypothesis = next(each for each in presence._HYPOTHESES if each.code == change.code)
            assert presence.judge_presence(hypothesis.apply(looked_at)).band == change.band != before.band


def test_a_promised_address_moves_the_band_when_it_comes_as_a_real_fact() -> None:
    before = snapshot(OVER, AS_OF)
    promised = presence.judge_presence(presence.presence_input(before, evaluate(before))).would_change
    band = next(change.band for change in promised if change.code == "address_confirmed")
    assert judge(f"{OVER}; lives confirmed last 2026-11-22")[0] == band


def test_a_promised_departure_moves_the_band_when_it_comes_as_a_real_fact() -> None:
    before = snapshot(OVER, AS_OF)
    promised = presence.judge_presence(presence.presence_input(before, evaluate(before))).would_change
    band = next(change.band for change in promised if change.code == "left_weak")
    assert judge(f"{OVER}; departed 2026-11-20 manifest_name")[0] == band


def test_lines_add_up_and_name_their_facts() -> None:
    given = snapshot(f"{OVER}; lives confirmed last 2026-09-01; met 2026-09-01 arrest criminal", AS_OF)
    evaluation = evaluate(given)
    for judged in (
        presence.judge_presence(presence.presence_input(given, evaluation)),
        risk.judge_risk(risk.risk_input(given, evaluation)),
    ):
        assert judged.points == sum(line.points for line in judged.lines)
        known = {item.fact_id for item in given.all_known()}
        assert all(set(line.fact_ids) <= known for line in judged.lines)


def test_a_rate_is_said_only_when_it_was_measured() -> None:
    given = snapshot(OVER, AS_OF)
    looked_at = presence.presence_input(given, evaluate(given))
    assert presence.judge_presence(looked_at).measured_words("were still here") == "not yet measured"
    measured = presence.judge_presence(looked_at, measured=Measured(hits=61, sample=100))
    assert measured.measured_words("were still here") == "of 1,000 like this, 610 were still here"


def test_a_sensitive_field_of_study_counts_only_beside_other_facts() -> None:
    alone = risk.RiskInput(pieces=(risk.Piece("sensitive_study"),), days_over=None, certain=False, violations=1, minor=False)
    assert risk.judge_risk(alone).lines == ()
    beside = replace(alone, pieces=(*alone.pieces, risk.Piece("lookout")))
    assert {line.code for line in risk.judge_risk(beside).lines} == {"lookout", "sensitive_study"}


def _named(given: Snapshot, name: NameForm) -> Snapshot:
    first = given.admissions[0]
    return replace(given, names=(replace(first, fact=name, fact_id="n1"),))  # type: ignore[arg-type]
