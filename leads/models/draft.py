"""What a person has begun to write and not yet sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from access.models import User
from leads.models.lead import Lead


class Draft(models.Model):
    """The words of one form about one lead, for the person who began it and nobody else; no part of the record.

    Sealed under the lead's key. When it is sent or discarded the words go and the row stays with the page that ended it, so that
    words of that page which arrive late, over a slow line, are not kept again. It leaves with its lead and is in no package.
    """

    class Kind(models.TextChoices):
        NOTE = "note", "Note"
        CLOSE = "close", "Close"
        HOLD = "hold", "Hold"
        REFER = "refer", "Referral"
        RETURN = "return", "Return"
        OUTCOME = "outcome", "Outcome"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="drafts")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    sealed = models.BinaryField(null=True)
    began_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    ended_page = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "lead", "kind"], name="draft_once_a_person"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["note", "close", "hold", "refer", "return", "outcome"]), name="draft_kind_is_listed"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["saved_at"], condition=models.Q(sealed__isnull=False), name="draft_by_age")]

    class Sensitivity:
        internal = ("id", "user", "lead", "kind", "began_at", "saved_at", "ended_page")
        restricted = ("sealed",)

    def __str__(self) -> str:
        return f"draft {self.pk}"
