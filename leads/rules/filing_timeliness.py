"""Was a filing in time? The receipt date decides, never the notice or load date (authorities.md RCPT, WEEKEND)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from foundation.calendar import is_business_day, next_business_day
from ingest.facts import BenefitFiling, FilingMethod, FilingStatus
from leads.rules.periods import NEXT_BUSINESS_DAY_FROM
from leads.rules.words import day


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Whether a filing counts as made in time, the last day on which it would have, and the sentence that says so."""

    timely: bool
    last_day: date
    sentence: str
    authority: str
    for_a_person: bool = False  # neither in time nor late: only a person may say


def last_filing_day(last_lawful_day: date, method: FilingMethod) -> date:
    """Return the last receipt date that counts as in time.

    A paper filing whose last day falls on a weekend or federal holiday may arrive by the end of the next business day
    (since 29 Mar 2023); an online filing may not. An unknown method gets the benefit of the doubt. Source: USCIS Policy
    Manual vol. 1 part B ch. 6, key WEEKEND.
    """
    if method is FilingMethod.ONLINE or last_lawful_day < NEXT_BUSINESS_DAY_FROM or is_business_day(last_lawful_day):
        return last_lawful_day
    return next_business_day(last_lawful_day)


def judge_timeliness(filing: BenefitFiling, last_lawful_day: date) -> Timeliness:
    """Return whether `filing` was received by the last lawful day (8 CFR 214.1(c)(4), 248.1(b); EOS-LATE, COS-LATE).

    A rejected filing was never filed (key RCPT).
    """
    limit = last_filing_day(last_lawful_day, filing.method)
    authority = "COS-LATE" if filing.basis == "change" else "EOS-LATE"
    if filing.status is FilingStatus.REJECTED:
        return Timeliness(
            timely=False,
            last_day=limit,
            sentence=f"Filing of {day(filing.received_on)} was rejected, so it was never made.",
            authority="RCPT",
        )
    if filing.received_on > limit:
        sentence = f"Filed {day(filing.received_on)}, after the stay had ended on {day(last_lawful_day)}."
        return Timeliness(timely=False, last_day=limit, sentence=sentence, authority=authority)
    if filing.received_on > last_lawful_day:
        sentence = f"Filed on paper {day(filing.received_on)}, the next business day after {day(last_lawful_day)}: in time."
        return Timeliness(timely=True, last_day=limit, sentence=sentence, authority="WEEKEND")
    sentence = f"Filed {day(filing.received_on)}, in time: the last day was {day(last_lawful_day)}."
    return Timeliness(timely=True, last_day=limit, sentence=sentence, authority=authority)
