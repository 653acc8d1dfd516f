"""What the record of acts keeps from a reader who is not cleared: ids of a compartment, and the words of events that name them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection


def closed_among(ids: Iterable[UUID | None]) -> frozenset[UUID]:
    """Those of `ids` that name something in a compartment for which the reader at work is not cleared; one query, or none."""
    wanted = list({each for each in ids if each is not None})
    if not wanted:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute("SELECT oversight_closed(%s::uuid[])", [wanted])
        row = cursor.fetchone()
    return frozenset(row[0])
