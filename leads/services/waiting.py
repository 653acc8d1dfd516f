"""Snoozing until something happens: what a lead on hold waits for, and what wakes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.errors import InvalidInput
from ingest.models import Extract
from ingest.states import ExtractState
from leads.models import Lead, Notice, Wait
from leads.rules.freshness import WORDS
from leads.rules.words import day
from leads.services.notices import News, tell
from leads.services.returning import give_back, holders_of
from leads.services.transition import LeadMove, move_leads
from leads.states import LeadState

DECISION = "decision"
REFRESH = "refresh:"
# a decision that became known after the wait began, on a filing of the lead's person
_DECIDED = """
SELECT w.lead_id, max(f.decided_on), (array_agg(f.status ORDER BY f.known_at DESC))[1]
FROM leads_wait w JOIN leads_lead l ON l.id = w.lead_id
JOIN subjects_filingfact f ON f.subject_id = l.subject_id AND f.known_at > w.placed_at
    AND f.superseded_at IS NULL AND f.retracted_at IS NULL AND f.status <> 'pending'
WHERE w.ended_at IS NULL AND w.kind = 'decision' AND l.state = 'on_hold'
GROUP BY w.lead_id
"""
_REFRESHED = """
SELECT w.lead_id, w.source, e.as_of
FROM leads_wait w JOIN leads_lead l ON l.id = w.lead_id
JOIN (SELECT source, max(as_of)::date AS as_of FROM ingest_extract WHERE state = 'applied' GROUP BY source) e ON e.source = w.source
WHERE w.ended_at IS NULL AND w.kind = 'refresh' AND l.state = 'on_hold' AND e.as_of > coalesce(w.known_on, '-infinity'::date)
"""
# whoever took the lead off hold, closed it or recalled it ended the wait as well; one that somebody holds is ended the next time
_OVER = """
UPDATE leads_wait SET ended_at = %s WHERE id IN (
    SELECT w.id FROM leads_wait w JOIN leads_lead l ON l.id = w.lead_id
    WHERE w.ended_at IS NULL AND l.state <> 'on_hold' FOR UPDATE OF w SKIP LOCKED)
"""


@dataclass(frozen=True, slots=True)
class Woken:
    """A lead that woke, and why."""

    lead: Lead
    because: str


def choices_of_waits() -> list[tuple[str, str]]:
    """What a lead can wait for: value and words."""
    refreshed = [(f"{REFRESH}{code}", f"{name} sends a newer extract") for code, name in WORDS.items() if code != "manual"]
    return [(DECISION, "a pending filing is decided"), *refreshed]


def wait_words(kind: str, source: str) -> str:
    """What is waited for, in words."""
    return "a pending filing is decided" if kind == Wait.Kind.DECISION else f"{WORDS.get(source, source)} sends a newer extract"


def place_waits(*, actor: User, leads: Sequence[Lead], waits_for: str, now: datetime) -> None:
    """Let leads that are being put on hold wait for an event too. Runs in the holding transaction. Raises `InvalidInput`."""
    known = {value for value, _ in choices_of_waits()}
    if waits_for not in known:
        message = "Choose what it waits for."
        raise InvalidInput(message, field="waits_for")
    source = waits_for.removeprefix(REFRESH) if waits_for != DECISION else ""
    Wait.objects.filter(lead__in=[lead.pk for lead in leads], ended_at=None).update(ended_at=now)
    Wait.objects.bulk_create(
        Wait(
            lead=lead,
            access_class_id=lead.access_class_id,
            kind=Wait.Kind.REFRESH if source else Wait.Kind.DECISION,
            source=source,
            known_on=_spoken_until(source) if source else None,
            placed_by=actor,
            placed_at=now,
        )
        for lead in leads
    )


def _spoken_until(source: str) -> date | None:
    newest: datetime | None = Extract.objects.filter(source=source, state=ExtractState.APPLIED).aggregate(newest=Max("as_of"))["newest"]
    return newest.date() if newest else None


@transaction.atomic
def wake_waiting(*, actor: User, now: datetime) -> list[Woken]:
    """Take off hold every lead whose event has come, back to its holder where there is one, and say why; returns what woke."""
    require(actor, Permission.SERVICE)
    with connection.cursor() as cursor:
        cursor.execute(_OVER, [now])
        cursor.execute(_DECIDED)
        because = {pk: _decided_words(status, on) for pk, on, status in cursor.fetchall()}
        cursor.execute(_REFRESHED)
        because |= {pk: f"{WORDS.get(source, source)} has spoken up to {day(on)}." for pk, source, on in cursor.fetchall()}
    if not because:
        return []
    leads = list(Lead.objects.filter(pk__in=because, state=LeadState.ON_HOLD).order_by("pk").select_for_update(no_key=True))
    holders = holders_of(leads, now)
    move_leads(actor=actor, moves=[LeadMove(lead=lead, action="unhold", reason=because[lead.pk]) for lead in leads], now=now)
    give_back(actor=actor, holders=holders, now=now)
    waits = {wait.lead_id: wait for wait in Wait.objects.filter(lead__in=leads, ended_at=None)}
    Wait.objects.filter(pk__in=[wait.pk for wait in waits.values()]).update(ended_at=now)
    tell(
        [
            News(user_id=user_id, kind=Notice.Kind.WOKEN, lead_id=lead.pk, because=_plain(waits[lead.pk]))
            for lead in leads
            for user_id in sorted({waits[lead.pk].placed_by_id, *([holders[lead.pk].pk] if lead.pk in holders else [])})
        ],
        now=now,
    )
    record(Act.LEAD_MOVED, object_kind="lead", results=[lead.uuid for lead in leads], payload={"action": "unhold"}, occurred_at=now)
    return [Woken(lead, because[lead.pk]) for lead in leads]


def _plain(wait: Wait) -> str:
    """Why it woke, as a notice may say it: the decision itself is read on the lead."""
    return "A filing was decided." if wait.kind == Wait.Kind.DECISION else f"{WORDS.get(wait.source, wait.source)} sent a newer extract."


def _decided_words(status: str, on: date | None) -> str:
    return f"A filing was decided: {status}{f' on {day(on)}' if on else ''}."
