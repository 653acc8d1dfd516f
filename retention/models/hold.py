"""Holds: what may not be archived or destroyed, by whose authority, until somebody releases it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User


class Hold(models.Model):
    """One hold on many leads. With a query it is live: new matches are held when they are created.

    It does not stop the clock; while it stands nothing of its leads is archived or destroyed (a trigger, not a promise).
    """

    class Kind(models.TextChoices):
        LITIGATION = "litigation", "Litigation"
        FOIA = "foia", "FOIA request"
        PRIVACY_ACT = "privacy_act", "Privacy Act request"
        OPEN_CASE = "open_case", "Open case"
        AUDIT = "audit", "Audit"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    issuer = models.CharField(max_length=120)  # the court, the office, the counsel who asks for it
    authority = models.CharField(max_length=200)  # docket, request number, memorandum
    reason_sealed = models.BinaryField()  # under the hold's own key: a reason may name people
    query = models.JSONField(null=True)  # `retention.hold_query`: safe fields only; null: the leads were named
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    # a live hold finds its records batch by batch (`retention.services.gathering`); while it does, no record is removed
    records = models.BigIntegerField(default=0)  # to look at, those in compartments too: a share is shown, never this number
    seen = models.BigIntegerField(default=0)
    after_lead = models.BigIntegerField(default=0)  # where the next batch begins
    after_package = models.BigIntegerField(default=0)
    gathered_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    released_at = models.DateTimeField(null=True)
    release_authority = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-placed_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["litigation", "foia", "privacy_act", "open_case", "audit"]), name="hold_kind_is_listed"
            ),
            models.CheckConstraint(condition=~models.Q(authority="") & ~models.Q(issuer=""), name="hold_says_by_whose_authority"),
            models.CheckConstraint(
                condition=models.Q(released_at=None, released_by=None, release_authority="")
                | (models.Q(released_at__isnull=False, released_by__isnull=False) & ~models.Q(release_authority="")),
                name="hold_released_by_whose_authority",
            ),
            models.CheckConstraint(
                condition=models.Q(query__isnull=False) | models.Q(gathered_at__isnull=False), name="hold_of_named_records_has_them"
            ),
        ]

    class Sensitivity:
        public = ("kind", "placed_at", "released_at")
        internal = (
            "id",
            "uuid",
            "access_class",
            "issuer",
            "authority",
            "query",
            "records",
            "seen",
            "after_lead",
            "after_package",
            "gathered_at",
            "placed_by",
            "released_by",
            "release_authority",
            "recorded_at",
        )
        restricted = ("reason_sealed",)

    def __str__(self) -> str:
        return f"hold {self.uuid}"

    @property
    def percent(self) -> int:
        """How far it is in finding its records."""
        return 100 if self.gathered_at else min(99, self.seen * 100 // max(self.records, 1))


class HoldLead(models.Model):
    """One lead under one hold, live or archived: by opaque id, because an archived lead has no row to point to."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="leads")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    lead_uuid = models.UUIDField()
    lead_number = models.CharField(max_length=12)
    by_query = models.BooleanField(default=False)
    added_at = models.DateTimeField()  # the hold's own moment for what it found at issue

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["hold", "lead_uuid"], name="hold_names_a_lead_once")]
        indexes: ClassVar = [models.Index(fields=["lead_uuid"], name="hold_by_lead")]

    class Sensitivity:
        public = ("lead_number", "by_query", "added_at")
        internal = ("id", "hold", "access_class", "lead_uuid")

    def __str__(self) -> str:
        return f"lead {self.lead_number} under hold {self.hold_id}"
