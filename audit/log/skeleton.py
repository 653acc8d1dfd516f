"""The exact bytes of an event that the sealed log hashes. Pure; `verifier/verify_log.py` hashes the same bytes as they stand.

All columns take part, the commitment to the words included; the words themselves do not, so that they can be destroyed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

FORM = 1  # raise it when a column joins: old leaves keep the form under which they were sealed

COLUMNS = (
    "id",
    "uuid",
    "occurred_at",
    "recorded_at",
    "actor_id",
    "via_id",
    "act",
    "allowed",
    "view",
    "object_kind",
    "object_uuid",
    "result_uuids",
    "field_names",
    "purpose_kind",
    "purpose_uuid",
    "session_ref",
    "request_ref",
    "origin",
    "commitment",
    "payload_scope",
)


def selected(alias: str) -> str:
    """The columns as SQL selects them from `alias`; ids of results come as text, which is how they are hashed: half of the cost else."""
    return ", ".join(f"{alias}.{name}::text[]" if name == "result_uuids" else f"{alias}.{name}" for name in COLUMNS)


def skeleton(event: Mapping[str, Any]) -> bytes:
    """One line of JSON: sorted keys, no spaces, UTC to the microsecond, bytes as hexadecimal digits.

    `event` holds every name of `COLUMNS`, ids as UUID or in their text form; raises `KeyError` when one is missing.
    """
    values = {name: _plain(event[name]) for name in COLUMNS}
    values["form"] = FORM
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, list | tuple):
        return [part if type(part) is str else _plain(part) for part in value]
    return bytes(value).hex()
