"""Work on a lead: claims and notes."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User
from leads.models.lead import Lead
from subjects.models import Subject


class Claim(models.Model):
    """A lease: shown to others, gives no sight, ends by itself. One open claim a lead."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="claims")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    until = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True)  # "dealt: oldest high risk of your office"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lead"], condition=models.Q(released_at=None), name="claim_open_once"),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("claimed_at")), name="claim_lasts"),
        ]
        indexes: ClassVar = [models.Index(fields=["user"], condition=models.Q(released_at=None), name="claim_by_user")]

    class Sensitivity:
        internal = ("id", "lead", "access_class", "user", "claimed_at", "until", "released_at", "why")

    def __str__(self) -> str:
        return f"claim {self.pk}"


class Note(models.Model):
    """A note, sealed under the lead's data key; a correction is a new row that replaces it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="notes")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    audience = models.CharField(max_length=6, choices=[("hq", "Headquarters"), ("office", "Headquarters and the office")])
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    sealed = models.BinaryField()
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, related_name="replaced_by", null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(audience__in=["hq", "office"]), name="note_audience_is_listed"),
        ]
        indexes: ClassVar = [models.Index(fields=["lead", "-written_at"], name="note_by_lead")]

    class Sensitivity:
        internal = ("id", "uuid", "lead", "access_class", "audience", "author", "written_at", "replaces", "recorded_at")
        restricted = ("sealed",)

    def __str__(self) -> str:
        return f"note {self.uuid}"


class Wait(models.Model):
    """What a lead on hold waits for beside its day: a decision on a filing, or a newer word of a source."""

    class Kind(models.TextChoices):
        DECISION = "decision", "A decision on a filing"
        REFRESH = "refresh", "A newer extract of a source"

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="waits")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    source = models.CharField(max_length=20, blank=True)
    known_on = models.DateField(null=True)  # up to which day the source had spoken when the wait began
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["lead"], condition=models.Q(ended_at=None), name="wait_open_once"),
            models.CheckConstraint(
                condition=models.Q(kind="decision", source="") | (models.Q(kind="refresh") & ~models.Q(source="")),
                name="wait_names_its_source",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "source"], condition=models.Q(ended_at=None), name="wait_open")]

    class Sensitivity:
        public = ("kind", "source", "known_on")
        internal = ("id", "lead", "access_class", "placed_by", "placed_at", "ended_at")

    def __str__(self) -> str:
        return f"wait {self.pk}"


class SystemCheck(models.Model):
    """An analyst asked one source system about the person by hand: system, day, result (design 4). It refreshes the sign.

    A result that says something new is a fact of source `manual` beside it; `nothing_new` says that the system knew no more.
    One that was entered by mistake is taken back with a reason: it stays on record and counts for nothing.
    """

    class Result(models.TextChoices):
        NOTHING_NEW = "nothing_new", "Nothing new"
        SOMETHING_NEW = "something_new", "Something new, entered as a fact"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="checks")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="checks")
    source = models.CharField(max_length=20)
    checked_on = models.DateField()
    result = models.CharField(max_length=14, choices=Result.choices)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    taken_back_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(result__in=["nothing_new", "something_new"]), name="check_result_is_listed"),
            models.CheckConstraint(
                condition=models.Q(taken_back_by=None, taken_back_at=None)
                | models.Q(taken_back_by__isnull=False, taken_back_at__isnull=False),
                name="check_taken_back_by_and_at",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["subject", "source", "-checked_on"], name="check_by_subject")]

    class Sensitivity:
        public = ("source", "checked_on")
        internal = (
            "id",
            "uuid",
            "lead",
            "access_class",
            "subject",
            "entered_by",
            "entered_at",
            "taken_back_by",
            "taken_back_at",
            "recorded_at",
        )
        personal = ("result",)

    def __str__(self) -> str:
        return f"check {self.uuid}"
