"""What was decided, on what was seen."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User
from leads.models.lead import Lead
from subjects.models import Subject


class Decision(models.Model):
    """What the person saw when deciding (facts, stop signs, scores, rule versions), frozen and sealed under the lead's key."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="decisions")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["lead", "-id"], name="decision_by_lead")]

    class Sensitivity:
        internal = ("id", "uuid", "lead", "access_class", "digest", "recorded_at")
        restricted = ("sealed",)

    def __str__(self) -> str:
        return f"decision {self.uuid}"


class Transition(models.Model):
    """One move of a lead: append-only history, written by `leads_move` in the database."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="transitions")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    action = models.CharField(max_length=24)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason_sealed = models.BinaryField(null=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["lead", "-id"], name="transition_by_lead"),
            models.Index(fields=["occurred_at"], name="transition_by_time"),  # figures and samples ask for the moves of some weeks
        ]

    class Sensitivity:
        public = ("action", "from_state", "to_state", "occurred_at")
        internal = ("id", "lead", "access_class", "actor", "decision", "recorded_at")
        restricted = ("reason_sealed",)

    def __str__(self) -> str:
        return f"transition {self.pk}"


class StopSignOverride(models.Model):
    """A named person took responsibility for one stop sign of one evaluation."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="overrides")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    code = models.CharField(max_length=120)  # `leads.judging.sign_key`
    evaluation_digest = models.CharField(max_length=64)  # holds for what was seen; new evidence asks again
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason_sealed = models.BinaryField()
    occurred_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lead", "code", "evaluation_digest"], name="override_once"),
        ]

    class Sensitivity:
        internal = ("id", "lead", "access_class", "code", "evaluation_digest", "user", "occurred_at")
        restricted = ("reason_sealed",)

    def __str__(self) -> str:
        return f"override {self.pk}"


class Correction(models.Model):
    """What a person settled when closing a lead, matter by matter: it answers the same evidence whenever it comes back.

    Some reasons settle for good, the others as long as what they rested on (`leads.rules.overtaken`).

    Withdrawn when a person reopens the lead by hand.
    """

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="corrections")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="corrections")
    matter_key = models.CharField(max_length=64)
    evidence_digest = models.CharField(max_length=64)
    code = models.CharField(max_length=20)  # the close reason
    sentence = models.CharField(max_length=200)
    relied = ArrayField(models.CharField(max_length=48), default=list, db_default=[])  # codes of evidence, places as hashes
    decided_on = models.DateField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lead", "matter_key", "evidence_digest"], condition=models.Q(withdrawn_at=None), name="correction_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject"], condition=models.Q(withdrawn_at=None), name="correction_by_subject"),
        ]

    class Sensitivity:
        internal = (
            "id",
            "lead",
            "access_class",
            "subject",
            "matter_key",
            "evidence_digest",
            "decided_on",
            "decided_by",
            "withdrawn_at",
            "recorded_at",
        )
        personal = ("code", "sentence", "relied")

    def __str__(self) -> str:
        return f"correction {self.pk}"
