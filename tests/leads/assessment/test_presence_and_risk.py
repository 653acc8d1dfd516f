"""Presence and risk: named lines, bands in words, changes that hold, and no place for what people are."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from ingest.facts import NameForm
from leads.assessment import presence, risk
from leads.assessment.base import Measured
from leads.rules.evaluation import evaluate
from leads.rules.snapshot import Snapshot
from tests.leads.rules.scenario import snapshot

AS_OF = date(2026, 11, 22)
OVER = "admitted 2026-01-10 B2 until 2026-07-09"
PRESENCE_CODES = {each.code for each in presence._HYPOTHESES}
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
        # fingers meet a camera in other countries and at the exit too
        (f"{OVER}; met 2026-09-01 biometric at MIA from ident", "likely"),
        (f"{OVER}; met 2026-09-01 inspection at MIA from tecs", "likely"),
        (f"{OVER}; met 2026-09-01 biometric at BGT by DOS from ident", "unlikely"),
        (f"{OVER}; met 2026-09-01 inspection at DUB from tecs", "unlikely"),
        (f"{OVER}; met 2026-09-01 exit at MIA from ident", "unlikely"),
        (f"{OVER}; met 2026-09-01 biometric at NOWHERE from ident", "possible"),
        (f"{OVER}; met 2026-09-01 biometric from ident", "possible"),
        (f"{OVER}; departed 2026-07-01 biometric no A1; met 2026-09-01 biometric at NOWHERE from ident", "unlikely"),
        (f"{OVER}; lives last 2026-09-01", "likely"),
        (f"{OVER}; lives arrival last 2026-09-01", "possible"),
        (f"{OVER}; lives last 2026-06-01", "possible"),
        # what others do for somebody, and where they do it, shows nobody in the country
        (f"{OVER}; worked petition from 2026-10-01", "possible"),
        (f"{OVER}; worked reported from 2026-08-01", "likely"),
        (f"{OVER}; worked reported from 2026-12-01", "possible"),
        (f"{OVER}; filed 2026-09-01 I-130 relative approved", "possible"),
        (f"{OVER}; filed 2026-09-01 I-140 worker pending", "possible"),
        (f"{OVER}; filed 2026-09-01 I-129 extension denied", "possible"),
        (f"{OVER}; filed 2026-09-01 I-539 extension denied", "likely"),
        (f"{OVER}; filed 2026-09-01 I-765 work denied", "likely"),
        (f"{OVER}; lives benefit last 2026-09-01", "possible"),
        (f"{OVER}; lives employer last 2026-09-01", "possible"),
        (f"{OVER}; departed 2026-07-01 manifest_name", "unlikely"),
        (f"{OVER}; departed 2026-07-01 biometric no A1", "unlikely"),
        ("admitted 2026-01-10 B2 until 2026-07-09 by sea", "unlikely"),
        ("admitted 2026-01-10 B2 until 2026-07-09 by land", "possible"),
        (f"{OVER}; departed 2026-07-01 manifest_name; met 2026-09-01 arrest", "likely"),
        # who was seen here, and may have left after it, is not shown here
        (f"{OVER}; lives confirmed last 2026-08-01; departed 2026-09-01 manifest_name", "unlikely"),
        (f"{OVER}; lives last 2026-08-01; departed 2026-09-01 manifest_name; lives last 2026-09-20", "likely"),
        # work in the lawful stay is for a person to look at, and shows nobody here after it
        (f"{OVER}; worked reported from 2026-02-01 unauthorized; lives last 2026-03-01", "possible"),
        (f"{OVER}; worked reported from 2026-02-01 unauthorized; lives last 2026-07-10", "likely"),
        # studies that the school took back show nobody here
        (f"{OVER}; sevis S1 F1 initial registered 2026-08-20 seen 2026-08-25; sevis S1 F1 canceled 05 seen 2026-09-25", "possible"),
        (f"{OVER}; sevis S1 F1 initial registered 2026-08-20 seen 2026-08-25", "likely"),
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
        # a revocation counts while it is in force
        (f"{OVER}; visa V1 revoked 2026-03-01 basis DUI", "medium"),
        (f"{OVER}; visa V1 revoked 2026-03-01 basis DUI; visa V1 revocation_reversed 2026-04-01", "low"),
        (f"{OVER}; visa V1 revoked 2026-03-01 basis EVUS evus", "low"),
        (f"{OVER}; visa V1 revoked 2026-03-01 basis PRUDENTIAL on-departure", "low"),
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


def promised(given: Snapshot) -> dict[str, str]:
    """The band that each promised change would lead to, of presence and of risk."""
    evaluation = evaluate(given)
    judged = (
        presence.judge_presence(presence.presence_input(given, evaluation)),
        risk.judge_risk(risk.risk_input(given, evaluation)),
    )
    return {change.code: change.band for each in judged for change in each.would_change}


# what is known, the change that is promised, and the fact by which it comes true; `months_later` comes true by the day alone
DONE = [
    (OVER, "address_confirmed", "lives confirmed last 2026-11-22"),
    (OVER, "met_in_person", "met 2026-11-22 arrest"),
    (OVER, "left_fair", "departed 2026-11-20 manifest_document"),
    (OVER, "left_weak", "departed 2026-11-20 manifest_name"),
    (f"{OVER}; lives last 2026-09-01", "left_fair", "departed 2026-11-20 manifest_document"),
    (f"{OVER}; lives confirmed last 2026-09-01", "left_weak", "departed 2026-11-20 manifest_name"),
    (OVER, "watchlist", "met 2026-11-01 lookout watchlist"),
    (OVER, "criminal", "met 2026-11-01 arrest criminal"),
    (OVER, "unauthorized_work", "worked reported from 2026-08-01 unauthorized"),
]


@pytest.mark.parametrize(("known", "code", "fact"), DONE)
def test_what_is_promised_holds_when_it_comes_as_a_real_fact(known: str, code: str, fact: str) -> None:
    before = snapshot(known, AS_OF)
    band = promised(before)[code]

    here, urgent = judge(f"{known}; {fact}")

    assert band in ({here} if code in PRESENCE_CODES else {urgent})
    assert band not in ({judge(known)[0]} if code in PRESENCE_CODES else {judge(known)[1]})


@pytest.mark.parametrize(
    ("known", "code", "without"),
    [
        (f"{OVER}; met 2026-09-01 lookout watchlist", "no_watchlist", OVER),
        (f"{OVER}; met 2026-09-01 case criminal", "no_criminal", f"{OVER}; met 2026-09-01 case"),
    ],
)
def test_what_would_lower_the_risk_lowers_it_when_the_fact_is_withdrawn(known: str, code: str, without: str) -> None:
    assert promised(snapshot(known, AS_OF))[code] == judge(without)[1] != judge(known)[1]


def test_names_that_prove_to_be_several_peoples_lower_the_risk() -> None:
    plain = snapshot(f"{OVER}; met 2026-09-01 lookout", AS_OF)
    doubted = replace(plain, link_flags=frozenset({"many_names_one_fin"}))

    band = promised(doubted)["no_false_identity"]

    assert band == risk.judge_risk(risk.risk_input(plain, evaluate(plain))).band
    assert band != risk.judge_risk(risk.risk_input(doubted, evaluate(doubted))).band


def test_more_silent_months_count_as_promised() -> None:
    fresh = snapshot("admitted 2026-05-25 B2 until 2026-11-21 by land", AS_OF)
    later = snapshot("admitted 2026-05-25 B2 until 2026-11-21 by land", AS_OF + timedelta(days=presence.SETTLING_DAYS))
    assert promised(fresh)["months_later"] == presence.judge_presence(presence.presence_input(later, evaluate(later))).band


def test_every_kind_of_change_is_done_in_one_of_these_tests() -> None:
    hypotheses = {each.code for each in presence._HYPOTHESES} | {each.code for each in risk._HYPOTHESES}
    assert hypotheses == {code for _, code, _ in DONE} | {"no_watchlist", "no_criminal", "no_false_identity", "months_later"}


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
