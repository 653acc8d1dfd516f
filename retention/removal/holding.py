"""Putting records under a hold, and live holds that go on asking: at a record's creation, each night, and before anything goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from foundation.errors import Conflict
from retention.hold_query import HoldQuery
from retention.models import Hold

GONE = "LT404"  # SQLSTATE of the trigger: the record went before the hold came

INSERT = """
INSERT INTO retention_holdlead (hold_id, class_id, lead_uuid, lead_number, by_query, added_at)
SELECT %s, coalesce(found.class_id, %s), found.uuid, found.number, true, %s FROM ({records}) found (uuid, number, class_id)
WHERE NOT EXISTS (SELECT 1 FROM retention_holdlead x WHERE x.hold_id = %s AND x.lead_uuid = found.uuid)
ORDER BY found.uuid ON CONFLICT DO NOTHING
"""


def hold_matching(hold: Hold, query: HoldQuery, *, now: datetime, leads: Sequence[UUID] | None = None) -> int:
    """Put under `hold` what its query matches and is not under it yet: all records, or of `leads`; returns how many."""
    count = 0
    for table, alias, key, number, beside, (condition, values) in (
        ("leads_lead", "l", "uuid", "number", "retention_retentionclock k ON k.lead_id = l.id", query.live_sql()),
        (
            "retention_archivepackage",
            "p",
            "lead_uuid",
            "lead_number",
            "retention_disposition k ON k.id = p.disposition_id",
            query.sealed_sql(),
        ),
    ):
        records = f"SELECT {alias}.{key}, {alias}.{number}, k.class_id FROM {table} {alias} LEFT JOIN {beside} WHERE {condition}"  # noqa: S608
        only, of_them = (f" AND {alias}.{key} = ANY (%s)", [list(leads)]) if leads is not None else ("", [])
        statement = INSERT.format(records=records + only)
        count += insert_held(statement, [hold.pk, hold.access_class_id, now, *values, *of_them, hold.pk])
    return count


def insert_held(statement: str, values: Any) -> int:
    """Run an INSERT into the held records; raises `Conflict` when one of them is destroyed at this moment."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.rowcount)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == GONE:
            message = "A record was destroyed at this very moment. Place the hold again: it takes what is still here."
            raise Conflict(message) from error
        raise


def follow_live_holds(*, now: datetime, leads: Sequence[UUID] | None = None) -> int:
    """Ask every standing live hold again, of all records or of `leads`; returns how many it took. As the retention service.

    A record may come to match after its creation: when it is closed, or gets an office.
    """
    live = Hold.objects.filter(released_at=None, query__isnull=False).order_by("pk")
    return sum(hold_matching(hold, HoldQuery.from_json(hold.query or {}), now=now, leads=leads) for hold in live)
