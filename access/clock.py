"""The hour by which something is erased because its time is over: only where worker and database agree on it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from foundation.errors import Conflict

APART = timedelta(minutes=10)


def agreed_now() -> datetime:
    """Now. Raises `Conflict` when the clocks of this machine and of the database's are ten minutes apart.

    A worker whose clock has run ahead by years would erase in one night what has years to live, and nothing brings it back.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    if abs(theirs - now) > APART:
        message = (
            f"The clocks of this machine ({now:%Y-%m-%d %H:%M} UTC) and of the database ({theirs:%Y-%m-%d %H:%M} UTC) differ. Set them."
        )
        raise Conflict(message)
    return now
