"""AES-256-GCM envelopes, salted commitments and keyed hashes. Pure: keys come in as bytes.

Algorithms are FIPS-approved (records-audit-privacy 6, checks 55 and 57): AES-256-GCM, SHA-256, HMAC-SHA256.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 16


class DecryptionError(Exception):
    """The ciphertext does not belong to this key and context, or it was changed."""


def new_key() -> bytes:
    """Return a fresh 256-bit key."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plaintext: bytes, context: bytes = b"") -> bytes:
    """Encrypt; returns nonce + ciphertext + tag. `context` is authenticated, not stored."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context)


def unseal(key: bytes, sealed: bytes, context: bytes = b"") -> bytes:
    """Reverse `seal`; raises `DecryptionError`."""
    try:
        return AESGCM(key).decrypt(bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:]), context)
    except InvalidTag as error:
        message = "the sealed value does not open with this key"
        raise DecryptionError(message) from error


def canonical(value: Any) -> bytes:
    """One byte string for one JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def commitment(salt: bytes, payload: bytes) -> bytes:
    """SHA-256 over a random salt of 128 bits and the payload: says nothing once the salt is gone."""
    return hashlib.sha256(salt + payload).digest()


def blind_index(key: bytes, kind: str, value: str) -> int:
    """A keyed hash of an identifier as a signed 64-bit integer, for exact look-up without the plain value.

    HMAC-SHA256 cut to 64 bits: among 100 million identifiers the chance of one collision is under 0.03 %, and whoever
    uses a hit also compares the date of birth.
    """
    digest = hmac.digest(key, f"{kind}\x1f{value}".encode(), "sha256")
    return int.from_bytes(digest[:8], "big", signed=True)
