"""Until when something should be done: days of the desk, ours and not taken from any authority [own]. Pure.

A clock starts on the day on which a lead came into its state (its newest move) and runs as long as state and risk say: nothing
but the history and the judgement makes it, so that it can be computed again at any time.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from foundation.calendar import add_business_days, business_days_between
from leads.states import LeadState

TRIAGE_DAYS = {"high": 3, "medium": 10, "low": 20}  # business days from the queue to a decision
AGAIN_DAYS = 3  # business days for what came back: returned, reopened, with a supervisor
ACCEPT_DAYS = 3  # business days for an office to accept or return
ACT_DAYS = 30  # calendar days from acceptance to an outcome
HOLD_DAYS = 30  # calendar days after which a hold without an end is looked at again
RELY_DAYS = 14  # calendar days for which a packet may be relied on at most

_AGAIN = frozenset({LeadState.RETURNED, LeadState.REOPENED, LeadState.IN_REVIEW})


@lru_cache(maxsize=256)
def due_on(state: str, today: date, *, risk: str = "", hold_until: date | None = None) -> date | None:
    """The day by which a lead that entered `state` on the day `today` should leave it; None for a closed one."""
    if state in (LeadState.CLOSED, LeadState.AUTO_CLOSED):
        return None
    if state == LeadState.ON_HOLD:
        return hold_until or today + timedelta(days=HOLD_DAYS)
    if state == LeadState.REFERRED:
        return add_business_days(today, ACCEPT_DAYS)
    if state == LeadState.ACCEPTED:
        return today + timedelta(days=ACT_DAYS)
    if state in _AGAIN:
        return add_business_days(today, AGAIN_DAYS)
    return add_business_days(today, TRIAGE_DAYS.get(risk, TRIAGE_DAYS["low"]))


def days_left(due: date, today: date) -> int:
    """Working days from `today` until `due`; negative when it is over."""
    return business_days_between(today, due)


def clock_words(due: date | None, today: date) -> tuple[str, str]:
    """The clock as the queue prints it, in working days, and its tone (`bad`, `caution`, or none)."""
    if due is None:
        return "", ""
    left = days_left(due, today)
    if due < today:
        return (f"overdue {-left} d" if left else "overdue"), "bad"
    if due == today:
        return "today", "caution"
    return (f"{left} d left" if left else "next working day"), ""
