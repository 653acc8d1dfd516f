"""DRF's side of default deny: a viewset declares its permissions, or it is refused. Apart, for DRF's settings load it early."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from access.models import User
from access.permissions import Permission
from access.policy import require


def permission_of(view: Any) -> Permission | None:
    """What the act under way needs: the entry of `act_permissions`, else `required_permission`, else nothing is declared."""
    acts: Mapping[str, Permission] = getattr(view, "act_permissions", {})
    declared: Permission | None = getattr(view, "required_permission", None)
    return acts.get(str(getattr(view, "action", "")), declared)


class DeclaredPermission(BasePermission):
    """Asks the policy for the permission that the view declares for this act."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """False when nothing is declared; raises `Forbidden` with the reason when the policy says no."""
        declared = permission_of(view)
        if declared is None:
            return False
        require(cast(User, request.user), declared)
        return True
