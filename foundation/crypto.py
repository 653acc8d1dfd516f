"""AES-256-GCM envelopes, salted commitments and keyed hashes. Pure: keys come in as bytes.

Algorithms are FIPS-approved (records-audit-privacy 6, checks 55 and 57): AES-256-GCM, SHA-256, HMAC-SHA256.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import struct
from collections.abc import Callable, Iterator
from functools import lru_cache
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


class Sealer:
    """`seal` under one key, made ready once: for whoever seals every row of an extract."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._nonces = _nonces()

    def seal(self, plaintext: bytes, context: bytes = b"") -> bytes:
        """The same as `seal` with this key."""
        nonce = next(self._nonces)
        return nonce + self._cipher.encrypt(nonce, plaintext, context)


def _nonces() -> Iterator[bytes]:
    """Random nonces, drawn from the operating system by the hundred: asking it once a row costs as much as sealing."""
    while True:
        drawn = secrets.token_bytes(NONCE_BYTES * 256)
        yield from (drawn[start : start + NONCE_BYTES] for start in range(0, len(drawn), NONCE_BYTES))


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


class BlindIndexer:
    """`blind_index` under one key, with the key's half of the hashing done once: for whoever hashes a whole extract."""

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(64, b"\0")  # RFC 2104; the keys are 32 bytes, never longer than a block
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
        self.of_kind = lru_cache(maxsize=4096)(self._of_kind)  # kinds are words of code, or a passport of a country

    def index(self, kind: str, value: str) -> int:
        """The same number as `blind_index` with this key."""
        return self.of_kind(kind)(value)

    def _of_kind(self, kind: str) -> Callable[[str], int]:
        """`index` of one kind, with the kind's share of the hashing done once too."""
        inner = self._inner.copy()
        inner.update(f"{kind}\x1f".encode())
        return _primed(inner, self._outer)


def _primed(inner: Any, outer: Any) -> Callable[[str], int]:
    start, finish, first_half = inner.copy, outer.copy, struct.Struct(">q24x").unpack

    def index(value: str) -> int:
        message, digest = start(), finish()
        message.update(value.encode())
        digest.update(message.digest())
        key: int = first_half(digest.digest())[0]
        return key

    return index
