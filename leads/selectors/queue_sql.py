"""How a page of the queue is found: walk each of the reader's classes by index, add the leads that grants show, merge.

Measured in records-audit-privacy 4.4: with the row-level policy alone a narrow reader's page needs a walk through the
table; here every branch stops after one page. Row-level security stays underneath as the backstop, not as the plan.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from leads.selectors.queue_filter import Order, QueueFilter, conditions

_PARAMETER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an order: the value of the sorted column (text; None where there is none) and the lead's id."""

    value: str | None
    pk: int

    def encode(self) -> str:
        """The place as an opaque word for an address."""
        plain = json.dumps([self.value, self.pk], separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def decode(cursor: str) -> Place | None:
    """Reverse `Place.encode`; None for nothing and for what nobody encoded."""
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, TypeError):
        return None
    if not isinstance(pk, int) or not (value is None or isinstance(value, str)):
        return None
    return Place(value, pk)


def page_ids(wanted: QueueFilter, *, today: Any, after: Place | None, limit: int, backwards: bool = False) -> list[Place]:
    """Up to `limit` places after (or before, nearest first) a place, in the filter's order; leads without a value come last.

    One statement: where the sorted column may be empty, a second short walk stands behind the first.
    """
    order = wanted.order
    runs = (False, True) if order.nullable else (False,)
    parts, bound = [], {"page": limit}
    for number, empty in enumerate(runs[::-1] if backwards else runs):
        if after is not None and _is_past(after, empty=empty, backwards=backwards):
            continue
        start = after if after is not None and (after.value is None) == empty else None
        sql, params = _statement(wanted, today, start, limit, empty=empty, backwards=backwards)
        parts.append(_PARAMETER.sub(rf"%(r{number}_\1)s", f"(SELECT {number} AS run, found.* FROM ({sql}) found)"))  # noqa: S608
        bound |= {f"r{number}_{name}": value for name, value in params.items()}
    if not parts:
        return []
    direction, ids = _directions(order, backwards=backwards)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, value FROM ({' UNION ALL '.join(parts)}) page ORDER BY run, value {direction}, id {ids} LIMIT %(page)s",  # noqa: S608
            bound,
        )
        return [Place(None if value is None else order.text(value), pk) for pk, value in cursor.fetchall()]


def _directions(order: Order, *, backwards: bool) -> tuple[str, str]:
    """How the sorted column and the id run."""
    return ("ASC" if order.ascending != backwards else "DESC", "DESC" if backwards else "ASC")


def _is_past(after: Place, *, empty: bool, backwards: bool) -> bool:
    """Whether a run lies wholly on the other side of the place."""
    return after.value is None and not empty if not backwards else after.value is not None and empty


def count_up_to(wanted: QueueFilter, *, today: Any, limit: int, until: Place | None = None) -> int:
    """How many leads the filter finds (those before `until`, when given), never counting beyond `limit`."""
    return counts_up_to([(wanted, until)], today=today, limit=limit)[0]


def counts_up_to(questions: Sequence[tuple[QueueFilter, Place | None]], *, today: Any, limit: int) -> list[int]:
    """Several such counts with one statement."""
    return [int(found) for found in counts_and(questions, {}, {}, today=today, limit=limit)[0]]


def counts_and(
    questions: Sequence[tuple[QueueFilter, Place | None]],
    beside: Mapping[str, str],
    params_beside: Mapping[str, Any],
    *,
    today: Any,
    limit: int,
) -> tuple[list[int], dict[str, Any]]:
    """Several such counts, and other single values (name to a constant SQL expression) in the same statement."""
    parts = []
    bound: dict[str, Any] = dict(params_beside)
    for number, (wanted, until) in enumerate(questions):
        where, params = conditions(wanted, today)
        before = ""
        if until is not None:
            before, more = _beyond(wanted.order, until, backwards=True)
            params |= more
        params |= {"states": list(wanted.states), "limit": limit}
        counted = f"(SELECT count(*) FROM ({_union(wanted, '1', f'{where} {before}', 'LIMIT %(limit)s')} LIMIT %(limit)s) counted)"  # noqa: S608
        parts.append(_PARAMETER.sub(rf"%(q{number}_\1)s", counted))
        bound |= {f"q{number}_{name}": value for name, value in params.items()}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([*parts, *beside.values()])}", bound)
        row = cursor.fetchone()
    return list(row[: len(parts)]), dict(zip(beside, row[len(parts) :], strict=True))


def every_id(wanted: QueueFilter, *, today: Any) -> tuple[str, dict[str, Any]]:
    """A statement that gives the id of every lead that the filter finds, without order or limit, and its parameters."""
    where, params = conditions(wanted, today)
    return f"SELECT id FROM ({_union(wanted, 'lead.id', where, '')}) found", {**params, "states": list(wanted.states)}  # noqa: S608


def _beyond(order: Order, place: Place, *, backwards: bool) -> tuple[str, dict[str, Any]]:
    """The condition `on the far side of the place`, in a form that the index understands."""
    up = order.ascending != backwards
    column, compare, beyond = order.column, ">=" if up else "<=", ">" if up else "<"
    ids = "<" if backwards else ">"
    if place.value is None:
        later = f"AND ({column} IS NOT NULL OR lead.id < %(after_id)s)" if backwards else f"AND {column} IS NULL AND lead.id > %(after_id)s"
        return later, {"after_id": place.pk}
    sql = f"AND {column} {compare} %(after)s::{order.kind} AND ({column} {beyond} %(after)s::{order.kind} OR lead.id {ids} %(after_id)s)"
    return sql, {"after": place.value, "after_id": place.pk}


def _statement(
    wanted: QueueFilter, today: Any, start: Place | None, limit: int, *, empty: bool, backwards: bool
) -> tuple[str, dict[str, Any]]:
    order = wanted.order
    where, params = conditions(wanted, today)
    beyond = ""
    if start is not None:
        beyond, more = _beyond(order, start, backwards=backwards)
        params |= more
    column = order.column
    direction, ids = _directions(order, backwards=backwards)
    has = f"AND {column} IS {'' if empty else 'NOT '}NULL"
    ordered = f"ORDER BY {column} {direction}, lead.id {ids} LIMIT %(limit)s"
    union = _union(wanted, f"lead.id, {column} AS value", f"{has} {where} {beyond}", ordered)
    sql = f"SELECT id, value FROM ({union}) found ORDER BY value {direction}, id {ids} LIMIT %(limit)s"  # noqa: S608
    return sql, {**params, "states": list(wanted.states), "limit": limit}


def _union(wanted: QueueFilter, columns: str, where: str, tail: str) -> str:
    """One short walk for each class and state, and the granted leads beside them; every fragment is a constant of this package.

    One's own claims are few: they are read by id, and row-level security alone says which of them are still in sight.
    """
    if wanted.mine:
        return f"SELECT {columns} FROM leads_lead lead WHERE lead.state = ANY (%(states)s) {where}"  # noqa: S608
    return f"""
        SELECT q.* FROM unnest((SELECT access_classes())::int[]) AS c (class_id), unnest(%(states)s::text[]) AS s (state),
            LATERAL (SELECT {columns} FROM leads_lead lead WHERE lead.class_id = c.class_id AND lead.state = s.state {where} {tail}) q
        UNION ALL
        (SELECT {columns} FROM leads_lead lead
         WHERE lead.id = ANY ((SELECT leads_granted())::bigint[]) AND NOT lead.class_id = ANY ((SELECT access_classes())::int[])
           AND lead.state = ANY (%(states)s) {where} {tail})
    """  # noqa: S608
