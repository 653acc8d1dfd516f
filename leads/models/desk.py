"""What helps the people of the desk: notices, saved views, capacity and absence. Nothing here is part of a record."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User
from leads.models.bulk import BulkRun
from leads.models.lead import Lead


class SavedView(models.Model):
    """A view of the queue under a name. A standing one tells its owner when leads come into it, and remembers why it exists."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=400, blank=True)  # the queue's address part: closed lists only, never a name or number
    shared = models.BooleanField(default=False)
    standing = models.BooleanField(default=False)
    why = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField()
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], condition=models.Q(removed_at=None), name="view_name_once_an_owner"),
            models.CheckConstraint(condition=models.Q(standing=False) | ~models.Q(why=""), name="view_standing_says_why"),
        ]

    class Sensitivity:
        internal = (
            "id",
            "uuid",
            "access_class",
            "owner",
            "name",
            "query",
            "shared",
            "standing",
            "why",
            "checked_at",
            "created_at",
            "removed_at",
        )

    def __str__(self) -> str:
        return f"saved view {self.uuid}"


class Notice(models.Model):
    """Something that happened to what a person works on. Shown only while the person may see the lead."""

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", "Assigned to you"
        RETURNED = "returned", "Returned by the office"
        REOPENED = "reopened", "Open again after you closed it"
        CLOSED = "closed", "Closed while you were away"
        FILE = "file", "A file from the office"
        OUT_OF_DATE = "out_of_date", "The packet is out of date"
        APART = "apart", "Its own lead again"
        WOKEN = "woken", "Off hold"
        RELEASED = "released", "Back in the queue"
        BULK = "bulk", "An act on many leads has ended"
        STANDING = "standing", "New leads in a view"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="notices", null=True)
    run = models.ForeignKey(BulkRun, on_delete=models.PROTECT, related_name="+", null=True)
    view = models.ForeignKey(SavedView, on_delete=models.PROTECT, related_name="+", null=True)
    count = models.IntegerField(default=0)
    because = models.CharField(max_length=200, blank=True)  # no personal data
    happened_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
            models.Index(fields=["user", "-id"], name="notice_by_user"),
        ]

    class Sensitivity:
        internal = ("id", "user", "kind", "lead", "run", "view", "count", "because", "happened_at", "read_at", "recorded_at")

    def __str__(self) -> str:
        return f"notice {self.pk}"


class LeadVisit(models.Model):
    """When a person of the desk last had a lead's page open, and which version of the lead it showed."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="visits")
    version = models.IntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "lead"], name="visit_once_a_person")]

    class Sensitivity:
        internal = ("id", "user", "lead", "version", "seen_at")

    def __str__(self) -> str:
        return f"visit {self.pk}"


class Capacity(models.Model):
    """How many leads a person of the desk can have at a time; none said: no limit."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    most = models.IntegerField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(most__gte=0, most__lte=1000), name="capacity_in_reason")]

    class Sensitivity:
        internal = ("id", "user", "access_class", "most", "set_by", "set_at")

    def __str__(self) -> str:
        return f"capacity {self.pk}"


class Absence(models.Model):
    """Days on which a person is away: no lead is dealt or assigned, and claims go back to the queue."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField()  # the last day away
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    canceled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(until_on__gte=models.F("from_on")), name="absence_has_days")]
        indexes: ClassVar = [models.Index(fields=["user", "until_on"], condition=models.Q(canceled_at=None), name="absence_by_user")]

    class Sensitivity:
        internal = ("id", "uuid", "access_class", "user", "from_on", "until_on", "entered_by", "entered_at", "canceled_at")

    def __str__(self) -> str:
        return f"absence {self.uuid}"
