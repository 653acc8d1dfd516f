"""Schedules as immutable versions, and the dates that one of them set for each lead."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User
from leads.models import Lead


class Schedule(models.Model):
    """One version of one schedule item. Only an approved one acts; a used version is never changed."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Proposed"
        APPROVED = "approved", "Approved"
        SUPERSEDED = "superseded", "Superseded"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    series = models.CharField(max_length=20)  # leads
    version = models.IntegerField()
    title = models.CharField(max_length=120)
    authority = models.CharField(max_length=200, blank=True)
    fictional = models.BooleanField(default=False)  # a demonstration's authority; refused by a start that is none
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    active_years = models.IntegerField()
    archived_years = models.IntegerField(default=0)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    approved_at = models.DateTimeField(null=True)
    effective_from = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("series", "version")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "proposed", "approved", "superseded"]), name="schedule_status_is_listed"
            ),
            models.UniqueConstraint(fields=["series", "version"], name="schedule_version_once"),
            models.UniqueConstraint(fields=["series"], condition=models.Q(status="approved"), name="schedule_approved_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "proposed"])
                | (models.Q(approved_at__isnull=False, effective_from__isnull=False) & ~models.Q(authority="")),
                name="schedule_approved_with_authority",
            ),
            models.CheckConstraint(condition=models.Q(active_years__gt=0, archived_years__gte=0), name="schedule_years_are_positive"),
        ]

    class Sensitivity:
        public = (
            "series",
            "version",
            "title",
            "authority",
            "fictional",
            "status",
            "active_years",
            "archived_years",
            "approved_at",
            "effective_from",
        )
        internal = ("id", "uuid", "proposed_by", "approved_by", "recorded_at")

    def __str__(self) -> str:
        return f"{self.series} v{self.version}"

    @property
    def total_years(self) -> int:
        """Active and archived years together."""
        return self.active_years + self.archived_years


class RetentionClock(models.Model):
    """The dates of one lead with the schedule version that set them; recomputed only by a change of schedule."""

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="+", primary_key=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    lead_number = models.CharField(max_length=12)
    record_created_on = models.DateField()
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="+")
    archive_on = models.DateField(null=True)  # null: the schedule has no archived phase
    destroy_on = models.DateField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(archive_on=None) | models.Q(archive_on__lte=models.F("destroy_on")),
                name="clock_archives_before_destroying",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["archive_on"], name="clock_by_archive"),
            models.Index(fields=["destroy_on"], name="clock_by_destroy"),
        ]

    class Sensitivity:
        public = ("lead_number", "record_created_on", "schedule", "archive_on", "destroy_on")
        internal = ("lead", "access_class", "computed_at")

    def __str__(self) -> str:
        return f"clock of lead {self.lead_number}"
