"""When a session is open, locked or over: pure arithmetic on three moments."""

from __future__ import annotations

from typing import Any

import pytest

from access.session_clock import LOCKED, OPENED, SEEN, Standing, standing
from access.sign_in import METHODS_KEY

SIGNED_IN = 1_000_000.0
IDLE, LONGEST = 900, 12 * 3600


def session(*, proved: float = SIGNED_IN, **values: float) -> dict[str, Any]:
    return {METHODS_KEY: [{"method": "password", "at": SIGNED_IN}, {"method": "mfa", "at": proved}], **values}


def judged(held: dict[str, Any], after: float) -> Standing:
    return standing(held, now=SIGNED_IN + after, idle_seconds=IDLE, longest_seconds=LONGEST)


@pytest.mark.check(16)
@pytest.mark.parametrize(("seconds", "expected"), [(899, Standing.OPEN), (900, Standing.LOCKED), (901, Standing.LOCKED)])
def test_it_locks_fifteen_minutes_after_the_last_work(seconds: float, expected: Standing) -> None:
    assert judged(session(), seconds) is expected
    assert judged(session(**{SEEN: SIGNED_IN + 5000}), 5000 + seconds) is expected


@pytest.mark.check(17)
def test_it_is_over_twelve_hours_after_the_first_factor_whatever_was_done_in_it() -> None:
    busy = session(proved=SIGNED_IN + LONGEST - 1, **{OPENED: SIGNED_IN, SEEN: SIGNED_IN + LONGEST - 1})

    assert judged(busy, LONGEST - 1) is Standing.OPEN
    assert judged(busy, LONGEST) is Standing.OVER


def test_a_lock_stays_until_somebody_proves_who_they_are() -> None:
    assert judged(session(**{SEEN: SIGNED_IN + 10, LOCKED: SIGNED_IN + 10}), 11) is Standing.LOCKED
    assert judged(session(proved=SIGNED_IN + 20, **{SEEN: SIGNED_IN + 10, LOCKED: SIGNED_IN + 10}), 21) is Standing.OPEN


def test_a_session_that_says_nothing_of_its_beginning_is_over() -> None:
    assert judged({}, 0) is Standing.OVER
