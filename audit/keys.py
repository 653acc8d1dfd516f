"""Data keys by opaque scope: made on first use, wrapped by the key-encryption key, gone when their scope is destroyed.

The key-encryption key is read from the file named by the setting `KEY_ENCRYPTION_KEY_FILE`: it never enters the database.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from foundation.crypto import BlindIndexer, new_key, seal, unseal

WORDS_OF_A_RECORD = "audit payload"  # purposes: words that end with a record, and those that end some time after their day
WORDS_OF_A_DAY = "words of a day"
SCOPES = uuid.UUID("6f1f5b0e-6a0f-5f43-9a34-1e5a4c1d0001")  # namespace of the named scopes


class KeyDestroyed(LookupError):
    """The data key of this scope is gone: what it sealed cannot be read again."""


@cache
def _read_key(path: str) -> bytes:
    key = Path(path).read_bytes()
    if len(key) != 32:
        message = f"the key file {Path(path).name} must hold exactly 32 bytes"
        raise ValueError(message)
    return key


def key_encryption_key() -> bytes:
    """The 32 bytes that wrap every data key."""
    return _read_key(str(settings.KEY_ENCRYPTION_KEY_FILE))


def index_key() -> bytes:
    """The key of the blind indexes (`foundation.crypto.blind_index`)."""
    return _read_key(str(settings.INDEX_KEY_FILE))


@cache
def indexer() -> BlindIndexer:
    """The same key, made ready for hashing many values; read once a process."""
    return BlindIndexer(index_key())


def wrapping_key_name() -> str:
    """A short public name of the key-encryption key, kept beside what it wraps so that it can be rotated."""
    return hashlib.sha256(b"name" + key_encryption_key()).hexdigest()[:16]


def named_scope(name: str) -> uuid.UUID:
    """The scope of a shared key: `identifiers`, `search 2026-11-24`, ..."""
    return uuid.uuid5(SCOPES, name)


def data_key(scope: uuid.UUID, *, purpose: str) -> bytes:
    """Return the scope's data key, making it on first use (safe against a race: the first insert wins)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrapped FROM audit_datakey WHERE scope = %s", [scope])
        row = cursor.fetchone()
        if row is None:
            wrapped = seal(key_encryption_key(), new_key(), scope.bytes)
            cursor.execute(
                "INSERT INTO audit_datakey (scope, purpose, wrapped, wrapping_key) VALUES (%s, %s, %s, %s) ON CONFLICT (scope) DO NOTHING",
                [scope, purpose, wrapped, wrapping_key_name()],
            )
            cursor.execute("SELECT wrapped FROM audit_datakey WHERE scope = %s", [scope])
            row = cursor.fetchone()
    return unseal(key_encryption_key(), row[0], scope.bytes)


def data_keys(scopes: Sequence[uuid.UUID], *, purpose: str) -> dict[uuid.UUID, bytes]:
    """Return the data keys of many scopes with two or three queries, making those that are missing."""
    found = _wrapped(scopes)
    missing = sorted(set(scopes) - set(found))
    if missing:
        wrapped = [seal(key_encryption_key(), new_key(), scope.bytes) for scope in missing]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_datakey (scope, purpose, wrapped, wrapping_key) "
                "SELECT scope, %s, wrapped, %s FROM unnest(%s::uuid[], %s::bytea[]) AS made (scope, wrapped) "
                "ON CONFLICT (scope) DO NOTHING",
                [purpose, wrapping_key_name(), missing, wrapped],
            )
        found |= _wrapped(missing)
    return {scope: unseal(key_encryption_key(), key, scope.bytes) for scope, key in found.items()}


def _wrapped(scopes: Sequence[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT scope, wrapped FROM audit_datakey WHERE scope = ANY (%s)", [list(scopes)])
        return dict(cursor.fetchall())


def existing_keys(scopes: Sequence[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    """Return the data keys of those scopes that have one, with one query; none is made, and destroyed ones are left out."""
    return {scope: unseal(key_encryption_key(), key, scope.bytes) for scope, key in _wrapped(scopes).items()}


def existing_key(scope: uuid.UUID) -> bytes:
    """Return the scope's data key; raise `KeyDestroyed` when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrapped FROM audit_datakey WHERE scope = %s", [scope])
        row = cursor.fetchone()
    if row is None:
        raise KeyDestroyed(str(scope))
    return unseal(key_encryption_key(), row[0], scope.bytes)
