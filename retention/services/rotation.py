"""Rotating the key-encryption key: every data key is wrapped anew, what it seals stays as it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg

from audit.keys import key_encryption_key, wrapping_key_name
from foundation.crypto import KEY_BYTES, seal, unseal
from foundation.errors import Conflict
from retention.services.postgres_programs import owner_address


def rotate(new_file: Path) -> int:
    """Wrap every data key under the key in `new_file`, in one transaction; returns how many. Then put that file in place.

    All or nothing: a rotation that is killed has changed nothing. The application must be stopped while it runs, and be
    started with the new file. Raises `Conflict` for a file that is no key, or a key that another one wrapped.
    """
    new = new_file.read_bytes()
    if len(new) != KEY_BYTES:
        message = f"{new_file.name} must hold exactly {KEY_BYTES} random bytes."
        raise Conflict(message)
    old, old_name = key_encryption_key(), wrapping_key_name()
    new_name = hashlib.sha256(b"name" + new).hexdigest()[:16]
    with psycopg.connect(owner_address()) as owner:
        owner.execute("LOCK TABLE audit_datakey IN EXCLUSIVE MODE")
        rows = owner.execute("SELECT scope, wrapped, wrapping_key FROM audit_datakey").fetchall()
        foreign = sum(1 for _, _, name in rows if name != old_name)
        if foreign:
            message = f"{foreign} data keys are wrapped by another key than the one in force. Nothing was changed."
            raise Conflict(message)
        with owner.cursor() as cursor:
            cursor.executemany(
                "UPDATE audit_datakey SET wrapped = %s, wrapping_key = %s WHERE scope = %s",
                [(seal(new, unseal(old, wrapped, scope.bytes), scope.bytes), new_name, scope) for scope, wrapped, _ in rows],
            )
    return len(rows)
