"""DRF's side of default deny: a viewset declares `required_permission`, or it is refused."""

from __future__ import annotations

from typing import Any, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from access.models import User
from access.permissions import Permission
from access.policy import can


class DeclaredPermission(BasePermission):
    """Asks the policy for the permission that the view declares."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """False when nothing is declared."""
        declared: Permission | None = getattr(view, "required_permission", None)
        return declared is not None and bool(can(cast(User, request.user), declared))
