"""Events are skeletons without personal data; what they say in words lies encrypted beside them and can be destroyed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from audit.acts import Act


class DataKey(models.Model):
    """A data key of one opaque scope (a lead, an extract, a day of searches), wrapped by a key outside the database."""

    scope = models.UUIDField(primary_key=True)
    purpose = models.CharField(max_length=40)
    wrapped = models.BinaryField()
    wrapping_key = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Sensitivity:
        internal = ("scope", "purpose", "wrapping_key", "created_at")
        restricted = ("wrapped",)

    def __str__(self) -> str:
        return f"data key {self.scope}"


class Event(models.Model):
    """One act by one actor: append-only, no foreign keys out, so that it outlives what it names."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    via_id = models.BigIntegerField(null=True)  # the named service actor that did the work for the actor
    act = models.CharField(max_length=40, choices=Act.choices)
    allowed = models.BooleanField(default=True)
    view = models.CharField(max_length=100, blank=True)
    object_kind = models.CharField(max_length=40, blank=True)
    object_uuid = models.UUIDField(null=True)
    result_uuids = ArrayField(models.UUIDField(), default=list)
    field_names = ArrayField(models.CharField(max_length=60), default=list)
    purpose_kind = models.CharField(max_length=40, blank=True)
    purpose_uuid = models.UUIDField(null=True)
    session_ref = models.CharField(max_length=32, blank=True)
    request_ref = models.UUIDField(null=True)
    origin = models.CharField(max_length=64, blank=True)
    commitment = models.BinaryField(null=True)
    payload_scope = models.UUIDField(null=True)  # under whose key the words lie: a destruction must name it

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(act__in=[str(value) for value in Act.values]), name="event_act_is_listed"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["object_uuid", "-occurred_at"], name="event_by_object"),
            models.Index(fields=["actor_id", "-occurred_at"], name="event_by_actor"),
            models.Index(fields=["-occurred_at", "-id"], name="event_newest"),
            GinIndex(fields=["result_uuids"], name="event_by_result"),
        ]

    class Sensitivity:
        public = ("act", "allowed", "occurred_at", "view", "object_kind")
        internal = (
            "id",
            "uuid",
            "recorded_at",
            "actor_id",
            "via_id",
            "object_uuid",
            "result_uuids",
            "field_names",
            "purpose_kind",
            "purpose_uuid",
            "session_ref",
            "request_ref",
            "origin",
            "commitment",
            "payload_scope",
        )

    def __str__(self) -> str:
        return f"event {self.uuid}"


class Payload(models.Model):
    """The words of an event (old and new values, search terms, reasons), sealed under its scope's data key."""

    event_uuid = models.UUIDField(primary_key=True)
    scope = models.UUIDField(db_index=True)
    sealed = models.BinaryField()

    class Sensitivity:
        internal = ("event_uuid", "scope")
        restricted = ("sealed",)

    def __str__(self) -> str:
        return f"payload of {self.event_uuid}"


class Unsealed(models.Model):
    """An event that waits for the sealer: put here by a trigger in the event's own transaction, so that none is missed.

    A counter or a moment would miss an event whose transaction commits late; this row becomes visible exactly with it.
    """

    event_id = models.BigIntegerField(primary_key=True)
    transaction_id = models.BigIntegerField(null=True, db_index=True)  # what the tripwire asks at commit (audit.tripwire_sql)

    class Sensitivity:
        internal = ("event_id", "transaction_id")

    def __str__(self) -> str:
        return f"unsealed event {self.event_id}"


class Change(models.Model):
    """The trace of one statement on a table of leads or retention: written by a trigger, whoever ran it and how."""

    table_name = models.CharField(max_length=63)
    operation = models.CharField(max_length=8)  # insert, update, delete, truncate
    row_count = models.BigIntegerField(null=True)  # none for truncate
    actor_id = models.BigIntegerField(null=True)  # of the context; none where nobody acted: the owner's console, a restore
    role_name = models.CharField(max_length=63)  # of the database
    transaction_id = models.BigIntegerField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-recorded_at", "-id"], name="change_newest")]

    class Sensitivity:
        internal = ("id", "table_name", "operation", "row_count", "actor_id", "role_name", "transaction_id", "recorded_at")

    def __str__(self) -> str:
        return f"change {self.pk}"


class Untold(models.Model):
    """A change in whose transaction no event stands: somebody went past the services."""

    change_id = models.BigIntegerField(primary_key=True)

    class Sensitivity:
        internal = ("change_id",)

    def __str__(self) -> str:
        return f"untold change {self.change_id}"


class Leaf(models.Model):
    """One sealed event: its place in the log, counted from zero without a gap, and the hash of its skeleton."""

    seq = models.BigIntegerField(primary_key=True)
    event_uuid = models.UUIDField(unique=True)
    hash = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(seq__gte=0), name="leaf_counts_from_zero")]

    class Sensitivity:
        internal = ("seq", "event_uuid", "hash")

    def __str__(self) -> str:
        return f"leaf {self.seq}"


class Checkpoint(models.Model):
    """What was signed: size and root of the tree, its frontier to go on from, and where the note begins in the file."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    frontier = models.BinaryField()  # hashes of 32 bytes, largest subtree first
    note = models.TextField()
    starts_at = models.BigIntegerField(unique=True)  # bytes before this note in the published file
    sealed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(size__gt=0), name="checkpoint_holds_something")]

    class Sensitivity:
        internal = ("size", "root", "frontier", "note", "starts_at", "sealed_at", "recorded_at")

    def __str__(self) -> str:
        return f"checkpoint at {self.size}"
