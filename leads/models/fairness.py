"""What the report of groups is made of: counted at night, class by class, so that each reader adds up what they may know of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from access.models import AccessClass


class GroupCount(models.Model):
    """People and leads of one class who share a value of one kind (sex, citizenship, port, ...); rewritten every night.

    A person is counted in their own class, a lead in its own, which may be stricter.
    """

    access_class = models.ForeignKey(
        AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=200)
    people = models.IntegerField()
    open = models.IntegerField()  # leads at work: one a person at the most
    decided = models.IntegerField()
    cleared = models.IntegerField()  # of the decided ones, closed as no violation
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["access_class", "kind", "value"], name="group_count_once"),
            models.CheckConstraint(condition=models.Q(cleared__gte=0, cleared__lte=models.F("decided")), name="group_count_is_a_share"),
        ]

    class Sensitivity:
        internal = ("id", "access_class", "kind", "value", "people", "open", "decided", "cleared", "counted_at")

    def __str__(self) -> str:
        return f"group count {self.pk}"
