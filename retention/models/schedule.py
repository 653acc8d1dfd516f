"""Schedules as immutable versions, and the dates that one of them set for each lead."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Least, Now

from access.models import AccessClass, User
from leads.models import Lead
from retention.conditions import CODES, applies_to

GENERAL = "leads"  # the series for every record; each other series asks a condition
CONDITION_LENGTH = 20


class Schedule(models.Model):
    """One version of one schedule item. Only an approved one acts; a used version is never changed."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Proposed"
        APPROVED = "approved", "Approved"
        SUPERSEDED = "superseded", "Superseded"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    series = models.CharField(max_length=20)
    condition = models.CharField(max_length=CONDITION_LENGTH, blank=True)  # retention.conditions; empty: every record
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
            models.CheckConstraint(condition=models.Q(condition__in=["", *CODES]), name="schedule_condition_is_listed"),
            models.CheckConstraint(  # so that one schedule applies to every record
                condition=models.Q(series=GENERAL, condition="") | (~models.Q(series=GENERAL) & ~models.Q(condition="")),
                name="schedule_general_asks_nothing",
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
            "condition",
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

    @property
    def applies_to(self) -> str:
        """The records that this version is for, in words."""
        return applies_to(self.condition)

    @property
    def for_records(self) -> str:
        """The same in the middle of a sentence."""
        return self.applies_to[0].lower() + self.applies_to[1:]


class RetentionClock(models.Model):
    """The dates of one lead with the schedule version that set them: the longest of those that apply.

    A new record begins with the schedule for every record, and the database asks its conditions at once. After that the
    database alone changes it (`retention_restate`), when schedules change or what the lead meets of their conditions.
    """

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="+", primary_key=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    lead_number = models.CharField(max_length=12)
    record_created_on = models.DateField()
    conditions = ArrayField(models.CharField(max_length=CONDITION_LENGTH), default=list)  # all that it meets, whether asked or not
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
            models.Index(Least("archive_on", "destroy_on"), "lead_number", name="clock_by_leaving"),
            models.Index(fields=["destroy_on", "lead_number"], name="clock_by_destroy"),
            # what other schedules would change is counted in it and listed from it, without the rows
            models.Index(fields=["conditions", "record_created_on", "lead_number"], include=("access_class",), name="clock_by_creation"),
        ]

    class Sensitivity:
        public = ("lead_number", "record_created_on", "schedule", "archive_on", "destroy_on")
        internal = ("lead", "access_class", "conditions", "computed_at")

    def __str__(self) -> str:
        return f"clock of lead {self.lead_number}"


class Restatement(models.Model):
    """All records are dated anew, batch by batch, because a version took over. While one is unfinished nothing is disposed of."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="restatements")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    records = models.BigIntegerField()  # live and sealed, those in compartments too: a share is shown, never this number
    seen = models.BigIntegerField(default=0)
    after_lead = models.BigIntegerField(default=0)  # where the next batch begins
    after_package = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["finished_at"], condition=models.Q(finished_at=None), nulls_distinct=False, name="restatement_one_at_a_time"
            ),
        ]

    class Sensitivity:
        internal = (
            "id",
            "uuid",
            "schedule",
            "asked_by",
            "asked_at",
            "records",
            "seen",
            "after_lead",
            "after_package",
            "finished_at",
            "recorded_at",
        )

    def __str__(self) -> str:
        return f"restatement {self.uuid}"

    @property
    def percent(self) -> int:
        """How far it is."""
        return 100 if self.finished_at else min(99, self.seen * 100 // max(self.records, 1))
