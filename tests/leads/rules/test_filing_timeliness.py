"""In time or late: the receipt date decides, and paper may wait for the next business day."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.facts import BenefitFiling, FilingMethod, FilingStatus
from leads.rules.filing_timeliness import judge_timeliness, last_filing_day


def filing(received: date, method: FilingMethod, *, basis: str = "extension", status: FilingStatus = FilingStatus.PENDING) -> BenefitFiling:
    return BenefitFiling(receipt_number="", form="I-539", received_on=received, status=status, method=method, basis=basis)


@pytest.mark.parametrize(
    ("last_day", "method", "limit"),
    [
        (date(2026, 7, 9), FilingMethod.PAPER, date(2026, 7, 9)),  # a Thursday
        (date(2026, 7, 11), FilingMethod.PAPER, date(2026, 7, 13)),  # Saturday to Monday
        (date(2026, 7, 12), FilingMethod.PAPER, date(2026, 7, 13)),  # Sunday to Monday
        (date(2026, 7, 11), FilingMethod.ONLINE, date(2026, 7, 11)),
        (date(2026, 7, 11), FilingMethod.UNKNOWN, date(2026, 7, 13)),
        (date(2026, 7, 3), FilingMethod.PAPER, date(2026, 7, 6)),  # Independence Day observed
        (date(2026, 9, 5), FilingMethod.PAPER, date(2026, 9, 8)),  # Labor Day weekend
        (date(2023, 3, 25), FilingMethod.PAPER, date(2023, 3, 25)),  # before the policy
        (date(2023, 4, 1), FilingMethod.PAPER, date(2023, 4, 3)),
        (date(2027, 12, 31), FilingMethod.PAPER, date(2028, 1, 3)),  # New Year's Day 2028 observed
        (date(2028, 2, 29), FilingMethod.PAPER, date(2028, 2, 29)),  # a leap day, a Tuesday
    ],
)
def test_the_last_filing_day(last_day: date, method: FilingMethod, limit: date) -> None:
    assert last_filing_day(last_day, method) == limit


def test_both_sides_of_the_last_day() -> None:
    last = date(2026, 7, 9)
    assert judge_timeliness(filing(last, FilingMethod.ONLINE), last).timely
    late = judge_timeliness(filing(date(2026, 7, 10), FilingMethod.ONLINE), last)
    assert (late.timely, late.authority) == (False, "EOS-LATE")


def test_a_change_of_status_cites_its_own_regulation() -> None:
    late = judge_timeliness(filing(date(2026, 7, 10), FilingMethod.ONLINE, basis="change"), date(2026, 7, 9))
    assert late.authority == "COS-LATE"


def test_a_rejected_filing_was_never_made() -> None:
    judged = judge_timeliness(filing(date(2026, 7, 1), FilingMethod.PAPER, status=FilingStatus.REJECTED), date(2026, 7, 9))
    assert (judged.timely, judged.authority) == (False, "RCPT")


def test_the_weekend_rule_is_named_when_it_saves_a_filing() -> None:
    judged = judge_timeliness(filing(date(2026, 7, 13), FilingMethod.PAPER), date(2026, 7, 11))
    assert (judged.timely, judged.authority) == (True, "WEEKEND")
