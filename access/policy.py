"""Every decision of who may do what passes here, and can explain itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from access.models import RoleGrant
from access.permissions import Permission
from access.roles import ROLES, Role
from foundation.errors import Forbidden

if TYPE_CHECKING:
    from access.models import User


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and why in a sentence that the page can show."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


def roles_of(user: User) -> tuple[type[Role], ...]:
    """The roles that an active user holds now; read once per user object."""
    cached: tuple[type[Role], ...] | None = getattr(user, "_roles_now", None)
    if cached is None:
        now = timezone.now()
        codes = RoleGrant.objects.filter(Q(until=None) | Q(until__gt=now), user_id=user.pk, revoked_at=None).values_list(
            "role_id", flat=True
        )
        cached = tuple(ROLES[code] for code in sorted(codes)) if user.is_active else ()
        user._roles_now = cached  # type: ignore[attr-defined]  # the request's own user object, gone with the request
    return cached


def can(user: User, permission: Permission) -> Decision:
    """Whether one of the user's roles holds the permission."""
    if permission is Permission.SIGNED_IN:
        return Decision(user.is_active, "" if user.is_active else "This account is closed.")
    roles = roles_of(user)
    if any(permission in role.permissions for role in roles):
        return Decision(allowed=True)
    holders = ", ".join(role.label.lower() for role in ROLES.values() if permission in role.permissions and role.code != "service")
    mine = ", ".join(role.label.lower() for role in roles) or "no role"
    return Decision(allowed=False, reason=f"This needs the role of {holders or 'a service'}; you hold {mine}.")


def require(user: User, permission: Permission) -> None:
    """Raise `Forbidden` with the reason when `can` says no."""
    decision = can(user, permission)
    if not decision:
        raise Forbidden(decision.reason)
