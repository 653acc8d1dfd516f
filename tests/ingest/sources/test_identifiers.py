"""Numbers: every spelling gives one form, and simulated ranges hold what they promise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.facts import IdentifierKind as Kind
from ingest.identifiers import (
    FORMS,
    InvalidIdentifier,
    display,
    is_simulated,
    is_valid,
    known_receipt_office,
    mask,
    mrz_check_digit,
    normalize,
)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.I94, "999 000123 x4", "999000123X4"),
        (Kind.I94, "123456789", "00123456789"),
        (Kind.I94, "00123456789", "00123456789"),
        (Kind.A_NUMBER, "A# 900-000-123", "A900000123"),
        (Kind.A_NUMBER, "12345678", "A012345678"),
        (Kind.A_NUMBER, "a12345678", "A012345678"),
        (Kind.PASSPORT, "zz-000 1234", "ZZ0001234"),
        (Kind.SEVIS_ID, "n9900000123", "N9900000123"),
        (Kind.RECEIPT, "sim-26-112-00123", "SIM2611200123"),
        (Kind.VISA_FOIL, "x000 0123", "X0000123"),
        (Kind.FIN, "0012345678", "12345678"),
        (Kind.SSN, "900-01-0123", "900010123"),
        (Kind.PHONE, "(202) 555-0143", "+12025550143"),
        (Kind.PHONE, "+1 202 555 0143", "+12025550143"),
        (Kind.EMAIL, " Ana.Example@Mail.Example ", "ana.example@mail.example"),
        (Kind.TECS_ID, "sim000000123", "SIM000000123"),
    ],
)
def test_every_usual_spelling_gives_one_form(kind: Kind, text: str, value: str) -> None:
    assert normalize(kind, text) == value
    assert normalize(kind, value) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.I94, "12345"),
        (Kind.I94, "9990001234X"),
        (Kind.A_NUMBER, "A12"),
        (Kind.A_NUMBER, "B123456789"),
        (Kind.PASSPORT, "#"),
        (Kind.SEVIS_ID, "990000012"),
        (Kind.RECEIPT, "SIM26"),
        (Kind.SSN, "000-12-3456"),
        (Kind.SSN, "666-12-3456"),
        (Kind.SSN, "123-00-4567"),
        (Kind.SSN, "123-45-0000"),
        (Kind.SSN, "078-05-1120"),
        (Kind.SSN, "912-78-1234"),
        (Kind.SSN, "912-93-1234"),
        (Kind.PHONE, "12"),
        (Kind.EMAIL, "nobody"),
        (Kind.FIN, "12345678901"),
        (Kind.I94, "١٢٣٤٥٦٧٨٩٠١"),
    ],
)
def test_what_cannot_be_a_number_is_refused_without_quoting_it(kind: Kind, text: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        normalize(kind, text)
    assert text not in str(caught.value)
    assert not is_valid(kind, text)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_documented_example_of_every_kind_is_valid_and_simulated(kind: Kind) -> None:
    value = normalize(kind, FORMS[kind].example)
    assert is_simulated(kind, value, country="UTO")


def test_a_passport_of_a_real_country_is_never_simulated() -> None:
    assert is_simulated(Kind.PASSPORT, "ZZ0001234", country="UTO")
    assert not is_simulated(Kind.PASSPORT, "ZZ0001234", country="GBR")


def test_a_plausible_real_number_is_not_simulated() -> None:
    assert not is_simulated(Kind.SSN, "123456789")
    assert not is_simulated(Kind.A_NUMBER, "A212345678")
    assert not is_simulated(Kind.PHONE, "+12025551234")
    assert not is_simulated(Kind.EMAIL, "a@example.com")


def test_numbers_are_masked_to_their_last_four() -> None:
    assert mask(Kind.SSN, "900010123") == "•••0123"
    assert mask(Kind.FIN, "123") == "•••"
    assert mask(Kind.EMAIL, "ana@mail.example") == "•••@mail.example"


def test_numbers_are_printed_as_people_write_them() -> None:
    assert display(Kind.SSN, "900010123") == "900-01-0123"
    assert display(Kind.A_NUMBER, "A900000123") == "A900 000 123"
    assert display(Kind.PHONE, "+12025550143") == "+1 202-555-0143"
    assert display(Kind.RECEIPT, "SIM2611200123") == "SIM2611200123"


@pytest.mark.parametrize(("field", "digit"), [("L898902C3", 6), ("740812", 2), ("120415", 9), ("ZE184226B<<<<<", 1), ("", 0)])
def test_check_digits_agree_with_the_specimen_of_the_standard(field: str, digit: int) -> None:
    assert mrz_check_digit(field) == digit


def test_the_composite_check_digit_of_the_specimen_is_zero() -> None:
    assert mrz_check_digit("L898902C36" + "7408122" + "1204159" + "ZE184226B<<<<<1") == 0


def test_a_machine_readable_field_takes_no_small_letters() -> None:
    with pytest.raises(InvalidIdentifier):
        mrz_check_digit("abc")


def test_receipt_offices_are_known() -> None:
    assert known_receipt_office("WAC2611200123")
    assert known_receipt_office("SIM2611200123")
    assert not known_receipt_office("QQQ2611200123")


@given(kind=st.sampled_from(list(Kind)), text=st.text(max_size=40))
def test_normalizing_twice_changes_nothing(kind: Kind, text: str) -> None:
    try:
        once = normalize(kind, text)
    except InvalidIdentifier:
        return
    assert normalize(kind, once) == once
