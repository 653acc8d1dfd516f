"""Break-glass: what was opened, by whom, why, and what another person said of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import User


class BreakGlass(models.Model):
    """One opening of one lead. The reason and the review's words are sealed under the lead's own key and end with it."""

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", "Justified"
        NOT_JUSTIFIED = "not_justified", "Not justified"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lead_uuid = models.UUIDField()  # no foreign key: the review outlives the lead
    lead_number = models.CharField(max_length=12)
    reason_sealed = models.BinaryField()
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    review_due_on = models.DateField()  # one working day later
    verdict = models.CharField(max_length=13, choices=Verdict.choices, blank=True)
    review_sealed = models.BinaryField(null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    reviewed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(until__gt=models.F("opened_at")), name="glass_opens_before_it_closes"),
            models.CheckConstraint(condition=~models.Q(reviewed_by=models.F("user")), name="glass_reviewed_by_another"),
            models.CheckConstraint(
                condition=models.Q(verdict="", reviewed_by=None, reviewed_at=None, review_sealed=None)
                | models.Q(
                    verdict__in=["justified", "not_justified"],
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                    review_sealed__isnull=False,
                ),
                name="glass_reviewed_whole_or_not",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "until"], name="glass_open_by_user"),
            models.Index(fields=["review_due_on"], condition=models.Q(verdict=""), name="glass_review_due"),
        ]

    class Sensitivity:
        public = ("verdict",)
        internal = (
            "id",
            "uuid",
            "user",
            "lead_uuid",
            "lead_number",
            "opened_at",
            "until",
            "review_due_on",
            "reviewed_by",
            "reviewed_at",
            "recorded_at",
        )
        restricted = ("reason_sealed", "review_sealed")

    def __str__(self) -> str:
        return f"break-glass {self.uuid}"
