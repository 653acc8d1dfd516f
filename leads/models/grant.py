"""Explicit grants of sight: a django-guardian direct foreign-key model, with who, why and until.

Only `access.policy` and the database's `leads_granted()` read it: guardian's own query functions ignore `until`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from guardian.models import UserObjectPermissionBase

from access.models import User
from leads.models.lead import Lead


class LeadGrant(UserObjectPermissionBase):
    """Sight of one lead for one person: an assignment or a break-glass access."""

    content_object = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=12, choices=[("assignment", "Assignment"), ("break_glass", "Break-glass")])
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    granted_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField(null=True)

    class Meta:
        unique_together = ("user", "permission", "content_object")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=["assignment", "break_glass"]), name="lead_grant_kind_is_listed"),
            models.CheckConstraint(condition=~models.Q(kind="break_glass") | models.Q(until__isnull=False), name="break_glass_ends"),
        ]
        indexes: ClassVar = [models.Index(fields=["user", "content_object"], name="lead_grant_by_user")]

    class Sensitivity:
        internal = ("id", "user", "permission", "content_object", "kind", "granted_by", "granted_at", "until")
        personal = ("reason",)

    def __str__(self) -> str:
        return f"grant {self.pk}"
