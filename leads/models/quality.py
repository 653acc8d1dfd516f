"""The second look: a share of what the system closed alone, and of what one person would refer, goes to another person."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import User
from leads.models.decision import Transition
from leads.models.lead import Lead

SAID = ("agree", "disagree")  # what a second person says


class QualitySample(models.Model):
    """One closing, or one referral before it is sent, drawn for review. In sight of whoever sees the lead; reviewed once, by another."""

    class Verdict(models.TextChoices):
        AGREE = "agree", "Agree"
        DISAGREE = "disagree", "Disagree: reopen the lead"
        MOOT = "moot", "Closed before anybody looked"

    class Kind(models.TextChoices):
        CLOSING = "closing", "closing by the system"
        REFERRAL = "referral", "referral before it is sent"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.CLOSING)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="samples")
    transition = models.OneToOneField(Transition, on_delete=models.PROTECT, related_name="+")
    rule_id = models.CharField(max_length=40, blank=True)
    rule_version = models.CharField(max_length=20, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    reviewed_at = models.DateTimeField(null=True)
    words_sealed = models.BinaryField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(verdict="", reviewed_by=None, reviewed_at=None)
                | models.Q(verdict__in=["agree", "disagree", "moot"], reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="sample_is_open_or_reviewed",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by=None) | ~models.Q(reviewed_by=models.F("decided_by")), name="sample_takes_a_second_person"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["drawn_at"], condition=models.Q(verdict=""), name="sample_waiting"),
            models.Index(fields=["rule_id", "rule_version"], name="sample_by_rule"),
        ]

    class Sensitivity:
        public = ("kind", "rule_id", "rule_version", "drawn_at")
        internal = ("id", "uuid", "lead", "transition", "decided_by", "verdict", "reviewed_by", "reviewed_at", "recorded_at")
        restricted = ("words_sealed",)

    def __str__(self) -> str:
        return f"sample {self.uuid}"
