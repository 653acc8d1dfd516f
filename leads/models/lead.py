"""The lead: one open matter of one person or one organization."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, Office
from leads.states import CLOSED_STATES, CloseReason, LeadState
from organizations.models import Organization
from subjects.models import Subject


class Lead(models.Model):
    """At most one open lead a subject; its findings are the reasons. State and class move only through `leads_move`."""

    class Band(models.TextChoices):
        HIGH = "high", "high"
        MEDIUM = "medium", "medium"
        LOW = "low", "low"

    class Presence(models.TextChoices):
        LIKELY = "likely", "likely"
        POSSIBLE = "possible", "possible"
        UNLIKELY = "unlikely", "unlikely"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    number = models.CharField(max_length=12, unique=True)  # L-7K4Q-92MD, random: a sequence would count hidden leads
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="leads", null=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="leads", null=True)
    state = models.CharField(max_length=12, choices=LeadState.choices, default=LeadState.NEW)
    state_since = models.DateTimeField()
    close_reason = models.CharField(max_length=20, choices=CloseReason.choices, blank=True)
    hold_until = models.DateField(null=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", null=True)  # where it is referred
    # what the queue shows, rewritten by each evaluation
    why = models.CharField(max_length=200, blank=True)  # "B2 over by 137 d; no exit": no personal data
    rule_id = models.CharField(max_length=40, blank=True)  # of the weightiest finding
    rules = ArrayField(models.CharField(max_length=40), default=list, db_default=[])  # of every finding that stands
    over_since = models.DateField(null=True)
    presence = models.CharField(max_length=8, choices=Presence.choices, blank=True)
    risk = models.CharField(max_length=6, choices=Band.choices, blank=True)
    risk_points = models.IntegerField(default=0)
    blocking_signs = models.IntegerField(default=0)
    routable = models.BooleanField(null=True)  # whether an office can be told from an address; None: not asked yet
    as_of = models.DateField(null=True)
    evaluation_digest = models.CharField(max_length=64, blank=True)
    clock_due_on = models.DateField(null=True)
    # records management
    record_created_on = models.DateField()  # set once; a migrated lead keeps the legacy system's date
    legacy_number = models.CharField(max_length=20, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=0)  # moves on with each change: a stale page is told

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=LeadState.values), name="lead_state_is_listed"),
            models.CheckConstraint(
                condition=models.Q(subject__isnull=False, organization=None) | models.Q(subject=None, organization__isnull=False),
                name="lead_is_about_one",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=CLOSED_STATES, close_reason__in=CloseReason.values)
                | (~models.Q(state__in=CLOSED_STATES) & models.Q(close_reason="")),
                name="lead_closed_with_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["referred", "accepted"]) | models.Q(office__isnull=False), name="lead_referred_to_office"
            ),
            models.UniqueConstraint(fields=["subject"], condition=~models.Q(state__in=CLOSED_STATES), name="lead_open_once_per_subject"),
            models.UniqueConstraint(
                fields=["organization"], condition=~models.Q(state__in=CLOSED_STATES), name="lead_open_once_per_organization"
            ),
            models.UniqueConstraint(fields=["legacy_number"], condition=~models.Q(legacy_number=""), name="lead_legacy_number_once"),
        ]
        indexes: ClassVar = [
            # the queue walks each of the user's classes in this order (leads.selectors.queue)
            models.Index(fields=["access_class", "state", "clock_due_on", "id"], name="lead_queue_by_clock"),
            models.Index(fields=["access_class", "state", "-risk_points", "id"], name="lead_queue_by_risk"),
            models.Index(fields=["access_class", "state", "over_since", "id"], name="lead_queue_by_age"),
            models.Index(fields=["access_class", "state", "-state_since", "id"], name="lead_queue_by_change"),
            models.Index(fields=["record_created_on"], name="lead_by_creation"),
        ]

    class Sensitivity:
        public = ("number", "state", "state_since", "office", "rule_id", "rules", "record_created_on", "close_reason", "legacy_number")
        internal = (
            "id",
            "uuid",
            "access_class",
            "subject",
            "organization",
            "hold_until",
            "as_of",
            "evaluation_digest",
            "clock_due_on",
            "recorded_at",
            "version",
        )
        personal = ("why", "over_since", "presence", "risk", "risk_points", "blocking_signs", "routable")

    def __str__(self) -> str:
        return self.number
