"""The subject: one person as LeadTrac sees them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass


class Subject(models.Model):
    """One person. The names and dates here are the best values by a stated rule (`subjects.best`), rebuilt from facts."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    family_name = models.CharField(max_length=100, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    full_name_source_script = models.CharField(max_length=200, blank=True)
    name_key = models.CharField(max_length=220, blank=True)  # romanized, lower case: for search
    date_of_birth = models.DateField(null=True)
    sex = models.CharField(max_length=1, blank=True)
    citizenship = models.CharField(max_length=3, blank=True)  # ISO alpha-3 where the crosswalk knows the code
    us_person = models.BooleanField(null=True)
    identity_strength = models.CharField(max_length=6, default="strong")
    touched_at = models.DateTimeField(db_default=Now())  # a fact of this subject changed
    evaluated_at = models.DateTimeField(null=True)
    next_change_on = models.DateField(null=True)  # the earliest day on which a verdict can change without a new row
    evaluated_as_of = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(identity_strength__in=["strong", "fair", "weak"]), name="subject_identity_strength_is_listed"
            ),
        ]
        indexes: ClassVar = [
            GinIndex(fields=["name_key"], opclasses=["gin_trgm_ops"], name="subject_by_name"),
            models.Index(fields=["date_of_birth"], name="subject_by_birth_date"),
            models.Index(fields=["next_change_on"], condition=models.Q(next_change_on__isnull=False), name="subject_due"),
            models.Index(
                fields=["id"],
                condition=models.Q(evaluated_at=None) | models.Q(touched_at__gt=models.F("evaluated_at")),
                name="subject_touched",
            ),
        ]

    class Sensitivity:
        internal = (
            "id",
            "uuid",
            "access_class",
            "name_key",
            "identity_strength",
            "touched_at",
            "evaluated_at",
            "next_change_on",
            "evaluated_as_of",
            "recorded_at",
        )
        personal = (
            "family_name",
            "given_name",
            "full_name_source_script",
            "date_of_birth",
            "sex",
            "citizenship",
            "us_person",
        )

    def __str__(self) -> str:
        return f"subject {self.uuid}"
