"""A record in the buffer that only probably is somebody's: it waits for a person to say whose it is."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User
from subjects.models.subject import Subject
from subjects.speaking import SPEAKS_OF


class PossibleRecord(models.Model):
    """Whether a record of a source is about a subject: asked by the resolver, answered by a person, kept in the ledger.

    The record is named by its key and not by its row: rows come again with every extract, and leave the buffer when their
    time is over. A question is open while its record has a row here and belongs to nobody.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="possible_records", db_index=False)
    access_class = models.ForeignKey(  # see FactBase; the stricter of the subject's and the record's
        AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=20)
    record_key = models.BigIntegerField()
    as_of = models.DateField()  # as-of day (UTC) of the row that asked
    speaks_of = models.CharField(max_length=10)  # the most telling thing that the row states
    weight = models.FloatField(null=True)
    explanation = models.JSONField(default=dict)  # levels and weights by field, no values
    verdict = models.CharField(max_length=9, blank=True)  # same | different | unsure; empty while it waits
    reason = models.CharField(max_length=300, blank=True)
    judged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    judged_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    brought = models.JSONField(default=list)  # ids of the links of what came along with "same", so that an undo takes it back
    left_at = models.DateTimeField(null=True)  # when an "unsure" record was found to have left the buffer
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(verdict__in=["", "same", "different", "unsure"]), name="possible_verdict_is_listed"),
            models.CheckConstraint(condition=models.Q(speaks_of__in=list(SPEAKS_OF)), name="possible_speaks_of_is_listed"),
            models.CheckConstraint(
                condition=models.Q(verdict="", judged_by=None, judged_at=None)
                | (~models.Q(verdict="") & models.Q(judged_by__isnull=False, judged_at__isnull=False)),
                name="possible_who_and_when",
            ),
            models.UniqueConstraint(
                fields=["record_key", "source", "subject"], condition=models.Q(undone_at=None), name="possible_asked_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject"], name="possible_by_subject"),
            models.Index(models.F("weight").desc(nulls_last=True), "id", condition=models.Q(verdict=""), name="possible_waiting"),
        ]

    class Sensitivity:
        internal = (
            "id",
            "uuid",
            "subject",
            "access_class",
            "source",
            "record_key",
            "as_of",
            "speaks_of",
            "weight",
            "explanation",
            "verdict",
            "judged_by",
            "judged_at",
            "undone_at",
            "brought",
            "left_at",
            "recorded_at",
        )
        personal = ("reason",)

    def __str__(self) -> str:
        return f"possible record {self.uuid}"
