"""The picture of a person's stays: what is drawn as over, and what is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from subjects.models import AdmissionFact, FilingFact, LifeEventFact
from subjects.selectors.facts import SubjectFacts
from subjects.selectors.timeline import spans_of

AS_OF = date(2026, 11, 30)
STAY = AdmissionFact(source="adis", class_of_admission="B2", arrived_on=date(2025, 5, 4), admit_until=date(2025, 11, 3))


def over(**facts: list[Any]) -> list[tuple[date, date | None]]:
    spans = spans_of(SubjectFacts(admissions=[STAY], **facts), AS_OF)
    return [(span.start, span.end) for span in spans if span.kind == "over"]


def granted(first: date, last: date, status: str = "approved") -> FilingFact:
    return FilingFact(
        source="claims3", form="I-539", status=status, received_on=date(2025, 10, 1), valid_from=first, valid_until=last, as_of=AS_OF
    )


def became(kind: str, day: date) -> LifeEventFact:
    return LifeEventFact(source="claims3", kind=kind, occurred_on=day, as_of=AS_OF)


def test_a_stay_whose_day_passed_is_over_until_today() -> None:
    assert over() == [(date(2025, 11, 3), None)]


@pytest.mark.parametrize("kind", ["permanent_resident", "naturalized"])
def test_who_became_a_resident_or_a_citizen_is_over_no_longer(kind: str) -> None:
    assert over(life_events=[became(kind, date(2026, 2, 1))]) == [(date(2025, 11, 3), date(2026, 2, 1))]
    assert over(life_events=[became(kind, date(2025, 10, 1))]) == []


def test_a_death_settles_no_status() -> None:
    assert over(life_events=[became("died", date(2026, 2, 1))]) == [(date(2025, 11, 3), None)]


def test_a_granted_time_is_cut_out() -> None:
    extension = granted(date(2025, 11, 4), date(2026, 5, 3))
    late = granted(date(2026, 7, 1), date(2026, 9, 30))

    assert over(filings=[extension]) == [(date(2026, 5, 3), None)]
    assert over(filings=[late, extension]) == [(date(2026, 5, 3), date(2026, 7, 1)), (date(2026, 9, 30), None)]
    assert over(filings=[granted(date(2025, 11, 4), date(2027, 5, 3))]) == []


def test_a_filing_that_was_not_granted_covers_nothing() -> None:
    assert over(filings=[granted(date(2025, 11, 4), date(2026, 5, 3), status="denied")]) == [(date(2025, 11, 3), None)]


def test_words_keep_their_capital_letters() -> None:
    labels = [span.label for span in spans_of(SubjectFacts(life_events=[became("naturalized", date(2026, 2, 1))]), AS_OF)]

    assert labels == ["Became a U.S. citizen"]
