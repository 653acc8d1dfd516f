"""Granting and revoking: roles, offices, clearances. Each names who did it, why, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from access.models import Clearance, Compartment, Given, Membership, Office, RoleGrant, User
from access.permissions import Permission
from access.policy import require
from access.roles import ROLES
from audit.acts import Act
from audit.changes import changed
from audit.services import record
from foundation.errors import Conflict, Forbidden, InvalidInput


@transaction.atomic
def grant_role(*, actor: User, user: User, role: str, reason: str, until: datetime | None = None) -> RoleGrant:
    """Give `user` a role until `until` (aware; None means open). Raises `Forbidden`, `InvalidInput` or `Conflict`."""
    require(actor, Permission.GRANT_ROLE)
    require_another(actor, user)
    if role not in ROLES or role == "service":
        message = "Choose one of the listed roles."
        raise InvalidInput(message, field="role")
    if not reason.strip():
        message = "Say why this person needs the role."
        raise InvalidInput(message, field="reason")
    _make_room(RoleGrant.objects.filter(user=user, role_id=role), "This person already holds the role.")
    grant = RoleGrant.objects.create(user=user, role_id=role, granted_by=actor, reason=reason, until=until)
    record(
        Act.ROLE_GRANTED,
        object_kind="user",
        object_uuid=user.uuid,
        payload={**changed({}, {"role": role, "until": _until(until)}), "reason": reason},
    )
    return grant


def require_another(actor: User, user: User) -> None:
    """Nobody changes what they may do themselves. Raises `Forbidden`."""
    if actor.pk == user.pk:
        message = "Another administrator must change your own account."
        raise Forbidden(message)


@transaction.atomic
def revoke_role(*, actor: User, grant: RoleGrant, reason: str = "", now: datetime | None = None) -> None:
    """Take a role away; it holds from the person's next request."""
    _end(actor, grant, now)
    record(
        Act.ROLE_REVOKED,
        object_kind="user",
        object_uuid=grant.user.uuid,
        payload={**changed({"role": grant.role_id}, {}), "reason": reason},
    )


@transaction.atomic
def leave_office(*, actor: User, membership: Membership, reason: str, now: datetime) -> None:
    """End a membership; it holds from the person's next request."""
    _end(actor, membership, now)
    payload = {**changed({"office": membership.office.code}, {}), "reason": reason}
    record(Act.ROLE_REVOKED, object_kind="user", object_uuid=membership.user.uuid, payload=payload)


@transaction.atomic
def revoke_clearance(*, actor: User, clearance: Clearance, reason: str, now: datetime) -> None:
    """End a clearance; it holds from the person's next request."""
    _end(actor, clearance, now)
    payload = {**changed({"compartment": clearance.compartment.code}, {}), "reason": reason}
    record(Act.CLEARANCE_REVOKED, object_kind="user", object_uuid=clearance.user.uuid, payload=payload)


def _end(actor: User, given: Given, now: datetime | None) -> None:
    require(actor, Permission.GRANT_ROLE)
    require_another(actor, given.user)
    given.revoked_at = now or timezone.now()
    given.save(update_fields=["revoked_at"])


def _until(until: datetime | None) -> str | None:
    return until.isoformat() if until else None


def _once(found: QuerySet[Any], reason: str) -> None:
    if not reason.strip():
        message = "Say why this person needs it."
        raise InvalidInput(message, field="reason")
    _make_room(found, "This person already has it.")


def _make_room(found: QuerySet[Any], message: str) -> None:
    """What has lapsed by itself ends with its own day, so that it can be given anew. Raises `Conflict` for what is in force."""
    held = found.filter(revoked_at=None)
    if held.filter(Q(until=None) | Q(until__gt=timezone.now())).exists():
        raise Conflict(message)
    held.update(revoked_at=F("until"))


@transaction.atomic
def join_office(*, actor: User, user: User, office: Office, reason: str, until: datetime | None = None) -> Membership:
    """Let `user` work at `office`."""
    require(actor, Permission.GRANT_ROLE)
    require_another(actor, user)
    _once(Membership.objects.filter(user=user, office=office), reason)
    membership = Membership.objects.create(user=user, office=office, granted_by=actor, reason=reason, until=until)
    record(
        Act.ROLE_GRANTED,
        object_kind="user",
        object_uuid=user.uuid,
        payload={**changed({}, {"office": office.code, "until": _until(until)}), "reason": reason},
    )
    return membership


@transaction.atomic
def clear_for(*, actor: User, user: User, compartment: Compartment, reason: str, until: datetime | None = None) -> Clearance:
    """Clear `user` for a compartment."""
    require(actor, Permission.GRANT_ROLE)
    require_another(actor, user)
    _once(Clearance.objects.filter(user=user, compartment=compartment), reason)
    clearance = Clearance.objects.create(user=user, compartment=compartment, granted_by=actor, reason=reason, until=until)
    payload = {**changed({}, {"compartment": compartment.code, "until": _until(until)}), "reason": reason}
    record(Act.CLEARANCE_GRANTED, object_kind="user", object_uuid=user.uuid, payload=payload)
    return clearance


@transaction.atomic
def keep_lapsed_sights(*, actor: User) -> int:
    """Keep anew what everybody sees whose grant, office or clearance has ended by its date; returns of how many people.

    It was not seen since the moment it ended: until it is kept, each question resolves it. Nothing changes, so nothing is recorded.
    """
    require(actor, Permission.SERVICE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_refresh_lapsed()")
        (kept,) = cursor.fetchone()
    return int(kept)
