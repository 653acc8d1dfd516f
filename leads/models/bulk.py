"""One act on many leads: what was ordered, and what became of each row."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User
from leads.models.lead import Lead
from leads.states import CloseReason


class BulkRun(models.Model):
    """An order: one act, its parameters, and the list that was frozen when it was previewed.

    Whoever ordered it is who acts, row by row, at the time of the run. The reason is sealed under the run's own key and is
    forgotten when the run can no longer be undone; each lead's history keeps its own copy.
    """

    class Kind(models.TextChoices):
        CLOSE = "close", "Close"
        SNOOZE = "snooze", "Hold"
        ASSIGN = "assign", "Assign"

    class State(models.TextChoices):
        PREPARING = "preparing", "The list is being made"
        READY = "ready", "Waits for your word"
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"
        CANCELED = "canceled", "Canceled"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARING)
    view = models.CharField(max_length=400, blank=True)  # the queue's address part; closed lists only. Empty: rows picked by hand
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    close_reason = models.CharField(max_length=20, choices=CloseReason.choices, blank=True)
    hold_until = models.DateField(null=True)
    waits_for = models.CharField(max_length=40, blank=True)
    reason_sealed = models.BinaryField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    total = models.IntegerField(default=0)  # rows on the frozen list, those left out included
    sampled = models.IntegerField(default=0)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=["close", "snooze", "assign"]), name="bulk_kind_is_listed"),
            models.CheckConstraint(
                condition=models.Q(state__in=["preparing", "ready", "running", "done", "undoing", "undone", "canceled"]),
                name="bulk_state_is_listed",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["preparing", "ready", "canceled"]) | models.Q(started_at__isnull=False),
                name="bulk_runs_only_when_started",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state"], condition=models.Q(state__in=["preparing", "running", "undoing"]), name="bulk_to_work"),
            models.Index(fields=["ordered_by", "-ordered_at"], name="bulk_by_person"),
        ]

    class Sensitivity:
        public = ("kind", "state", "close_reason")
        internal = (
            "id",
            "uuid",
            "access_class",
            "view",
            "ordered_by",
            "ordered_at",
            "assignee",
            "hold_until",
            "waits_for",
            "started_at",
            "finished_at",
            "total",
            "sampled",
            "recorded_at",
        )
        restricted = ("reason_sealed",)

    def __str__(self) -> str:
        return f"bulk run {self.uuid}"


class BulkItem(models.Model):
    """One lead of a run. In sight of whoever sees the lead."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        LEFT_OUT = "left_out", "Left out"
        UNDONE = "undone", "Undone"
        KEPT = "kept", "Not undone"

    run = models.ForeignKey(BulkRun, on_delete=models.PROTECT, related_name="items")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="bulk_items")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    note = models.CharField(max_length=200, blank=True)  # why it was left out, failed or kept: no personal data
    was_held_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)  # who had claimed it before
    version_after = models.IntegerField(null=True)  # of the lead, when this run had changed it
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "lead"], name="bulk_item_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "done", "failed", "left_out", "undone", "kept"]), name="bulk_item_state_is_listed"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["done", "undone", "kept"]) | models.Q(version_after__isnull=False, done_at__isnull=False),
                name="bulk_item_says_what_it_left",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["run", "state", "id"], name="bulk_item_by_state")]

    class Sensitivity:
        public = ("state",)
        internal = ("id", "run", "lead", "note", "was_held_by", "version_after", "done_at")

    def __str__(self) -> str:
        return f"bulk item {self.pk}"
