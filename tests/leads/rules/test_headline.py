"""The sentence at the top of a lead reads as a person would say it."""

from __future__ import annotations

from datetime import date

import pytest

from leads.assessment.base import Measured
from leads.assessment.presence import judge_presence, presence_input
from leads.rules.evaluation import evaluate
from leads.rules.headline import headline
from tests.leads.rules.scenario import snapshot

OVER = "admitted 2026-01-10 B2 until 2026-07-09"


def say(text: str, as_of: date = date(2026, 11, 22), measured: Measured | None = None, overridden: int = 0) -> str:
    given = snapshot(text, as_of)
    evaluation = evaluate(given)
    return headline(evaluation, judge_presence(presence_input(given, evaluation), measured=measured), overridden=overridden)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            f"{OVER}; lives confirmed last 2026-09-01",
            (
                "Probably still here (not yet measured); overstay since 10 Jul 2026, 136 days to 22 Nov; "
                "no pending benefit known; nothing blocks referral."
            ),
        ),
        (
            f"{OVER}; filed 2026-07-01 I-539 extension pending",
            (
                "Possibly still here (not yet measured); overstay since 10 Jul 2026, 136 days to 22 Nov; "
                "a filing is pending that authorizes the stay; 1 stop sign blocks referral."
            ),
        ),
        (
            "admitted 2026-01-10 WT until 2026-04-09; filed 2026-03-01 I-485 pending; lives confirmed last 2026-09-01",
            (
                "Probably still here (not yet measured); visa waiver overstay since 10 Apr 2026, 227 days to 22 Nov; "
                "a filing is pending that may authorize the stay; 1 stop sign blocks referral."
            ),
        ),
        (
            f"{OVER}; filed 2026-07-01 I-539 extension unknown; lives confirmed last 2026-09-01",
            (
                "Probably still here (not yet measured); overstay since 10 Jul 2026, 136 days to 22 Nov; "
                "where a filing stands is not known, and it may authorize the stay; 1 stop sign blocks referral."
            ),
        ),
        (
            "admitted 2025-01-10 B2 until 2025-07-09",
            (
                "Possibly still here (not yet measured); overstay since 10 Jul 2025, 501 days to 22 Nov 2026; "
                "no pending benefit known; nothing blocks referral."
            ),
        ),
        (
            f"{OVER}; departed 2026-07-01 biometric no A1",
            "No violation stands: left on 1 Jul 2026 (biometric exit, ADIS).",
        ),
        (
            (
                "admitted 2019-01-10 B2 until 2019-07-09 no A1; met 2019-09-01 outcome wrong_person; "
                "admitted 2026-01-10 B2 until 2026-07-09 no A2; departed 2026-07-01 biometric no A2"
            ),
            "No violation stands: left on 1 Jul 2026 (biometric exit, ADIS).",
        ),
        ("admitted 2026-10-10 B2 until 2027-04-09", "No violation stands on what is known."),
    ],
)
def test_the_headline_says_what_is_known(facts: str, sentence: str) -> None:
    assert say(facts) == sentence


def test_a_stop_sign_that_was_overridden_no_longer_counts_as_blocking() -> None:
    weak = f"{OVER}; departed 2026-07-01 manifest_name"
    assert "1 stop sign blocks referral." in say(weak)
    assert "1 stop sign overridden by name, none left that blocks referral." in say(weak, overridden=1)


def test_the_headline_gives_the_measured_rate() -> None:
    assert "(of 1,000 like this, 820 were)" in say(OVER, measured=Measured(820, 1000))


def test_the_headline_never_names_a_protected_filing() -> None:
    for filing in ("I-589 asylum", "I-918", "I-914", "I-360 vawa", "I-485 vawa"):
        text = say(f"{OVER}; filed 2026-08-01 {filing} pending").lower()
        assert not any(word in text for word in ("asylum", "589", "918", "914", "360", "485", "vawa", "1367", "victim"))
