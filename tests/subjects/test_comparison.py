"""What each source says of a number, side by side."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.facts import IdentifierKind
from subjects.models import IdentifierFact
from subjects.selectors.comparison import facts_by_source
from subjects.selectors.facts import SubjectFacts


def number(kind: str, index: int, source: str, last_four: str = "4821", country: str = "") -> IdentifierFact:
    return IdentifierFact(
        kind=kind, blind_index=index, source=source, last_four=last_four, country=country, as_of=date(2026, 11, 30), sealed=b""
    )


def agreement(*facts: IdentifierFact) -> str:
    (row,) = facts_by_source(SubjectFacts(identifiers=list(facts))).elements
    return row.agreement


@pytest.mark.parametrize("kind", [IdentifierKind.RECEIPT, IdentifierKind.I94, IdentifierKind.VISA_FOIL, IdentifierKind.PHONE])
def test_several_numbers_of_a_kind_that_comes_again_contradict_nothing(kind: str) -> None:
    assert agreement(number(kind, 1, "claims3"), number(kind, 2, "claims3", "0001")) == "several"
    assert agreement(number(kind, 1, "claims3"), number(kind, 1, "adis")) == "yes"


def test_two_numbers_that_end_alike_are_two_numbers() -> None:
    assert agreement(number("a_number", 1, "claims3"), number("a_number", 2, "eid")) == "differs"
    assert agreement(number("passport", 1, "adis", country="UTO"), number("passport", 2, "sevis", country="XXA")) == "differs"


def test_a_passport_without_its_issuer_is_the_one_that_ends_alike() -> None:
    assert agreement(number("passport", 1, "adis", country="UTO"), number("passport", 9, "tecs")) == "yes"
