"""People moved into a compartment by hand, or out of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, Compartment, User


class CompartmentMove(models.Model):
    """A person moved into a compartment, or to be moved out of it: by whom, why, with whose consent.

    Seen by those who are cleared for it. No foreign key to the person, whom the row outlives; its words end with the person's key.
    """

    class Way(models.TextChoices):
        IN = "in", "Into the compartment"
        OUT = "out", "Out of the compartment"

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for a second person"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    subject_uuid = models.UUIDField()
    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=3, choices=Way.choices)
    state = models.CharField(max_length=7, choices=State.choices)
    reason_sealed = models.BinaryField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decision_sealed = models.BinaryField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(way__in=["in", "out"]), name="compartment_way_is_listed"),
            models.CheckConstraint(condition=models.Q(state__in=["waiting", "done", "refused"]), name="compartment_state_is_listed"),
            models.CheckConstraint(condition=~models.Q(decided_by=models.F("asked_by")), name="compartment_left_by_two_people"),
            models.CheckConstraint(
                condition=models.Q(way="in", state="done", decided_by=None, decided_at=None, decision_sealed=None)
                | models.Q(way="out", state="waiting", decided_by=None, decided_at=None, decision_sealed=None)
                | models.Q(
                    way="out",
                    state__in=["done", "refused"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    decision_sealed__isnull=False,
                ),
                name="compartment_decided_whole_or_not",
            ),
            models.UniqueConstraint(
                fields=["subject_uuid", "compartment"], condition=models.Q(state="waiting"), name="compartment_asked_once"
            ),
        ]

    class Sensitivity:
        public = ("way", "state", "asked_at", "decided_at")
        internal = ("id", "uuid", "access_class", "subject_uuid", "compartment", "asked_by", "decided_by", "recorded_at")
        restricted = ("reason_sealed", "decision_sealed")

    def __str__(self) -> str:
        return f"compartment move {self.uuid}"
