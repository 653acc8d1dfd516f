"""Words about a lead, sealed under its own key: when the key is destroyed, they are gone everywhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from audit.keys import data_key, data_keys, existing_key
from foundation.crypto import seal, unseal

PURPOSE = "lead"
if TYPE_CHECKING:
    Sealed = bytes | memoryview[int] | None  # what a binary column gives


def seal_words(lead_uuid: uuid.UUID, words: str | bytes) -> bytes:
    """Seal a text (or bytes) under the lead's key, which is made on first use."""
    plain = words.encode() if isinstance(words, str) else words
    return seal(data_key(lead_uuid, purpose=PURPOSE), plain, lead_uuid.bytes)


def seal_many(words: Mapping[uuid.UUID, str]) -> dict[uuid.UUID, bytes]:
    """Seal one text for each lead, with a fixed number of queries."""
    keys = data_keys(list(words), purpose=PURPOSE)
    return {lead: seal(keys[lead], text.encode(), lead.bytes) for lead, text in words.items()}


def read_bytes(lead_uuid: uuid.UUID, sealed: Sealed) -> bytes:
    """Reverse `seal_words`; empty for nothing. Raises `KeyDestroyed` when the lead was destroyed."""
    return unseal(existing_key(lead_uuid), bytes(sealed), lead_uuid.bytes) if sealed else b""


def read_words(lead_uuid: uuid.UUID, sealed: Sealed) -> str:
    """The sealed text; empty for nothing."""
    return read_bytes(lead_uuid, sealed).decode()


def read_all(lead_uuid: uuid.UUID, sealed: Iterable[Sealed]) -> list[str]:
    """Several texts of one lead with one look-up of its key."""
    found = list(sealed)
    if not any(found):
        return ["" for _ in found]
    key = existing_key(lead_uuid)
    return [unseal(key, bytes(each), lead_uuid.bytes).decode() if each else "" for each in found]
