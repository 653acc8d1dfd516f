"""Which versions judge: replays of a draft over past knowledge, promotions by two people, and stops of a rule."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import User
from leads.models.lead import Lead
from leads.states import CloseReason
from subjects.models import Subject


class Replay(models.Model):
    """A version of one part of the book, judged over what was known at a moment, beside the version in force.

    Works in transactions of some hundred people; `last_subject` is where the next one begins, so a killed worker loses one.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    part = models.CharField(max_length=40)  # a rule's id, or "presence", "risk"
    version = models.IntegerField()
    against_version = models.IntegerField()  # the version that was in force when it was asked
    known_at = models.DateTimeField()  # only what was known by then counts
    permille = models.IntegerField(default=1000)  # the share of people, drawn by a hash of their id
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    total = models.IntegerField()
    done = models.IntegerField(default=0)
    last_subject = models.BigIntegerField(default=0)
    figures = models.JSONField(default=dict)  # counts only
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(permille__gte=1, permille__lte=1000), name="replay_share_is_one"),
            models.CheckConstraint(
                condition=models.Q(state="done", finished_at__isnull=False) | (~models.Q(state="done") & models.Q(finished_at=None)),
                name="replay_done_has_its_end",
            ),
        ]

    class Sensitivity:
        public = ("part", "version", "against_version", "state", "permille", "total", "done", "figures")
        internal = ("id", "uuid", "known_at", "last_subject", "asked_by", "asked_at", "started_at", "finished_at", "recorded_at")

    def __str__(self) -> str:
        return f"replay {self.uuid}"


class ReplayEffect(models.Model):
    """What the version would do to one person: in sight of whoever sees the person."""

    class Change(models.TextChoices):
        APPEARS = "appears", "appears"
        VANISHES = "vanishes", "vanishes"
        CHANGES = "changes", "changes"

    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="effects")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="+", null=True)
    change = models.CharField(max_length=8, choices=Change.choices)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)
    decided = models.CharField(max_length=24, blank=True)  # why a person closed the lead, or the act; empty where none decided it

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["replay", "subject"], name="replay_effect_once")]

    class Sensitivity:
        internal = ("id", "replay", "subject", "lead")
        personal = ("change", "before", "after", "decided")

    def __str__(self) -> str:
        return f"effect {self.pk}"

    @property
    def would(self) -> str:
        """What the lead would do, after "would"."""
        return would(self.change)


# how people decide a lead that they do not leave closed, by action: a closing that no longer holds counts as one all the same
DECISIONS = {
    "close": "Closed, and opened again since",
    "close_on_outcome": "Closed on an outcome, and opened again since",
    "refer": "Referred to an office",
    "transfer": "Referred to an office",
    "accept": "Accepted by an office",
    "return": "Returned by the office",
    "continue_after_outcome": "Visited by an office, and not closed",
    "recall": "Referred, and recalled",
}


def decided_words(decided: str) -> str:
    """A decision in words: the reason of a closing, an act, or that there is none."""
    return DECISIONS.get(decided) or (str(CloseReason(decided).label) if decided else "not decided by a person")


def would(change: str) -> str:
    """`appears` as it stands after "would"."""
    return {"appears": "appear", "vanishes": "vanish", "changes": "change"}[change]


class Promotion(models.Model):
    """A version put in force by two people. What is in force of a part is its newest approved promotion."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    part = models.CharField(max_length=40)
    version = models.IntegerField()
    replaces = models.IntegerField()  # the version in force when it was proposed
    replay = models.ForeignKey(Replay, on_delete=models.PROTECT, related_name="promotions", null=True)
    rolls_back = models.BooleanField(default=False)  # to a version that was in force before: its verdicts are known
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    approved_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(approved_by=None, approved_at=None) | models.Q(approved_by__isnull=False, approved_at__isnull=False),
                name="promotion_is_open_or_approved",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("proposed_by")), name="promotion_takes_two_people"
            ),
            models.CheckConstraint(condition=models.Q(replay__isnull=False) | models.Q(rolls_back=True), name="promotion_was_replayed"),
            models.UniqueConstraint(fields=["part"], condition=models.Q(approved_at=None), name="promotion_open_once"),
        ]

    class Sensitivity:
        public = ("part", "version", "replaces", "rolls_back")
        internal = ("id", "uuid", "replay", "proposed_by", "proposed_at", "approved_by", "approved_at", "recorded_at")

    def __str__(self) -> str:
        return f"promotion {self.uuid}"


class RuleStop(models.Model):
    """A rule that opens nothing for a while; its open leads carry a stop sign. A supervisor lifts it with a reason.

    `closings`: it closes wrongly, so none of its leads closes by itself either; a person closes them.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    rule_id = models.CharField(max_length=40)
    version = models.IntegerField()
    because = models.CharField(max_length=300)
    closings = models.BooleanField(default=False, db_default=False)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule_id"], condition=models.Q(lifted_at=None), name="rule_stop_open_once"),
            models.CheckConstraint(
                condition=models.Q(lifted_by=None, lifted_at=None, lifted_because="")
                | (models.Q(lifted_by__isnull=False, lifted_at__isnull=False) & ~models.Q(lifted_because="")),
                name="rule_stop_lifted_with_reason",
            ),
        ]

    class Sensitivity:
        public = ("rule_id", "version", "because", "closings")
        internal = ("id", "uuid", "stopped_by", "stopped_at", "lifted_by", "lifted_at", "lifted_because", "recorded_at")

    def __str__(self) -> str:
        return f"stop {self.uuid}"


class Rejudging(models.Model):
    """That everybody is to be judged again, because the book changed, and how far the marking has come."""

    asked_at = models.DateTimeField()
    last_subject = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["id"], condition=models.Q(done_at=None), name="rejudging_open")]

    class Sensitivity:
        internal = ("id", "asked_at", "last_subject", "done_at")

    def __str__(self) -> str:
        return f"rejudging {self.pk}"


class MeasuredRate(models.Model):
    """How often what a band says proved true, counted from the outcomes that offices reported; rewritten every night."""

    kind = models.CharField(max_length=8)  # "presence" or "risk"
    band = models.CharField(max_length=8)
    hits = models.IntegerField()
    sample = models.IntegerField()
    measured_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "band"], name="measured_rate_once"),
            models.CheckConstraint(condition=models.Q(hits__gte=0, hits__lte=models.F("sample")), name="measured_rate_is_a_share"),
        ]

    class Sensitivity:
        public = ("kind", "band", "hits", "sample", "measured_at")
        internal = ("id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.band}"
