"""Break-glass openings and unusual reading: what happened, and what another person said of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, Compartment, User
from oversight.disclosure_models import Disclosure

__all__ = ["BreakGlass", "CompartmentMove", "Disclosure", "UnusualReading"]


class BreakGlass(models.Model):
    """One opening of one lead. The reason and the review's words are sealed under the lead's own key and end with it."""

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", "Justified"
        NOT_JUSTIFIED = "not_justified", "Not justified"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lead_uuid = models.UUIDField()  # no foreign key: the review outlives the lead
    lead_number = models.CharField(max_length=12)
    reason_sealed = models.BinaryField()
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    review_due_on = models.DateField()  # one working day later
    verdict = models.CharField(max_length=13, choices=Verdict.choices, blank=True)
    review_sealed = models.BinaryField(null=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    reviewed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(until__gt=models.F("opened_at")), name="glass_opens_before_it_closes"),
            models.CheckConstraint(condition=~models.Q(reviewed_by=models.F("user")), name="glass_reviewed_by_another"),
            models.CheckConstraint(
                condition=models.Q(verdict="", reviewed_by=None, reviewed_at=None, review_sealed=None)
                | models.Q(
                    verdict__in=["justified", "not_justified"],
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                    review_sealed__isnull=False,
                ),
                name="glass_reviewed_whole_or_not",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "until"], name="glass_open_by_user"),
            models.Index(fields=["review_due_on"], condition=models.Q(verdict=""), name="glass_review_due"),
        ]

    class Sensitivity:
        public = ("verdict",)
        internal = (
            "id",
            "uuid",
            "user",
            "lead_uuid",
            "lead_number",
            "opened_at",
            "until",
            "review_due_on",
            "reviewed_by",
            "reviewed_at",
            "recorded_at",
        )
        restricted = ("reason_sealed", "review_sealed")

    def __str__(self) -> str:
        return f"break-glass {self.uuid}"


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
