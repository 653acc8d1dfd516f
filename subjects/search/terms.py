"""What a person typed into the search form, as the search uses it. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from ingest.codes import countries
from ingest.facts import IdentifierKind
from ingest.identifiers import InvalidIdentifier, normalize
from subjects.search.dates import Birth, read_birth
from subjects.search.names import tokens

# Kinds tried for a bare number, the most specific first; an e-mail needs its @, a phone its length.
_TRIED = tuple(kind for kind in IdentifierKind if kind not in (IdentifierKind.EMAIL, IdentifierKind.PHONE))
_PHONE_DIGITS = 10


@dataclass(frozen=True)
class Terms:
    """The words as typed; all optional, at least one given (the form sees to it)."""

    name: str = ""
    birth: str = ""
    number: str = ""
    citizenship: str = ""  # ISO alpha-3, as the country of birth
    birth_country: str = ""
    sex: str = ""  # a key of subjects.words.SEX
    address: str = ""  # the line as it begins; after a comma the city
    workplace: str = ""  # words of the name of an employer or school, or the code of a school

    def as_payload(self) -> dict[str, Any]:
        """For the sealed row and the sealed part of the event."""
        return {key: value for key, value in asdict(self).items() if value}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Terms:
        """Reverse `as_payload`."""
        return cls(**{key: str(value) for key, value in payload.items()})

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The name as romanized words."""
        return tokens(self.name)

    @cached_property
    def born(self) -> Birth | None:
        """The days of birth; None when none was typed. Raises `UnreadableDate`, which the form has caught before."""
        return read_birth(self.birth) if self.birth.strip() else None


def readings(number: str) -> list[tuple[IdentifierKind, str, str]]:
    """Every (kind, issuing country, normal form) that a typed number may be; empty when it can be none.

    The issuer of a passport is part of its key and is rarely typed: every country is tried.
    """
    found: list[tuple[IdentifierKind, str, str]] = []
    for kind in _kinds_for(number):
        try:
            value = normalize(kind, number)
        except InvalidIdentifier:
            continue
        issuers = ("", *countries.names()) if kind is IdentifierKind.PASSPORT else ("",)
        found.extend((kind, issuer, value) for issuer in issuers)
    return found


def _kinds_for(number: str) -> tuple[IdentifierKind, ...]:
    if "@" in number:
        return (IdentifierKind.EMAIL,)
    digits = sum(character.isdigit() for character in number)
    return (*_TRIED, IdentifierKind.PHONE) if digits >= _PHONE_DIGITS else _TRIED
