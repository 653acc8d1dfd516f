"""A number has one keyed hash, however a source writes it."""

from __future__ import annotations

import pytest

from subjects.identifiers import identifier_key

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("one", "other"), [("D", "DEU"), ("D<<", "DEU"), ("deu", "DEU"), ("GBR", "GBD"), ("ZZZ", "zzz")])
def test_the_passport_of_one_state_is_one_passport_however_the_state_is_written(one: str, other: str) -> None:
    assert identifier_key("passport", "ZZ0001234", one) == identifier_key("passport", "ZZ0001234", other)


def test_the_same_number_of_two_states_is_two_passports() -> None:
    assert identifier_key("passport", "ZZ0001234", "DEU") != identifier_key("passport", "ZZ0001234", "MEX")


def test_only_a_passport_is_told_by_its_country() -> None:
    assert identifier_key("a_number", "900000123", "DEU") == identifier_key("a_number", "900000123", "MEX")
