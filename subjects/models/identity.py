"""Who is who: every decision is kept, none is overwritten, and a merge can be split again."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User
from ingest.models import SourceRow
from subjects.models.subject import Subject


class IdentityLink(models.Model):
    """Why a source row (a record of a source) belongs to a subject. Append-only: a later link closes an earlier one."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="links", db_index=False)  # link_by_subject
    access_class = models.ForeignKey(  # see FactBase
        AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=20)
    record_key = models.BigIntegerField()
    source_row = models.ForeignKey(SourceRow, on_delete=models.PROTECT, related_name="+", null=True)
    decision = models.CharField(max_length=12)  # new | identifier | scored | judged | manual
    weight = models.FloatField(null=True)  # bits, where the scored resolver decided
    explanation = models.JSONField(default=dict)  # levels by field, no values
    resolver_version = models.CharField(max_length=20)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # as-of day (UTC) of the first full extract without this record after the last that stated it (subjects.services.absence)
    unreported_since = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "record_key"], condition=models.Q(closed_at=None), name="record_has_one_subject"),
            models.CheckConstraint(
                condition=models.Q(decision__in=["new", "identifier", "scored", "judged", "manual"]), name="link_decision_is_listed"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject"], name="link_by_subject"),
            models.Index(fields=["source"], condition=models.Q(unreported_since__isnull=False), name="link_unreported"),
        ]

    class Sensitivity:
        internal = (
            "id",
            "subject",
            "access_class",
            "source",
            "record_key",
            "source_row",
            "decision",
            "weight",
            "explanation",
            "resolver_version",
            "decided_by",
            "decided_at",
            "closed_at",
            "unreported_since",
        )

    def __str__(self) -> str:
        return f"link {self.pk}"


class MatchKey(models.Model):
    """A coarse key of a subject's name and birth date (`subjects.matching.blocks`): it only proposes whom to compare."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", db_index=False)
    access_class = models.ForeignKey(  # see FactBase
        AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id", db_index=False, db_constraint=False
    )
    key = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["subject", "key"], name="match_key_once")]
        indexes: ClassVar = [models.Index(fields=["key"], name="match_key_look_up")]

    class Sensitivity:
        internal = ("id", "subject", "access_class")
        restricted = ("key",)

    def __str__(self) -> str:
        return f"match key {self.pk}"


class Judgement(models.Model):
    """A person's word on whether two subjects are the same; the ledger that later runs obey.

    `left` and `right` are whom the row was written about and never change. `left_now` and `right_now` say as whom each is
    shown since a merge, through all merges that followed (empty: as themselves); merges and splits keep them
    (`subjects.services.renaming`), and whoever reads pairs reads `shown`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    left = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    left_now = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    right_now = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    verdict = models.CharField(max_length=9, blank=True)  # same | different | unsure; empty while it waits
    weight = models.FloatField(null=True)
    explanation = models.JSONField(default=dict)  # frozen: what the judge saw, levels and weights by field
    reason = models.CharField(max_length=300, blank=True)
    judged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    judged_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(verdict__in=["", "same", "different", "unsure"]), name="judgement_is_listed"),
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="judgement_pair_is_ordered"),
            models.CheckConstraint(
                condition=models.Q(verdict="", judged_by=None, judged_at=None)
                | (~models.Q(verdict="") & models.Q(judged_by__isnull=False, judged_at__isnull=False)),
                name="judgement_who_and_when",
            ),
            models.UniqueConstraint(fields=["left", "right"], condition=models.Q(undone_at=None), name="judgement_open_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-weight", "id"], condition=models.Q(verdict=""), name="judgement_waiting"),
            models.Index(fields=["left_now"], condition=models.Q(left_now__isnull=False), name="judgement_left_now"),
            models.Index(fields=["right_now"], condition=models.Q(right_now__isnull=False), name="judgement_right_now"),
        ]

    class Sensitivity:
        internal = (
            "id",
            "uuid",
            "access_class",
            "left",
            "right",
            "left_now",
            "right_now",
            "verdict",
            "weight",
            "explanation",
            "judged_by",
            "judged_at",
            "undone_at",
            "recorded_at",
        )
        personal = ("reason",)

    def __str__(self) -> str:
        return f"judgement {self.uuid}"

    @property
    def shown(self) -> tuple[Subject, Subject]:
        """The two as they are shown now, whoever was here first in front; twice the same once they are one."""
        one, other = self.left_now or self.left, self.right_now or self.right
        return (one, other) if one.pk <= other.pk else (other, one)


class SubjectRedirect(models.Model):
    """A merge: `from_subject` is shown as `to_subject` until the row is closed. Links and facts keep their history."""

    from_subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    to_subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    judgement = models.ForeignKey(Judgement, on_delete=models.PROTECT, related_name="+", null=True)
    moved = models.JSONField(default=dict)  # table -> ids that moved, so that a split gives exactly these back
    links_before = models.BigIntegerField(default=0)  # the newest link of anybody in the merge: a link beyond it was decided since
    followed = models.JSONField(default=dict)  # registrant -> what it did in the merge, so that the split can undo it
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["from_subject"], condition=models.Q(closed_at=None), name="redirect_once"),
            models.CheckConstraint(condition=~models.Q(from_subject=models.F("to_subject")), name="redirect_goes_elsewhere"),
        ]

    class Sensitivity:
        internal = (
            "id",
            "from_subject",
            "to_subject",
            "access_class",
            "judgement",
            "moved",
            "links_before",
            "followed",
            "made_by",
            "made_at",
            "closed_at",
        )

    def __str__(self) -> str:
        return f"redirect {self.pk}"
