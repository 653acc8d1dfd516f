"""Runs: a frozen list, the people who signed it, what became of each record, and the certificate."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from access.models import AccessClass, User
from retention.models.schedule import Schedule
from retention.states import SIGNED, ItemOutcome, RunState

SEALED_OR_GONE = [ItemOutcome.ARCHIVED, ItemOutcome.DESTROYED]


class Disposition(models.Model):
    """One run: archive or destroy the listed records. Destruction takes three people who are not the same (CHECKs below)."""

    class Kind(models.TextChoices):
        ARCHIVE = "archive", "Archive"
        DESTROY = "destroy", "Destroy"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    # of the records that it lists: one run never mixes those of a compartment with others
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    state = models.CharField(max_length=9, choices=RunState.choices, default=RunState.PROPOSED)
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    left_out = models.IntegerField(default=0)  # due on that day too, and stopped: not listed, so that they keep nothing else waiting
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    reviewed_at = models.DateTimeField(null=True)
    list_sha256 = models.CharField(max_length=64, blank=True)  # of the list as reviewed: what is signed, what may run
    # set by the database's own functions: the list was found as signed, and nobody has touched it since
    list_sound = models.BooleanField(default=False)
    first_approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    first_approved_at = models.DateTimeField(null=True)
    second_approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    second_approved_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancelled_because = models.CharField(max_length=200, blank=True)
    log_size_before = models.BigIntegerField(null=True)
    log_size_after = models.BigIntegerField(null=True)
    # set by the database's own functions: when rows last left the live tables, and in which files those tables lay then
    removed_at = models.DateTimeField(null=True)
    table_files = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-proposed_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["archive", "destroy"]), name="run_kind_is_listed"),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="run_state_is_listed"),
            models.CheckConstraint(
                condition=Q(first_approver=None)
                | (~Q(first_approver=F("proposed_by")) & Q(reviewed_by__isnull=False) & ~Q(first_approver=F("reviewed_by"))),
                name="run_first_is_another",
            ),
            models.CheckConstraint(
                condition=Q(second_approver=None)
                | (
                    Q(first_approver__isnull=False)
                    & ~Q(second_approver=F("proposed_by"))
                    & ~Q(second_approver=F("reviewed_by"))
                    & ~Q(second_approver=F("first_approver"))
                ),
                name="run_second_is_a_third",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SIGNED)
                | (
                    Q(first_approver__isnull=False, first_approved_at__isnull=False)
                    & ~Q(list_sha256="")
                    & (Q(kind="archive") | Q(second_approver__isnull=False, second_approved_at__isnull=False))
                ),
                name="run_is_signed_before_it_runs",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "done"]) | Q(started_by__isnull=False, started_at__isnull=False),
                name="run_was_started_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(state="done") | Q(finished_at__isnull=False), name="run_is_done_at_a_time"),
        ]

    class Sensitivity:
        public = ("kind", "state", "schedule", "as_of", "proposed_at", "left_out", "reviewed_at", "first_approved_at", "second_approved_at")
        internal = (
            "id",
            "uuid",
            "access_class",
            "proposed_by",
            "reviewed_by",
            "list_sha256",
            "list_sound",
            "first_approver",
            "second_approver",
            "started_by",
            "started_at",
            "finished_at",
            "cancelled_because",
            "log_size_before",
            "log_size_after",
            "removed_at",
            "table_files",
            "recorded_at",
        )

    def __str__(self) -> str:
        return f"run {self.uuid}"


class DispositionItem(models.Model):
    """One record of a run's frozen list and what became of it; `destroyed` cannot be written while the record is there."""

    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, related_name="items", db_index=False)
    position = models.IntegerField()
    uuid = models.UUIDField(default=uuid.uuid4)  # also the package's, when the run archives
    lead_uuid = models.UUIDField(db_index=True)
    lead_number = models.CharField(max_length=12)
    record_created_on = models.DateField()
    due_on = models.DateField()
    fingerprint = models.CharField(max_length=64)  # of the record's activity when the list was frozen
    outcome = models.CharField(max_length=9, choices=ItemOutcome.choices, default=ItemOutcome.PENDING)
    detail = models.CharField(max_length=200, blank=True)  # why it left the run: a sentence without content
    decided_at = models.DateTimeField(null=True)
    # the order of destruction, as the database saw it
    key_destroyed_at = models.DateTimeField(null=True)
    rows_deleted_at = models.DateTimeField(null=True)
    file_name = models.CharField(max_length=64, blank=True)  # a file that still has to be removed
    file_deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("disposition", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["disposition", "position"], name="item_position_once"),
            models.UniqueConstraint(fields=["disposition", "lead_uuid"], name="item_lead_once_a_run"),
            models.CheckConstraint(condition=Q(outcome__in=ItemOutcome.values), name="item_outcome_is_listed"),
            models.CheckConstraint(
                condition=Q(outcome="pending", decided_at=None) | (~Q(outcome="pending") & Q(decided_at__isnull=False)),
                name="item_decided_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(outcome="pending") | Q(outcome__in=SEALED_OR_GONE) | ~Q(detail=""), name="item_leaves_with_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="destroyed")
                | Q(key_destroyed_at__isnull=False, rows_deleted_at__isnull=False, rows_deleted_at__gte=F("key_destroyed_at")),
                name="item_key_was_destroyed_first",
            ),
            models.CheckConstraint(
                condition=Q(file_deleted_at=None) | Q(file_deleted_at__gte=F("rows_deleted_at")), name="item_file_went_last"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["disposition", "position"], condition=Q(outcome="pending"), name="item_pending"),
            models.Index(fields=["disposition", "position"], condition=~Q(file_name=""), name="item_file_left"),
        ]

    class Sensitivity:
        public = ("lead_number", "record_created_on", "due_on", "outcome", "detail", "decided_at")
        internal = (
            "id",
            "disposition",
            "position",
            "uuid",
            "lead_uuid",
            "fingerprint",
            "key_destroyed_at",
            "rows_deleted_at",
            "file_name",
            "file_deleted_at",
        )

    def __str__(self) -> str:
        return f"item {self.position} of run {self.disposition_id}"


class Certificate(models.Model):
    """The signed proof of a finished run: canonical JSON and its PDF. Opaque ids, counts, people, times; no content."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    disposition = models.OneToOneField(Disposition, on_delete=models.PROTECT, related_name="certificate")
    document = models.TextField()  # the signed envelope, as it is handed out
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    event_uuid = models.UUIDField(null=True)  # the event of the sealed log that names this certificate
    recorded_at = models.DateTimeField(db_default=Now())

    class Sensitivity:
        public = ("document", "pdf", "sha256", "issued_at")
        internal = ("id", "uuid", "disposition", "event_uuid", "recorded_at")

    def __str__(self) -> str:
        return f"certificate {self.uuid}"


class TableRewrite(models.Model):
    """A table was rewritten whole, so that nothing of deleted rows is left in its file."""

    table = models.CharField(max_length=63)
    started_at = models.DateTimeField()  # the database's clock, before the rewrite
    finished_at = models.DateTimeField()
    left_behind = models.BigIntegerField()  # dead rows that an old transaction kept: must be zero
    bytes_before = models.BigIntegerField()
    bytes_after = models.BigIntegerField()
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["table", "-started_at"], name="rewrite_by_table")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(finished_at__gte=F("started_at"), left_behind__gte=0), name="rewrite_ends_after_it_began")
        ]

    class Sensitivity:
        internal = ("id", "table", "started_at", "finished_at", "left_behind", "bytes_before", "bytes_after", "done_by", "recorded_at")

    def __str__(self) -> str:
        return f"rewrite of {self.table}"
