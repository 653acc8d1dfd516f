"""Granting and revoking: roles, offices, clearances. Each names who did it, why, and until when."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from access.models import Clearance, Compartment, Membership, Office, RoleGrant, User
from access.permissions import Permission
from access.policy import require
from access.roles import ROLES
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput


@transaction.atomic
def grant_role(*, actor: User, user: User, role: str, reason: str, until: datetime | None = None) -> RoleGrant:
    """Give `user` a role until `until` (aware; None means open). Raises `Forbidden`, `InvalidInput` or `Conflict`."""
    require(actor, Permission.GRANT_ROLE)
    if role not in ROLES or role == "service":
        message = "Choose one of the listed roles."
        raise InvalidInput(message, field="role")
    if not reason.strip():
        message = "Say why this person needs the role."
        raise InvalidInput(message, field="reason")
    if RoleGrant.objects.filter(user=user, role_id=role, revoked_at=None).exists():
        message = "This person already holds the role."
        raise Conflict(message)
    grant = RoleGrant.objects.create(user=user, role_id=role, granted_by=actor, reason=reason, until=until)
    record(Act.ROLE_GRANTED, object_kind="user", object_uuid=user.uuid, payload={"role": role, "reason": reason})
    return grant


@transaction.atomic
def revoke_role(*, actor: User, grant: RoleGrant, now: datetime | None = None) -> None:
    """Take a role away; it holds from the person's next request."""
    require(actor, Permission.GRANT_ROLE)
    grant.revoked_at = now or timezone.now()
    grant.save(update_fields=["revoked_at"])
    record(Act.ROLE_REVOKED, object_kind="user", object_uuid=grant.user.uuid, payload={"role": grant.role_id})


@transaction.atomic
def join_office(*, actor: User, user: User, office: Office, reason: str, until: datetime | None = None) -> Membership:
    """Let `user` work at `office`."""
    require(actor, Permission.GRANT_ROLE)
    membership = Membership.objects.create(user=user, office=office, granted_by=actor, reason=reason, until=until)
    record(Act.ROLE_GRANTED, object_kind="user", object_uuid=user.uuid, payload={"office": office.code, "reason": reason})
    return membership


@transaction.atomic
def clear_for(*, actor: User, user: User, compartment: Compartment, reason: str, until: datetime | None = None) -> Clearance:
    """Clear `user` for a compartment."""
    require(actor, Permission.GRANT_ROLE)
    clearance = Clearance.objects.create(user=user, compartment=compartment, granted_by=actor, reason=reason, until=until)
    record(Act.CLEARANCE_GRANTED, object_kind="user", object_uuid=user.uuid, payload={"compartment": compartment.code, "reason": reason})
    return clearance
