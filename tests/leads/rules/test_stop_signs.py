"""Stop signs come before anything else; a blocking one stops referral."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from leads.rules.evaluation import Evaluation, evaluate
from leads.rules.freshness import MAX_AGE_DAYS
from leads.rules.snapshot import Correction, ManualCheck, Snapshot, Unsettled
from subjects.speaking import OF_THE_PERSON, SPEAKS_OF
from tests.leads.rules.scenario import snapshot

AS_OF = date(2026, 11, 22)
OVER = "admitted 2026-01-10 B2 until 2026-07-09"


def codes(evaluation: Evaluation) -> set[tuple[str, bool]]:
    return {(sign.code, sign.blocking) for sign in evaluation.stop_signs}


@pytest.mark.parametrize(
    ("facts", "sign"),
    [
        (f"{OVER}; departed 2026-07-01 land", ("departure_weak", True)),
        (f"{OVER}; departed 2026-07-01 biometric; met 2026-08-01 arrest", ("departure_contradicted", True)),
        (f"{OVER}; departed 2026-01-01 biometric no A1", ("departure_date_impossible", False)),
        (f"{OVER}; filed 2026-07-01 I-539 extension pending", ("filing_pending", True)),
        (f"{OVER}; filed 2026-08-01 I-539 extension pending online", ("filing_pending_late", True)),
        (f"{OVER}; us-person", ("us_person", True)),
        (f"{OVER}; weak-identity", ("identity_weak", True)),
        (f"{OVER}; met 2026-08-01 custody in-custody", ("in_custody", True)),
        (f"{OVER}; met 2026-08-01 case in-proceedings", ("in_proceedings", True)),
        (f"{OVER}; met 2026-08-01 biometric at NOWHERE from ident", ("met_somewhere", True)),
        ("admitted 2025-08-10 F1 D/S; sevis S1 F1 terminated 12 on 2026-05-01", ("person_decides", True)),
        (f"{OVER}; worked reported from 2026-05-01 unauthorized", ("person_decides", False)),
        ("admitted 2026-01-10 B2 until 2026-12-31; worked reported from 2026-05-01 unauthorized", ("person_decides", True)),
        ("admitted 2026-01-10 B2 until 2026-12-31; visa V1 provisionally_revoked 2026-05-01", ("revocation_provisional", True)),
        (f"{OVER}; visa V1 provisionally_revoked 2026-05-01", ("revocation_provisional", False)),
        ("sevis S1 F1 terminated 03 on 2026-05-01", ("no_arrival", True)),
        (
            "admitted 2025-01-10 H1B until 2027-12-31; sevis S1 F1 terminated 03 on 2026-05-01",
            ("period_running", True),
        ),
        ("admitted 2026-01-10 B2 until 2026-12-31; visa V1 revoked 2026-05-01", ("period_running", False)),
    ],
)
def test_what_must_be_looked_at_is_shown(facts: str, sign: tuple[str, bool]) -> None:
    assert sign in codes(evaluate(snapshot(facts, AS_OF)))


@pytest.mark.parametrize("met", ["2026-07-09 biometric at NOWHERE", "2026-08-01 biometric at MIA", "2026-08-01 lookout"])
def test_a_meeting_at_a_known_place_or_before_the_violation_raises_no_sign(met: str) -> None:
    assert ("met_somewhere", True) not in codes(evaluate(snapshot(f"{OVER}; met {met}", AS_OF)))


def test_who_entered_again_is_not_in_custody_of_before() -> None:
    before = "admitted 2019-01-10 B2 until 2019-07-09 no A1; met 2019-09-01 custody in-custody"
    assert "in_custody" not in dict(codes(evaluate(snapshot(f"{before}; {OVER} no A2", AS_OF))))


def test_a_clear_subject_shows_no_sign() -> None:
    assert evaluate(snapshot("admitted 2026-10-10 B2 until 2027-04-09; us-person", AS_OF)).stop_signs == ()


def test_nothing_blocks_a_plain_overstay() -> None:
    evaluation = evaluate(snapshot(OVER, AS_OF))
    assert evaluation.stop_signs == ()
    assert not evaluation.blocked


@pytest.mark.parametrize("source", ["adis", "claims3", "eid"])
def test_a_source_goes_stale_the_day_after_its_limit(source: str) -> None:
    given = snapshot(OVER, AS_OF)
    limit = MAX_AGE_DAYS[source]
    fresh = {sign.source for sign in evaluate(given, on=AS_OF + timedelta(days=limit)).stop_signs if sign.code == "source_stale"}
    stale = [sign for sign in evaluate(given, on=AS_OF + timedelta(days=limit + 1)).stop_signs if sign.source == source]
    assert source not in fresh
    assert [(sign.code, sign.blocking, sign.age_days) for sign in stale] == [("source_stale", True, limit + 1)]


def test_a_source_that_was_never_loaded_is_named() -> None:
    evaluation = evaluate(snapshot(OVER, AS_OF, sources=("adis", "eid")))
    assert [sign.sentence for sign in evaluation.stop_signs] == ["CLAIMS 3 was never asked."]


def test_asking_a_system_by_hand_refreshes_it() -> None:
    given = snapshot(OVER, AS_OF)
    on = AS_OF + timedelta(days=8)
    checked = replace(given, checks=tuple(ManualCheck(source, on) for source in ("adis", "claims3")))
    assert {sign.source for sign in evaluate(given, on=on).stop_signs} == {"adis", "claims3", "eid"}
    assert {sign.source for sign in evaluate(checked, on=on).stop_signs} == {"eid"}


def test_the_age_of_a_source_never_changes_a_verdict() -> None:
    given = snapshot(OVER, AS_OF)
    assert evaluate(given).verdicts == evaluate(given, on=AS_OF + timedelta(days=900)).verdicts


@pytest.mark.parametrize("flag", ["possible_twin", "shared_identifier", "conflicting_birth_dates"])
def test_doubt_about_the_person_blocks(flag: str) -> None:
    doubtful = replace(snapshot(OVER, AS_OF), link_flags=frozenset({flag}))
    assert ("identity_doubt", True) in codes(evaluate(doubtful))


def test_several_names_of_one_person_block_nothing() -> None:
    assert codes(evaluate(replace(snapshot(OVER, AS_OF), link_flags=frozenset({"many_names_one_fin"})))) == set()


def test_a_slow_source_of_rebuttals_does_not_delay_the_verdict() -> None:
    given = snapshot(OVER, AS_OF)
    slow = replace(given, sources={**given.sources, "claims3": AS_OF - timedelta(days=30)})
    evaluation = evaluate(slow)
    assert [finding.as_of for finding in evaluation.findings] == [AS_OF]
    assert ("source_stale", True) in codes(evaluation)


def test_the_day_is_that_of_the_oldest_source_that_the_condition_needs() -> None:
    given = snapshot("admitted 2026-08-10 F1 D/S; sevis S1 F1 initial program 2026-08-20..2028-05-15", AS_OF)
    slow = replace(given, sources={**given.sources, "sevis": date(2026, 9, 19)})
    assert [verdict.as_of for verdict in evaluate(slow).verdicts if verdict.rule_id == "no-show-student"] == [date(2026, 9, 19)]
    assert evaluate(slow).findings == ()
    assert len(evaluate(given).findings) == 1


def _settled(given: Snapshot, digest: str, decided: date = date(2026, 10, 1)) -> Snapshot:
    finding = evaluate(given).findings[0]
    return replace(given, corrections=(Correction(finding.matter_key, "wrong_person", decided, digest),))


def test_a_correction_answers_the_same_evidence_for_good() -> None:
    given = snapshot(OVER, AS_OF)
    digest = evaluate(given).findings[0].evidence_digest
    evaluation = evaluate(_settled(given, digest))
    assert evaluation.findings == ()
    assert evaluation.rebutted[0].closing[0].code == "settled_wrong_person"


def test_the_wrong_row_coming_back_under_another_id_is_answered_too() -> None:
    given = snapshot(OVER, AS_OF)
    digest = evaluate(given).findings[0].evidence_digest
    again = replace(given, admissions=(replace(given.admissions[0], fact_id="f77", extract_as_of=AS_OF),))
    assert evaluate(_settled(again, digest)).findings == ()


def test_different_evidence_reopens_what_a_correction_closed() -> None:
    given = snapshot(OVER, AS_OF)
    digest = evaluate(given).findings[0].evidence_digest
    changed = snapshot("admitted 2026-01-10 B2 until 2026-07-08", AS_OF)
    assert len(evaluate(_settled(changed, digest)).findings) == 1


def test_a_meeting_after_the_correction_asks_for_another_look() -> None:
    given = snapshot(f"{OVER}; met 2026-11-01 arrest", AS_OF)
    digest = evaluate(given).findings[0].evidence_digest
    evaluation = evaluate(_settled(given, digest))
    assert len(evaluation.findings) == 1
    assert ("settled_wrong_person", True) in codes(evaluation)


def test_a_school_that_lost_its_certification_is_looked_at_first() -> None:
    given = snapshot("admitted 2025-08-10 F1 D/S; sevis S1 F1 terminated 11 on 2026-05-01 school BOS214F00000000", AS_OF)
    withdrawn = replace(given, schools_withdrawn=frozenset({"BOS214F00000000"}))
    assert ("school_withdrawn", True) not in codes(evaluate(given))
    assert ("school_withdrawn", True) in codes(evaluate(withdrawn))


def test_two_rows_that_say_the_same_are_one_sign_resting_on_both() -> None:
    given = snapshot(f"{OVER}; departed 2026-01-01 biometric no A1; departed 2026-01-01 land no A1", AS_OF)
    turned = replace(given, departures=given.departures[::-1])
    (sign,) = (sign for sign in evaluate(given).stop_signs if sign.code == "departure_date_impossible")
    assert sign.fact_ids == tuple(sorted(known.fact_id for known in given.departures))
    assert evaluate(given) == evaluate(turned)


@pytest.mark.parametrize(
    ("speaks_of", "blocking"),
    [
        ("departure", True),
        ("life", True),
        ("filing", True),
        ("status", True),
        ("encounter", True),
        ("entry", True),
        ("visa", False),
        ("trace", False),
        ("other", False),
    ],
)
def test_a_record_that_may_be_this_persons_is_shown_and_blocks_where_it_may_clear(speaks_of: str, *, blocking: bool) -> None:
    waiting = tuple(Unsettled(speaks_of, "adis", AS_OF, key) for key in ("a", "b"))
    given = replace(snapshot(OVER, AS_OF), unsettled=waiting)

    (sign,) = evaluate(given).stop_signs

    assert (sign.code, sign.blocking, sign.fact_ids) == (f"possible_{speaks_of}", blocking, ("a", "b"))
    assert sign.sentence.startswith("2 records of ADIS that may be this person's ")
    assert evaluate(given).verdicts == evaluate(snapshot(OVER, AS_OF)).verdicts  # it is no fact: no rule reads it


def test_every_kind_of_waiting_record_has_words() -> None:
    assert set(OF_THE_PERSON) == set(SPEAKS_OF)
