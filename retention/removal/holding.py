"""Putting records under a hold, and live holds that go on asking: at a record's creation, each night, and before anything goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
LIVE = """
SELECT l.uuid, l.number, k.class_id FROM leads_lead l LEFT JOIN retention_retentionclock k ON k.lead_id = l.id WHERE {asked}
"""
SEALED = """
SELECT p.lead_uuid, p.lead_number, k.class_id FROM retention_archivepackage p
LEFT JOIN retention_disposition k ON k.id = p.disposition_id WHERE {asked}
"""


@dataclass(frozen=True, slots=True)
class Among:
    """The records that are asked: those of a list, or those whose row's id lies in a span, the first end not included."""

    leads: Sequence[UUID] | None = None
    live: tuple[int, int] | None = None
    sealed: tuple[int, int] | None = None

    def of(self, key: str, row: str, span: tuple[int, int] | None) -> tuple[str, list[Any]]:
        """As a condition on the columns of a record's opaque id and of its row's id; `false` for what is not asked at all."""
        if self.leads is not None:
            return f"{key} = ANY (%s)", [list(self.leads)]
        if span is not None:
            return f"{row} > %s AND {row} <= %s", list(span)
        return ("true" if self == EVERYTHING else "false"), []


EVERYTHING = Among()


def hold_matching(hold: Hold, query: HoldQuery, *, now: datetime, among: Among = EVERYTHING) -> int:
    """Put under `hold` what its query matches and is not under it yet; returns how many. `now` is when they came under it."""
    count = 0
    for records, (condition, values), (only, of_them) in (
        (LIVE, query.live_sql(), among.of("l.uuid", "l.id", among.live)),
        (SEALED, query.sealed_sql(), among.of("p.lead_uuid", "p.id", among.sealed)),
    ):
        if "false" in (condition, only):
            continue
        statement = INSERT.format(records=records.format(asked=f"{condition} AND {only}"))
        count += insert_held(statement, [hold.pk, hold.access_class_id, now, *values, *of_them, hold.pk])
    return count


def insert_held(statement: str, values: Any) -> int:
    """Run an INSERT into the held records; raises `Conflict` when a named one is destroyed at this moment."""
    message = "A record was destroyed at this very moment. Place the hold again: it takes what is still here."
    with unless_gone(message), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


@contextmanager
def unless_gone(message: str) -> Iterator[None]:
    """A savepoint in which the database may say that a record went before somebody could keep it: then `Conflict(message)`."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == GONE:
            raise Conflict(message) from error
        raise


def follow_live_holds(*, now: datetime, leads: Sequence[UUID] | None = None, born: bool = False) -> int:
    """Ask every standing live hold again, of all records or of `leads`; returns how many it took. As the retention service.

    A record may come to match after its creation: when it is closed, or gets an office. What a hold that is still finding
    its records takes was there at issue, except what is `born` meanwhile.
    """
    live = Hold.objects.filter(released_at=None, query__isnull=False).order_by("pk")
    return sum(
        hold_matching(
            hold,
            HoldQuery.from_json(hold.query or {}),
            now=now if born or hold.gathered_at else hold.placed_at,
            among=Among(leads=leads),
        )
        for hold in live
    )
