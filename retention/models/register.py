"""The register of what is kept elsewhere, the yearly review of schedules, and reports of unauthorized destruction."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import User
from retention.models.schedule import Schedule


class RegisterEntry(models.Model):
    """A part of the legacy records that is not in this system: the extract at the Federal Records Center, paper files.

    Location, schedule, disposition; never content.
    """

    class Medium(models.TextChoices):
        EXTRACT = "extract", "Data extract"
        PAPER = "paper", "Paper"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    medium = models.CharField(max_length=7, choices=Medium.choices)
    title = models.CharField(max_length=160)
    location = models.CharField(max_length=200)
    container = models.CharField(max_length=80, blank=True)  # accession or box number
    years_from = models.IntegerField(null=True)
    years_to = models.IntegerField(null=True)
    schedule = models.CharField(max_length=160)
    destroy_on = models.DateField(null=True)
    disposition = models.CharField(max_length=200, blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, related_name="replaced_by", null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("title", "id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(medium__in=["extract", "paper"]), name="register_medium_is_listed"),
            models.CheckConstraint(
                condition=models.Q(years_from=None) | models.Q(years_to=None) | models.Q(years_to__gte=models.F("years_from")),
                name="register_years_are_ordered",
            ),
        ]

    class Sensitivity:
        public = ("medium", "title", "location", "container", "years_from", "years_to", "schedule", "destroy_on", "disposition")
        internal = ("id", "uuid", "entered_by", "entered_at", "replaces", "recorded_at")

    def __str__(self) -> str:
        return f"register entry {self.uuid}"


class ScheduleReview(models.Model):
    """The review of the schedules that is due each year (NARA Disposition Handbook VI)."""

    year = models.IntegerField(unique=True)
    due_on = models.DateField()
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="+", null=True)  # in force when reviewed
    finding = models.CharField(max_length=300, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    done_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-year",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(done_at=None, done_by=None, finding="")
                | (models.Q(done_at__isnull=False, done_by__isnull=False) & ~models.Q(finding="")),
                name="review_done_by_whom_with_what",
            )
        ]

    class Sensitivity:
        public = ("year", "due_on", "schedule", "finding", "done_at")
        internal = ("id", "done_by", "recorded_at")

    def __str__(self) -> str:
        return f"schedule review {self.year}"


class UnauthorizedDestruction(models.Model):
    """Records were lost or destroyed without authority: to be reported to the National Archives (36 CFR part 1230).

    `report_due_on` is our own promptness rule (five business days): "promptly" is the rule's word.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    discovered_on = models.DateField()
    description = models.CharField(max_length=500)  # which records, without content
    record_count = models.IntegerField(null=True)
    circumstances = models.CharField(max_length=500)
    safeguards = models.CharField(max_length=500, blank=True)  # what was done so that it does not happen again
    report_due_on = models.DateField()
    reported_on = models.DateField(null=True)
    reported_reference = models.CharField(max_length=120, blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-discovered_on", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(reported_on=None, reported_reference="")
                | (models.Q(reported_on__isnull=False) & ~models.Q(reported_reference="")),
                name="report_was_sent_with_a_reference",
            )
        ]

    class Sensitivity:
        public = ("discovered_on", "record_count", "report_due_on", "reported_on", "reported_reference")
        internal = ("id", "uuid", "description", "circumstances", "safeguards", "entered_by", "entered_at", "recorded_at")

    def __str__(self) -> str:
        return f"unauthorized destruction {self.uuid}"
