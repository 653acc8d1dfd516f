"""The exact bytes of an event that the sealed log hashes. Pure; `verifier/verify_log.py` hashes the same bytes as they stand.

All columns take part, the commitment to the words included; the words themselves do not, so that they can be destroyed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from json.encoder import encode_basestring_ascii as quoted
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


# --- the same bytes, many at a time -----------------------------------------------------------------------------------
# PostgreSQL writes times, ids and bytes as the form wants them, which it does twenty times as fast as Python; what may hold
# any character is quoted here. A test compares both ways on drawn events.

_WORDS = ("act", "view", "object_kind", "purpose_kind", "session_ref", "origin")
_TIMES = ("occurred_at", "recorded_at")
_IDS = ("object_uuid", "purpose_uuid", "request_ref", "payload_scope")
_ROW = ("uuid", *_WORDS, "field_names", "id", "actor_id", "via_id", "allowed", *_TIMES, *_IDS, "commitment", "result_uuids")
ROW_LENGTH = len(_ROW)


def selected(alias: str) -> str:
    """What SQL selects from `alias` for `line_of`, `ROW_LENGTH` columns; the first is the event's id as text."""

    def written(name: str) -> str:
        column = f"{alias}.{name}"
        if name in _WORDS:
            return column
        if name in _TIMES:
            # the era would be left out: a time that somebody moved before it is another one
            era = f"CASE WHEN {column} < '0001-01-01Z' THEN ' BC' ELSE '' END"
            return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') || {era}"
        if name in _IDS:
            return f"coalesce('\"' || {column}::text || '\"', 'null')"
        special = {
            "uuid": f"{column}::text",
            "field_names": f"nullif({column}, '{{}}')",
            "commitment": f"coalesce('\"' || encode({column}, 'hex') || '\"', 'null')",
            "result_uuids": (  # an id that is none, and a table of ids, are what nobody wrote: neither may look like a list of ids
                f"CASE WHEN {column} = '{{}}' THEN '[]' WHEN array_ndims({column}) > 1 THEN to_json({column})::text "
                f"ELSE '[\"' || array_to_string({column}, '\",\"', 'null') || '\"]' END"
            ),
        }
        return special.get(name, f"coalesce({column}::text, 'null')")

    return ", ".join(written(name) for name in _ROW)


def line_of(row: Sequence[Any]) -> bytes:
    """The bytes of `skeleton` for a row as `selected` selects it; further columns are passed over."""
    uuid, act, view, kind, purpose, session, origin, fields, number, actor, via, allowed, at, noted, *rest = row
    object_uuid, purpose_uuid, request, scope, commitment, results = rest[:6]
    names = f"[{','.join('null' if name is None else quoted(name) for name in fields)}]" if fields else "[]"
    return (
        f'{{"act":{quoted(act)},"actor_id":{actor},"allowed":{allowed},"commitment":{commitment},"field_names":{names},"form":{FORM},'
        f'"id":{number},"object_kind":{quoted(kind)},"object_uuid":{object_uuid},"occurred_at":"{at}","origin":{quoted(origin)},'
        f'"payload_scope":{scope},"purpose_kind":{quoted(purpose)},"purpose_uuid":{purpose_uuid},"recorded_at":"{noted}",'
        f'"request_ref":{request},"result_uuids":{results},"session_ref":{quoted(session)},"uuid":"{uuid}","via_id":{via},'
        f'"view":{quoted(view)}}}'
    ).encode()


def has_words(row: Sequence[Any]) -> bool:
    """Whether the event of such a row committed to words."""
    return bool(row[_ROW.index("commitment")] != "null")
