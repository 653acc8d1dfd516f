"""Numbers that single out a person or a record: normal form, check, print form, mask, and the simulated ranges.

Formats: domain.md 4.2. Pure: no Django. `normalize` is the one door: whatever way an extract, a form or a search writes
a number, the same number gives the same string.

Simulated data (the demo, the tests, `ingest.simulator`) uses only numbers that cannot be anybody's:

- Social Security number: area 900-999 with group 01-49. No SSN has an area of 900 or more, and taxpayer numbers that do
  (ITIN, ATIN) have a group of 50 or more: impossible.
- Passport: issued by `UTO`, the "Utopia" of the specimens in ICAO Doc 9303: impossible.
- Receipt: office prefix `SIM`, which no service center has: impossible.
- EID event: site `SIM`, which no office has: impossible.
- Phone: exchange 555, line 0100-0199, kept for fiction by the numbering plan: impossible.
- E-mail: a host under `.example`, reserved by RFC 2606: impossible.
- I-94: `999`, six digits, one of X, Y, Z, a digit. A-number: 900 000 000 and above. SEVIS ID: `N99`. FIN and EID subject:
  ten digits from 99. Visa foil: `X` and seven digits. TECS: `SIM` and nine digits. School: district `SIM`. Program: `P-4-99`.
  No public document says that these ranges are in use; they are *declared* fictional, here and in `docs/extracts.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ingest.facts import IdentifierKind

_SEPARATORS = str.maketrans("", "", " -#./\t\u00a0\u2010\u2011\u2012\u2013")
_UTOPIA = "UTO"
_KNOWN_RECEIPT_OFFICES = frozenset({"EAC", "VSC", "WAC", "CSC", "LIN", "NSC", "SRC", "TSC", "MSC", "NBC", "YSC", "IOE"})
_SSN_NEVER_ISSUED_SINGLY = frozenset({"078051120", "457555462", "219099999"})  # printed in advertisements


class InvalidIdentifier(ValueError):
    """The text cannot be a number of this kind; the message says what one looks like and never quotes the text."""


class Form(NamedTuple):
    """How one kind of number looks: the pattern of its normal form, words for people, an example from the simulated range."""

    pattern: re.Pattern[str]
    words: str
    example: str
    simulated: re.Pattern[str]


def _form(pattern: str, words: str, example: str, simulated: str) -> Form:
    return Form(re.compile(pattern, re.ASCII), words, example, re.compile(simulated, re.ASCII))


FORMS: dict[IdentifierKind, Form] = {
    IdentifierKind.I94: _form(
        r"\d{11}|\d{9}[A-Z]\d", "eleven digits, or nine digits, a letter and a digit", "999000123X4", r"999\d{6}[XYZ]\d"
    ),
    IdentifierKind.PASSPORT: _form(r"[A-Z0-9]{3,25}", "three to twenty-five letters and digits", "ZZ0001234", r"ZZ\d{7}"),
    IdentifierKind.A_NUMBER: _form(r"A\d{9}", "A and eight or nine digits", "A900000123", r"A9\d{8}"),
    IdentifierKind.SEVIS_ID: _form(r"N\d{10}", "N and ten digits", "N9900000123", r"N99\d{8}"),
    IdentifierKind.FIN: _form(r"\d{1,10}", "up to ten digits", "9900000123", r"99\d{8}"),
    IdentifierKind.VISA_FOIL: _form(r"\d{8}|[A-Z]\d{7}", "eight digits, or a letter and seven digits", "X0000123", r"X\d{7}"),
    IdentifierKind.RECEIPT: _form(r"[A-Z]{3}\d{10}", "three letters and ten digits", "SIM2611200123", r"SIM\d{10}"),
    IdentifierKind.SSN: _form(r"\d{9}", "nine digits", "900-01-0123", r"9\d\d(?:0[1-9]|[1-4]\d)\d{4}"),
    IdentifierKind.EID_SUBJECT: _form(r"\d{1,12}", "up to twelve digits", "9900000123", r"99\d{8}"),
    IdentifierKind.TECS_ID: _form(r"[A-Z0-9]{6,16}", "six to sixteen letters and digits", "SIM000000123", r"SIM\d{9}"),
    IdentifierKind.PHONE: _form(
        r"\+\d{7,15}", "an international number: + and seven to fifteen digits", "+1-202-555-0143", r"\+1\d{3}55501\d\d"
    ),
    IdentifierKind.EMAIL: _form(r"[^@\s]{1,64}@[^@\s]{1,190}", "name, @, host", "a.example.1@mail.example", r"[^@\s]+@[^@\s]+\.example"),
}

SCHOOL_CODE = re.compile(r"[A-Z]{3}214F\d{8}", re.ASCII)
PROGRAM_CODE = re.compile(r"P-[1-4]-\d{5}|G-[1-7]-\d{5}", re.ASCII)
EID_EVENT = re.compile(r"[A-Z]{3}\d{2}(?:0[1-9]|1[0-2])\d{6}", re.ASCII)
VISA_CONTROL = re.compile(r"(?:19|20)\d{12}", re.ASCII)
CIP = re.compile(r"\d{2}\.\d{4}", re.ASCII)
SIMULATED_SCHOOL_CODE = re.compile(r"SIM214F\d{8}", re.ASCII)
SIMULATED_PROGRAM_CODE = re.compile(r"P-4-99\d{3}", re.ASCII)
SIMULATED_EID_EVENT = re.compile(r"SIM\d{10}", re.ASCII)
SIMULATED_VISA_CONTROL = re.compile(r"20\d\d999\d{7}", re.ASCII)  # day 999 of a year: impossible


def normalize(kind: IdentifierKind, text: str) -> str:
    """The normal form of a number as any system or person wrote it; raises `InvalidIdentifier` when it cannot be one.

    I-94: letters upper case, left-padded with zeros to eleven when all digits. A-number: `A` and nine digits. Receipt and
    passport: without separators, upper case. Phone: `+` and digits (ten bare digits are taken as a US number). E-mail:
    lower case. FIN and EID subject: without leading zeros.
    """
    form = FORMS[kind]
    if form.pattern.fullmatch(text) and kind not in REWRITTEN:
        return text
    value = _REWRITE.get(kind, _plain)(text)
    if not form.pattern.fullmatch(value):
        raise InvalidIdentifier(f"This is not {_article(kind)}: it should be {form.words}.")
    if kind is IdentifierKind.SSN:
        _check_ssn(value)
    return value


def is_valid(kind: IdentifierKind, text: str) -> bool:
    """Whether `normalize` would take the text."""
    try:
        normalize(kind, text)
    except InvalidIdentifier:
        return False
    return True


def display(kind: IdentifierKind, value: str) -> str:
    """The normal form as people print it: `A900 000 123`, `900-01-0123`, `+1 202-555-0143`; others as they are."""
    if kind is IdentifierKind.SSN and len(value) == 9:
        return f"{value[:3]}-{value[3:5]}-{value[5:]}"
    if kind is IdentifierKind.A_NUMBER and len(value) == 10:
        return f"A{value[1:4]} {value[4:7]} {value[7:]}"
    if kind is IdentifierKind.PHONE and value.startswith("+1") and len(value) == 12:
        return f"+1 {value[2:5]}-{value[5:8]}-{value[8:]}"
    return value


def mask(kind: IdentifierKind, value: str) -> str:
    """All but the last four characters hidden; a value of four or fewer is hidden whole. E-mail keeps only its host."""
    if kind is IdentifierKind.EMAIL:
        return "•••@" + value.rpartition("@")[2]
    return "•••" + value[-4:] if len(value) > 4 else "•••"


def is_simulated(kind: IdentifierKind, value: str, *, country: str = "") -> bool:
    """Whether a normalized number lies in the range that no real person can have. A passport also needs its issuer, `UTO`."""
    if kind is IdentifierKind.PASSPORT and country != _UTOPIA:
        return False
    return FORMS[kind].simulated.fullmatch(value) is not None


def known_receipt_office(receipt: str) -> bool:
    """Whether the first three letters are a USCIS office (or the simulator's `SIM`)."""
    return receipt[:3] in _KNOWN_RECEIPT_OFFICES or receipt.startswith("SIM")


def mrz_check_digit(text: str) -> int:
    """The check digit of a machine-readable field: weights 7, 3, 1; digits their value, A-Z 10-35, `<` 0 (ICAO Doc 9303).

    Raises `InvalidIdentifier` for any other character.
    """
    total = 0
    for position, character in enumerate(text):
        if character == "<":
            value = 0
        elif character.isascii() and (character.isdigit() or character.isupper()):
            value = int(character, 36)
        else:
            raise InvalidIdentifier("A machine-readable field holds only A-Z, 0-9 and <.")
        total += value * (7, 3, 1)[position % 3]
    return total % 10


def _plain(text: str) -> str:
    return text.translate(_SEPARATORS).upper()


def _i94(text: str) -> str:
    value = _plain(text)
    return value.zfill(11) if value.isdigit() and 8 <= len(value) <= 11 else value


def _a_number(text: str) -> str:
    digits = _plain(text).removeprefix("A")
    return f"A{digits.zfill(9)}" if digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 9 else "A" + digits


def _number(text: str) -> str:
    return _plain(text).lstrip("0") or "0"


def _phone(text: str) -> str:
    plus = text.strip().startswith("+")
    digits = "".join(character for character in text if character.isascii() and character.isdigit())
    if not plus and len(digits) == 10:
        digits = "1" + digits
    return "+" + digits


def _email(text: str) -> str:
    return text.strip().lower()


def _check_ssn(value: str) -> None:
    area, group, serial = value[:3], value[3:5], value[5:]
    if value in _SSN_NEVER_ISSUED_SINGLY or group == "00" or serial == "0000" or area in {"000", "666"}:
        raise InvalidIdentifier("This is not a Social Security number: its digits are of a range that is never issued.")
    if area >= "900" and not FORMS[IdentifierKind.SSN].simulated.fullmatch(value):
        raise InvalidIdentifier("This is a taxpayer number (ITIN or ATIN), not a Social Security number.")


def _article(kind: IdentifierKind) -> str:
    return {
        IdentifierKind.I94: "an I-94 number",
        IdentifierKind.PASSPORT: "a passport number",
        IdentifierKind.A_NUMBER: "an A-number",
        IdentifierKind.SEVIS_ID: "a SEVIS ID",
        IdentifierKind.FIN: "a fingerprint number (FIN)",
        IdentifierKind.VISA_FOIL: "a visa number",
        IdentifierKind.RECEIPT: "a receipt number",
        IdentifierKind.SSN: "a Social Security number",
        IdentifierKind.EID_SUBJECT: "an EID subject number",
        IdentifierKind.TECS_ID: "a TECS record number",
        IdentifierKind.PHONE: "a phone number",
        IdentifierKind.EMAIL: "an e-mail address",
    }[kind]


_REWRITE: dict[IdentifierKind, Callable[[str], str]] = {
    IdentifierKind.I94: _i94,
    IdentifierKind.A_NUMBER: _a_number,
    IdentifierKind.FIN: _number,
    IdentifierKind.EID_SUBJECT: _number,
    IdentifierKind.PHONE: _phone,
    IdentifierKind.EMAIL: _email,
}
# Kinds whose text may fit the pattern and still not be the normal form.
REWRITTEN = frozenset({IdentifierKind.FIN, IdentifierKind.EID_SUBJECT, IdentifierKind.EMAIL, IdentifierKind.SSN})
# Texts that `normalize` surely gives back as they are: for whoever reads whole columns of them.
KEPT_AS_IT_IS: dict[IdentifierKind, re.Pattern[str]] = {kind: form.pattern for kind, form in FORMS.items() if kind not in REWRITTEN} | {
    IdentifierKind.FIN: re.compile(r"[1-9]\d{0,9}", re.ASCII),
    IdentifierKind.EID_SUBJECT: re.compile(r"[1-9]\d{0,11}", re.ASCII),
}
