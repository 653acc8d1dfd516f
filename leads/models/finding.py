"""What a rule found."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass
from leads.models.lead import Lead
from organizations.models import Organization
from subjects.models import Subject


class Finding(models.Model):
    """One rule's answer on one matter as of one day; never changed. What holds of a matter is its newest row.

    A row is written only when the answer differs from the newest (under the lock on the subject, so never twice).
    """

    class Outcome(models.TextChoices):
        STANDS = "stands", "Stands"
        HELD = "held", "On hold"
        REVIEW = "review", "A person decides"
        REBUTTED = "rebutted", "Answered by evidence"
        CLEAR = "clear", "No longer alleged"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="findings", null=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="findings", null=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="findings", null=True)
    rule_id = models.CharField(max_length=40)
    rule_version = models.CharField(max_length=20)
    matter_key = models.CharField(max_length=64)
    violation = models.CharField(max_length=40)
    holds = models.BooleanField()  # false: the sentence says what answers it
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    closing = models.CharField(max_length=40, blank=True)  # code of the strongest evidence that answers it
    holds_from = models.DateField(null=True)
    sentence = models.CharField(max_length=500)
    evidence = ArrayField(models.UUIDField(), default=list)  # fact ids
    evidence_digest = models.CharField(max_length=64)
    as_of = models.DateField()
    next_change_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(subject__isnull=False, organization=None) | models.Q(subject=None, organization__isnull=False),
                name="finding_is_about_one",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["stands", "held", "review", "rebutted", "clear"]), name="finding_outcome_is_listed"
            ),
            models.CheckConstraint(
                condition=models.Q(holds=True, outcome__in=["stands", "held", "review"])
                | models.Q(holds=False, outcome__in=["rebutted", "clear"]),
                name="finding_holds_as_its_outcome_says",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["lead", "-id"], name="finding_by_lead"),
            models.Index(fields=["subject", "rule_id", "matter_key", "-id"], name="finding_newest"),
            # what waits for evidence is read from its end (leads.selectors.waiting)
            models.Index(fields=["-id"], condition=models.Q(lead=None, outcome__in=["stands", "held"]), name="finding_waiting"),
        ]

    class Sensitivity:
        public = ("rule_id", "rule_version", "violation")
        internal = (
            "id",
            "uuid",
            "access_class",
            "lead",
            "subject",
            "organization",
            "matter_key",
            "evidence",
            "evidence_digest",
            "as_of",
            "next_change_on",
            "recorded_at",
        )
        personal = ("holds", "outcome", "closing", "holds_from", "sentence")

    def __str__(self) -> str:
        return f"finding {self.uuid}"
