"""The clocks of leads, computed again from what happened: the newest move of each, and its risk as it is judged now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from leads.clocks import due_on
from leads.models import Lead
from leads.services.in_order import hold_leads
from leads.states import OPEN_STATES

AT_ONCE = 5_000
_SHOULD = """
SELECT lead.id, lead.uuid, lead.state, (moved.occurred_at AT TIME ZONE 'UTC')::date, lead.risk, lead.hold_until, lead.clock_due_on
FROM leads_lead lead
CROSS JOIN LATERAL (SELECT occurred_at FROM leads_transition t WHERE t.lead_id = lead.id ORDER BY t.id DESC LIMIT 1) moved
WHERE lead.id = ANY (%s) AND lead.state = ANY (%s)
"""
_SET = """
UPDATE leads_lead AS lead SET clock_due_on = new.due FROM unnest(%s::bigint[], %s::date[]) AS new (id, due) WHERE lead.id = new.id
"""


def recompute_clocks(lead_ids: Sequence[int]) -> list[UUID]:
    """Set the clocks of these leads to what their newest move and their risk say; returns the opaque ids of those that changed.

    Two statements, whatever the number; the caller writes the event. A lead of the legacy system that was never moved here has none.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SHOULD, [list(lead_ids), list(OPEN_STATES)])
        wrong = [
            (pk, uuid, due)
            for pk, uuid, state, since, risk, hold_until, clock in cursor.fetchall()
            if (due := _due(state, since, risk, hold_until)) != clock
        ]
        if wrong:
            cursor.execute(_SET, [[pk for pk, _, _ in wrong], [due for _, _, due in wrong]])
    return [uuid for _, uuid, _ in wrong]


def _due(state: str, since: date, risk: str, hold_until: date | None) -> date | None:
    return due_on(state, since, risk=risk, hold_until=hold_until)


def recompute_all_clocks(*, actor: User, now: datetime) -> int:
    """Compute the clock of every open lead again, some thousand in a transaction each; returns how many were wrong.

    Raises `Forbidden`.
    """
    require(actor, Permission.SERVICE)
    wrong, last = 0, 0
    while True:
        with acting_as(actor):
            ids = list(Lead.objects.filter(pk__gt=last, state__in=OPEN_STATES).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            if not ids:
                return wrong
            hold_leads(ids)  # who moves one meanwhile sets its clock, and judgements take leads in this order too
            changed = recompute_clocks(ids)
            if changed:
                record(Act.LEAD_MOVED, object_kind="lead", results=changed, fields=["clock"], occurred_at=now)
        wrong, last = wrong + len(changed), ids[-1]
