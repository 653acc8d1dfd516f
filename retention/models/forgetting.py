"""What became of people without a lead, night by night."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from access.models import AccessClass


class ForgettingNight(models.Model):
    """How many people of one set of compartments were forgotten in a night and why, and how many are kept and why: counts only."""

    on = models.DateField()
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    gone = models.JSONField(default=dict)  # which life was over -> people
    kept = models.JSONField(default=dict)  # why -> people; empty until the night is over
    oldest_on = models.DateField(null=True)  # since when the oldest of those kept is here
    removed_at = models.DateTimeField(null=True)  # when the last of them went, by the database's clock: since then their rows lie in files
    finished_at = models.DateTimeField(null=True)  # None: under way, or its worker was killed

    class Meta:
        ordering = ("-on", "id")
        constraints: ClassVar = [models.UniqueConstraint(fields=["on", "access_class"], name="forgetting_once_a_night")]

    class Sensitivity:
        internal = ("id", "on", "access_class", "gone", "kept", "oldest_on", "removed_at", "finished_at")

    def __str__(self) -> str:
        return f"forgetting of {self.on}"
