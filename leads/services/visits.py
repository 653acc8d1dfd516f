"""What has changed on a lead since a person last had its page open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.models import User
from leads.models import Lead, LeadVisit
from leads.selectors.history import Event, history_for

SHOWN = 5


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
    before = LeadVisit.objects.filter(user=actor, lead=lead).first()
    seen = LeadVisit(user=actor, lead=lead, version=lead.version, seen_at=now)
    LeadVisit.objects.bulk_create([seen], update_conflicts=True, unique_fields=["user", "lead"], update_fields=["version", "seen_at"])
    if before is None or before.version == lead.version:
        return None
    events = [event for event in history_for(actor, lead) if event.when > before.seen_at and event.who != actor.label]
    return Since(before.seen_at, tuple(events[:SHOWN]), max(0, len(events) - SHOWN)) if events else None
