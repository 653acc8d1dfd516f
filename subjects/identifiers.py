"""Numbers that single out a person, as they are kept: a keyed hash to find them, a sealed value to show them, four signs for the page."""

from __future__ import annotations

from audit.keys import data_key, existing_key, index_key, named_scope
from foundation.crypto import blind_index, seal, unseal
from subjects.models import IdentifierFact

SCOPE = named_scope("identifiers")


def identifier_key(kind: str, value: str, country: str = "") -> int:
    """The blind index of a normalized number; `country` is the issuer of a passport (raw code) and empty for all else."""
    return blind_index(index_key(), f"{kind}:{country}", value)


def seal_identifier(kind: str, value: str) -> bytes:
    """Encrypt a normalized number under the key that all identifiers share."""
    return seal(data_key(SCOPE, purpose="identifiers"), value.encode(), kind.encode())


def reveal(fact: IdentifierFact) -> str:
    """The normalized number. The caller has asked for the permission and records the event."""
    return unseal(existing_key(SCOPE), bytes(fact.sealed), fact.kind.encode()).decode()


def last_four(value: str) -> str:
    """What the masked form shows; nothing of a number of four signs or fewer."""
    return value[-4:] if len(value) > 4 else ""
