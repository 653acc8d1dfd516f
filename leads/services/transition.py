"""The one door through which a lead moves: the database's `leads_move` checks sight, state and version, and writes history."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, connection, transaction

from access.models import AccessClass, User
from access.permissions import Permission
from access.policy import require
from access.selectors import class_for
from audit.acts import Act
from audit.changes import changed
from audit.services import record
from foundation.crypto import canonical
from foundation.errors import Conflict, InvalidInput, NotFound
from leads.clocks import due_on
from leads.models import Decision, Lead, QualitySample
from leads.picture import Picture, dump
from leads.sealing import seal_many
from leads.services.in_order import hold_leads
from leads.states import CLOSED_STATES, LEAD_MOVES, REFERRED_STATES, CloseReason, LeadState

MOVED_ON = "Somebody else has changed this lead since you opened it. Look again before you decide."
_MOVE = """
SELECT leads_move(lead, version, action, from_state, to_state, close_reason, hold_until, office, class, clock, reason, decision, actor, at)
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::bigint[], %s::int[], %s::date[],
            %s::bytea[], %s::bigint[], %s::bigint[], %s::timestamptz[])
    AS moves (lead, version, action, from_state, to_state, close_reason, hold_until, office, class, clock, reason, decision, actor, at)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadMove:
    """One move to make. `office_id` is where the lead is after a referral; any other move out of an office clears it."""

    lead: Lead
    action: str
    reason: str = ""
    close_reason: str = ""
    hold_until: date | None = None
    office_id: int | None = None
    decision: Decision | None = None


@transaction.atomic
def move_lead(*, actor: User, move: LeadMove, now: datetime) -> Lead:
    """Move one lead and return it as it now stands. The version of the object that was read decides whether it moved on meanwhile.

    Raises `Forbidden` (role), `Conflict` (not from this state, or moved on meanwhile), `NotFound` (out of sight) and
    `InvalidInput` (reason missing).
    """
    before = _said(move.lead)
    move_leads(actor=actor, moves=[move], now=now)
    _take_over(move)
    record(
        Act.LEAD_MOVED,
        object_kind="lead",
        object_uuid=move.lead.uuid,
        payload={"action": move.action, **changed(before, _said(move.lead)), "reason": move.reason},
        scope=move.lead.uuid,
        occurred_at=now,
    )
    return move.lead


def _said(lead: Lead) -> dict[str, str]:
    """What of a lead a move changes, in the words of its event."""
    return {
        "status": str(LeadState(lead.state).label),
        "closed because": str(CloseReason(lead.close_reason).label) if lead.close_reason else "",
        "on hold until": lead.hold_until.isoformat() if lead.hold_until else "",
        "at an office": "yes" if lead.office_id else "",
    }


def move_leads(*, actor: User, moves: Sequence[LeadMove], now: datetime) -> None:
    """Move many leads with one statement; the caller writes the event. The lead objects are left as they were."""
    if not moves:
        return
    rows = [_checked(actor, move) for move in moves]
    sealed = seal_many({move.lead.uuid: move.reason for move in moves if move.reason.strip()})
    classes = _classes(rows)
    columns: list[list[Any]] = [[] for _ in range(14)]
    for move, target in rows:
        lead = move.lead
        office = _office_after(move, target)
        values = (
            lead.pk,
            lead.version,
            move.action,
            lead.state,
            target,
            move.close_reason,
            move.hold_until,
            office,
            classes[(lead.access_class_id, office)],
            due_on(target, now.date(), risk=lead.risk, hold_until=move.hold_until),
            sealed.get(lead.uuid),
            move.decision.pk if move.decision else None,
            actor.pk,
            now,
        )
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    _execute(columns)
    closed = [move.lead.pk for move, target in rows if move.lead.state == LeadState.IN_REVIEW and target in CLOSED_STATES]
    if closed:  # nobody looks any more at the referral that was drawn
        waiting = QualitySample.objects.filter(lead_id__in=closed, kind=QualitySample.Kind.REFERRAL, verdict="")
        waiting.update(verdict=QualitySample.Verdict.MOOT, reviewed_by=actor, reviewed_at=now)


def _execute(columns: list[list[Any]]) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_MOVE, columns)
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state == "40001":
            raise Conflict(MOVED_ON) from error
        if state == "42501":
            raise NotFound from error
        raise


def _checked(actor: User, move: LeadMove) -> tuple[LeadMove, str]:
    row = LEAD_MOVES.move(action=move.action, source=move.lead.state, reason=move.reason)
    require(actor, Permission(row.permission))
    if row.target in CLOSED_STATES and move.close_reason not in CloseReason.values:
        message = "Choose why the lead is closed."
        raise InvalidInput(message, field="close_reason")
    if row.target in REFERRED_STATES and _office_after(move, row.target) is None:
        message = "Choose the office."
        raise InvalidInput(message, field="office")
    return move, row.target


def _office_after(move: LeadMove, target: str) -> int | None:
    if target not in REFERRED_STATES:
        return None
    return move.office_id or move.lead.office_id


def _classes(rows: Sequence[tuple[LeadMove, str]]) -> dict[tuple[int, int | None], int]:
    """The class after each move, by class before and office after: headquarters, the office, the same compartments."""
    wanted = {(move.lead.access_class_id, _office_after(move, target)) for move, target in rows}
    before = AccessClass.objects.in_bulk({class_id for class_id, _ in wanted})
    found = {}
    for class_id, office in wanted:
        old = before[class_id]
        same = old.audience == "hq" and old.office_id == office
        found[(class_id, office)] = class_id if same else class_for(audience="hq", office_id=office, compartments=old.compartments)
    return found


def _take_over(move: LeadMove) -> None:
    fields = ["state", "state_since", "close_reason", "hold_until", "office", "access_class", "clock_due_on", "version"]
    move.lead.refresh_from_db(fields=fields)


def freeze(*, lead: Lead, picture: Picture) -> Decision:
    """Keep what the person saw when deciding: sealed under the lead's key, to be shown again years later."""
    return freeze_many([(lead, picture)])[lead.pk]


def freeze_many(seen: Sequence[tuple[Lead, Picture]]) -> dict[int, Decision]:
    """The same for many leads with a fixed number of queries; decisions by the lead's id."""
    hold_leads([lead.pk for lead, _ in seen])  # before anything that hangs on them, and before a key is made
    plain = {lead.uuid: canonical(dump(picture)) for lead, picture in seen}
    sealed = seal_many({uuid: words.decode() for uuid, words in plain.items()})
    made = Decision.objects.bulk_create(
        Decision(
            uuid=uuid4(),
            lead=lead,
            access_class_id=lead.access_class_id,
            digest=hashlib.sha256(plain[lead.uuid]).hexdigest(),
            sealed=sealed[lead.uuid],
        )
        for lead, _ in seen
    )
    return {decision.lead_id: decision for decision in made}
