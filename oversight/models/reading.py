"""Unusual reading: what stood out, and what another person said of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from access.models import User


class UnusualReading(models.Model):
    """A day's looks of one reader that another person should look at: why, which events, and what was found.

    No foreign key to the record: the finding outlives it. The reviewer's words are sealed.
    """

    class Kind(models.TextChoices):
        NAMESAKE = "namesake", "Same surname as the reader"
        SAME_ADDRESS = "same_address", "Same address as the reader"
        OUTSIDE_CLAIMS = "outside_claims", "Leads outside the reader’s claims"
        REPEATS = "repeats", "The same record again and again"
        ODD_HOURS = "odd_hours", "At night or on a day off"
        READERS = "readers", "Reading of those who read everybody"
        IN_ONE_HOUR = "in_one_hour", "Many records in one hour"
        OUT_IN_A_DAY = "out_in_a_day", "Many records taken out in a day"

    class Verdict(models.TextChoices):
        EXPLAINED = "explained", "Explained by the work"
        FOLLOW_UP = "follow_up", "Not explained: followed up"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    day = models.DateField()  # at headquarters
    record_kind = models.CharField(max_length=40, blank=True)
    record_uuid = models.UUIDField(null=True)
    looks = models.IntegerField()
    rise = models.PositiveSmallIntegerField(default=0)  # of bulk viewing: how often the day's looks have doubled since the first finding
    events = ArrayField(models.UUIDField())  # the first of them
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=9, choices=Verdict.choices, blank=True)
    words_sealed = models.BinaryField(null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    reviewed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "namesake",
                        "outside_claims",
                        "repeats",
                        "odd_hours",
                        "readers",
                        "in_one_hour",
                        "out_in_a_day",
                        "same_address",
                    ]
                ),
                name="reading_kind_is_listed",
            ),
            models.UniqueConstraint(
                fields=["reader", "kind", "day", "record_uuid", "rise"], nulls_distinct=False, name="reading_found_once"
            ),
            models.CheckConstraint(condition=~models.Q(reviewed_by=models.F("reader")), name="reading_reviewed_by_another"),
            models.CheckConstraint(
                condition=models.Q(verdict="", reviewed_by=None, reviewed_at=None, words_sealed=None)
                | models.Q(
                    verdict__in=["explained", "follow_up"],
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                    words_sealed__isnull=False,
                ),
                name="reading_reviewed_whole_or_not",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-day", "kind"], condition=models.Q(verdict=""), name="reading_waiting")]

    class Sensitivity:
        public = ("kind", "verdict")
        internal = (
            "id",
            "uuid",
            "reader",
            "day",
            "record_kind",
            "record_uuid",
            "looks",
            "rise",
            "events",
            "found_at",
            "reviewed_by",
            "reviewed_at",
            "recorded_at",
        )
        restricted = ("words_sealed",)

    def __str__(self) -> str:
        return f"reading {self.uuid}"
