"""Holds: placed on named leads or by a live query, released by name. The database refuses what a hold protects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import class_for, service_actor
from audit.acts import Act
from audit.keys import data_key
from audit.services import record
from foundation.crypto import seal
from foundation.errors import Conflict, InvalidInput
from leads.models import Lead
from retention.hold_query import HoldQuery
from retention.models import ArchivePackage, Hold, HoldLead, RetentionClock
from retention.removal.holding import follow_live_holds, insert_held
from retention.services.clocks import share_dating
from retention.services.gathering import begin_gathering

KEY_PURPOSE = "hold"

BY_NUMBER = """
INSERT INTO retention_holdlead (hold_id, class_id, lead_uuid, lead_number, by_query, added_at)
SELECT %(hold)s, found.class_id, found.uuid, found.number, false, %(now)s FROM (
    SELECT l.uuid, l.number, coalesce(k.class_id, %(class)s) AS class_id FROM leads_lead l
    LEFT JOIN retention_retentionclock k ON k.lead_id = l.id
    WHERE l.number = ANY (%(numbers)s)
    UNION ALL SELECT p.lead_uuid, p.lead_number, d.class_id FROM retention_archivepackage p
    JOIN retention_disposition d ON d.id = p.disposition_id WHERE p.lead_number = ANY (%(numbers)s)) found
ORDER BY found.uuid ON CONFLICT DO NOTHING
"""


@transaction.atomic
def place_hold(  # every element of a hold, one argument each
    *,
    actor: User,
    kind: str,
    issuer: str,
    authority: str,
    reason: str,
    now: datetime,
    numbers: Sequence[str] = (),
    query: HoldQuery | None = None,
) -> Hold:
    """Hold named leads, or all that a query matches now and later, live or archived.

    A query finds its records in the background when they are many; from now on nothing goes before it has (`gathering`).
    Raises `InvalidInput` (something is missing, or a number is not ours), `Conflict` (a named record went at this moment).
    """
    require(actor, Permission.MANAGE_HOLD)
    _check(kind, issuer, authority, reason)
    if query is not None and query.person_of:
        require_known(query.person_of)
    share_dating()
    if bool(numbers) == (query is not None):
        message = "Name the leads, or ask for them by a query: one of the two."
        raise InvalidInput(message, field="numbers")
    hold = Hold(kind=kind, issuer=issuer.strip(), authority=authority.strip(), placed_by=actor, placed_at=now)
    _keep(hold, reason.strip(), query)
    if query is not None:
        with through_service(service_actor("retention")):
            begin_gathering(hold, query, now=now)
    else:
        _hold_named(hold, numbers, now=now)
    record(
        Act.HOLD_PLACED,
        object_kind="hold",
        object_uuid=hold.uuid,
        payload={"kind": kind, "authority": authority, "reason": reason, "asks": hold.query},
        scope=hold.uuid,
    )
    return hold


def _hold_named(hold: Hold, numbers: Sequence[str], *, now: datetime) -> None:
    wanted = _wanted(numbers)
    with through_service(service_actor("retention")):
        insert_held(BY_NUMBER, {"hold": hold.pk, "class": hold.access_class_id, "numbers": wanted, "now": now})
    count = HoldLead.objects.filter(hold=hold).count()  # as its placer sees it: to name a record takes somebody who is cleared for it
    if count != len(wanted):
        message = f"{len(wanted) - count} of these numbers are neither live nor archived leads."
        raise InvalidInput(message, field="numbers")


def require_known(number: str, *, field: str = "person_of") -> None:
    """Raise `InvalidInput` unless the number is a lead's, live or archived, that the user of the context may know of."""
    live, sealed = RetentionClock.objects.filter(lead_number=number), ArchivePackage.objects.filter(lead_number=number)
    if not live.exists() and not sealed.exists():
        message = "This number is neither a live nor an archived lead's."
        raise InvalidInput(message, field=field)


def _keep(hold: Hold, reason: str, query: HoldQuery | None) -> None:
    hold.access_class_id = class_for(audience="records")
    hold.reason_sealed = seal(data_key(hold.uuid, purpose=KEY_PURPOSE), reason.encode(), hold.uuid.bytes)
    hold.query = query.to_json() if query is not None else None
    hold.gathered_at = None if query is not None else hold.placed_at
    hold.save(force_insert=True)


def _check(kind: str, issuer: str, authority: str, reason: str) -> None:
    if kind not in Hold.Kind.values:
        message = "Choose what the hold is for."
        raise InvalidInput(message, field="kind")
    for field, value, message in (
        ("issuer", issuer, "Say who asks for the hold."),
        ("authority", authority, "Give the authority: docket, request number or memorandum."),
        ("reason", reason, "Say why these records are held."),
    ):
        if not value.strip():
            raise InvalidInput(message, field=field)


def _wanted(numbers: Sequence[str]) -> list[str]:
    return sorted({number.strip().upper() for number in numbers if number.strip()})


def hold_births(kind: str, ids: list[int], now: datetime) -> None:
    """New leads that a live hold asks for are held in the transaction that creates them (registry `births`)."""
    if kind != "lead" or not ids or not Hold.objects.filter(released_at=None, query__isnull=False).exists():
        return
    with through_service(service_actor("retention")):
        follow_live_holds(now=now, leads=list(Lead.objects.filter(pk__in=ids).values_list("uuid", flat=True)), born=True)


@transaction.atomic
def release_hold(*, actor: User, hold: Hold, authority: str, now: datetime) -> Hold:
    """End a hold. Its records do not go on where they stopped: they left their runs and wait for a new review.

    The view asks for a fresh sign-in. Raises `InvalidInput` (no authority) or `Conflict` (released already).
    """
    require(actor, Permission.MANAGE_HOLD)
    if not authority.strip():
        message = "Give the authority for the release: the order, letter or memorandum."
        raise InvalidInput(message, field="authority")
    hold = Hold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if hold.released_at is not None:
        message = "This hold was released already."
        raise Conflict(message)
    hold.released_at, hold.released_by, hold.release_authority = now, actor, authority.strip()
    hold.save(update_fields=["released_at", "released_by", "release_authority"])
    record(Act.HOLD_RELEASED, object_kind="hold", object_uuid=hold.uuid, payload={"authority": authority}, scope=hold.uuid)
    return hold
