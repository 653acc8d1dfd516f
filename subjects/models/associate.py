"""Family members and employers of a subject, with only the elements that the notice lists for them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User
from ingest.models import SourceRow
from organizations.models import Organization
from subjects.models.subject import Subject


class Associate(models.Model):
    """Names, date of birth, contact information, other identifying numbers (DHS/ICE-015); never resolved by machine."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="associates")
    relation = models.CharField(max_length=12)
    family_name = models.CharField(max_length=100, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", null=True)
    organization_name = models.CharField(max_length=200, blank=True)
    date_of_birth = models.DateField(null=True)
    contact = models.CharField(max_length=200, blank=True)
    identifiers_sealed = models.BinaryField(null=True)
    us_person = models.BooleanField(null=True)
    linked_subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", null=True)  # by judgement only
    source = models.CharField(max_length=20)
    source_row = models.ForeignKey(SourceRow, on_delete=models.PROTECT, related_name="+", null=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    retracted_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    relation__in=["spouse", "child", "parent", "sibling", "principal", "dependent", "employer", "sponsor", "other"]
                ),
                name="associate_relation_is_listed",
            ),
            models.UniqueConstraint(
                fields=["subject", "relation", "family_name", "given_name", "organization_name"],
                condition=models.Q(retracted_at=None),
                name="associate_once",
            ),
        ]

    class Sensitivity:
        public = ("relation", "source")
        internal = (
            "id",
            "uuid",
            "access_class",
            "subject",
            "organization",
            "linked_subject",
            "source_row",
            "entered_by",
            "retracted_at",
            "recorded_at",
        )
        personal = ("family_name", "given_name", "organization_name", "date_of_birth", "contact", "us_person")
        restricted = ("identifiers_sealed",)

    def __str__(self) -> str:
        return f"associate {self.uuid}"
