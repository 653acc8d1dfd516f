"""Template questions to the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from access.permissions import Permission
from access.policy import can, roles_of

if TYPE_CHECKING:
    from access.models import User

register = template.Library()


@register.filter
def may(user: User, permission: str) -> bool:
    """`{% if user|may:"refer_lead" %}`"""
    return bool(can(user, Permission(permission)))


@register.filter
def role_labels(user: User) -> str:
    """The user's roles in words."""
    return ", ".join(role.label for role in roles_of(user))
