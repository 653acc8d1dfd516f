"""Numbers of people as the database holds them: a keyed hash to find them, sealed to read them, the last four to show."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from audit.keys import data_key, existing_key, indexer, named_scope
from foundation.crypto import seal, unseal
from ingest.codes.countries import iso3

if TYPE_CHECKING:
    from subjects.models import IdentifierFact

SCOPE = named_scope("identifiers")


def identifier_key(kind: str, value: str, country: str = "") -> int:
    """The keyed hash of a number in its normal form; only a passport's issuing country (ICAO code) is part of it."""
    return identifier_keys(kind, country)(value)


def identifier_keys(kind: str, country: str = "") -> Callable[[str], int]:
    """`identifier_key` of one kind and country, for many values."""
    return indexer().of_kind(f"{kind}:{_issuer(country) if kind == 'passport' else ''}")


@lru_cache(maxsize=1024)
def _issuer(country: str) -> str:
    """One code for the state that issued a passport: Germany writes D in its documents where others write DEU (domain.md 4.3)."""
    code = country.upper().strip(" <")
    return iso3("icao", code) or code


def identifiers_key() -> bytes:
    """The shared key under which every identifier is sealed."""
    return data_key(SCOPE, purpose="identifiers")


def seal_identifier(kind: str, value: str) -> bytes:
    """A number in its normal form, sealed; it opens only as the same kind."""
    return seal(identifiers_key(), value.encode(), kind.encode())


def reveal(fact: IdentifierFact) -> str:
    """The number in its normal form. Whoever calls this records why; raises `audit.keys.KeyDestroyed`."""
    return unseal(existing_key(SCOPE), bytes(fact.sealed), fact.kind.encode()).decode()


def last_four(value: str) -> str:
    """What pages show of a number before anybody reveals it; nothing of one that has no more than four characters."""
    return value[-4:] if len(value) > 4 else ""
