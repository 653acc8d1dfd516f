"""What has changed on a lead since a person last had its page open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from access.models import User
from leads.models import Lead
from leads.selectors.history import Event, history_for

SHOWN = 5
# one statement: the first part still reads what stood before the second one writes
_VISIT = """
WITH before AS (SELECT version, seen_at FROM leads_leadvisit WHERE user_id = %(user)s AND lead_id = %(lead)s),
kept AS (
    INSERT INTO leads_leadvisit (user_id, lead_id, version, seen_at) VALUES (%(user)s, %(lead)s, %(version)s, %(now)s)
    ON CONFLICT (user_id, lead_id) DO UPDATE SET version = EXCLUDED.version, seen_at = EXCLUDED.seen_at)
SELECT version, seen_at FROM before
"""


@dataclass(frozen=True, slots=True)
class Since:
    """When the person was here last, and what others, or the system, did since; the newest first."""

    seen_at: datetime
    events: tuple[Event, ...]
    more: int


def visit(*, actor: User, lead: Lead, now: datetime) -> Since | None:
    """Note that the person has the page open now, and say what is new since the last time; None when nothing is.

    Runs in the transaction of the page, whose event is the record of the look; this row only helps the person.
    """
    with connection.cursor() as cursor:
        cursor.execute(_VISIT, {"user": actor.pk, "lead": lead.pk, "version": lead.version, "now": now})
        before = cursor.fetchone()
    if before is None or before[0] == lead.version:
        return None
    seen_at = before[1]
    events = [event for event in history_for(actor, lead) if event.when > seen_at and event.who != actor.label]
    return Since(seen_at, tuple(events[:SHOWN]), max(0, len(events) - SHOWN)) if events else None
