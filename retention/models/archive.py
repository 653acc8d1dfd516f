"""The archive: one sealed package a lead, the keyed hashes that find it, who opened it, and the stone that is left."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User
from retention.models.disposition import Disposition
from retention.models.schedule import CONDITION_LENGTH, Schedule

AUTHORITIES = (  # 36 CFR 1226.20(a): what allows an agency to keep longer, and a reset schedule (DHS/ICE-015)
    ("new_schedule", "A newly approved schedule"),
    ("nara_letter", "A letter of the National Archives"),
    ("pending_change", "A change of schedule that is already requested"),
    ("under_one_year", "A need of less than one year"),
    ("court_order", "A court order"),
)
LISTED = [code for code, _ in AUTHORITIES]


class ArchivePackage(models.Model):
    """What is known of an archived lead without opening it. Its content lies in one encrypted file with a random name.

    The package's data key has the scope `uuid`; `shred` are the other scopes whose keys and audit payloads go with it: the lead's own,
    and those of its subject, which go with the last record about the subject, live or sealed (`retention_scopes_going`).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    lead_uuid = models.UUIDField(unique=True)
    lead_number = models.CharField(max_length=12, unique=True)
    lead_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+")  # who saw the lead while it lived
    record_created_on = models.DateField()
    conditions = ArrayField(models.CharField(max_length=CONDITION_LENGTH), default=list)  # met when it was sealed, or since
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="+")
    destroy_on = models.DateField()
    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, related_name="packages")  # the run that archived it
    shred = ArrayField(models.UUIDField())
    with_subject = models.BooleanField()  # the subject left the live tables with it: this was the subject's last lead
    content_sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    fixity_checked_at = models.DateTimeField()
    damaged_at = models.DateTimeField(null=True)  # since when it could not be read any more
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["destroy_on", "lead_number"], name="package_by_destruction"),
            # asked for every key that is deleted: without a list of pending entries, which each look-up would walk
            GinIndex(fields=["shred"], name="package_by_scope", fastupdate=False),
        ]

    class Sensitivity:
        public = (
            "lead_number",
            "record_created_on",
            "schedule",
            "destroy_on",
            "with_subject",
            "sealed_at",
            "fixity_checked_at",
            "damaged_at",
        )
        internal = ("id", "uuid", "lead_uuid", "lead_class", "conditions", "disposition", "shred", "content_sha256", "recorded_at")

    def __str__(self) -> str:
        return f"package {self.uuid}"


class ArchiveFile(models.Model):
    """Where a package's file lies. The application may write this and not read it: `retention_open` alone tells."""

    package = models.OneToOneField(ArchivePackage, on_delete=models.PROTECT, primary_key=True, related_name="+")
    name = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64)  # of the sealed file: the same before and after an opening
    size_bytes = models.BigIntegerField()

    class Sensitivity:
        internal = ("package", "sha256", "size_bytes")
        restricted = ("name",)

    def __str__(self) -> str:
        return f"file of package {self.package_id}"


class ArchiveIdentifier(models.Model):
    """A keyed hash of a number that a package's person carries; nothing else finds an archived lead."""

    package = models.ForeignKey(ArchivePackage, on_delete=models.PROTECT, related_name="identifiers", db_index=False)
    blind_index = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["package", "blind_index"], name="archive_identifier_once")]
        indexes: ClassVar = [models.Index(fields=["blind_index"], name="archive_identifier_look_up")]

    class Sensitivity:
        internal = ("id", "package")
        restricted = ("blind_index",)

    def __str__(self) -> str:
        return f"archive identifier {self.pk}"


class ArchiveOpening(models.Model):
    """Somebody opened a package: written by the database function that says where the file is, never without it."""

    class Kind(models.TextChoices):
        REASON = "reason", "Opened with a reason"
        SAMPLE = "sample", "Opened as a sample of a run"
        RETRIEVAL = "retrieval", "Retrieved under an authority"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    package_uuid = models.UUIDField(db_index=True)
    lead_number = models.CharField(max_length=12)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    reason_sealed = models.BinaryField()  # under the lead's key: goes with it
    authority_kind = models.CharField(max_length=14, choices=AUTHORITIES, blank=True)
    authority = models.CharField(max_length=200, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-opened_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=["reason", "sample", "retrieval"]), name="opening_kind_is_listed"),
            models.CheckConstraint(
                condition=~models.Q(kind="retrieval") | (models.Q(authority_kind__in=LISTED) & ~models.Q(authority="")),
                name="retrieval_has_typed_authority",
            ),
        ]

    class Sensitivity:
        public = ("lead_number", "kind", "opened_at")
        internal = ("id", "uuid", "package_uuid", "authority_kind", "authority", "opened_by")
        restricted = ("reason_sealed",)

    def __str__(self) -> str:
        return f"opening {self.uuid}"


class Extension(models.Model):
    """A record is kept beyond its day: only under a typed authority, and only until a day."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    lead_uuid = models.UUIDField(db_index=True)
    lead_number = models.CharField(max_length=12)
    authority_kind = models.CharField(max_length=14, choices=AUTHORITIES)
    authority = models.CharField(max_length=200)
    granted_on = models.DateField()
    ends_on = models.DateField()
    review_on = models.DateField()
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-ends_on", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(authority_kind__in=LISTED), name="extension_authority_is_typed"),
            models.CheckConstraint(condition=~models.Q(authority=""), name="extension_names_its_authority"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("granted_on"), review_on__lte=models.F("ends_on")),
                name="extension_ends_and_is_reviewed",
            ),
        ]

    class Sensitivity:
        public = ("lead_number", "authority_kind", "granted_on", "ends_on", "review_on")
        internal = ("id", "uuid", "lead_uuid", "authority", "granted_by", "recorded_at")

    def __str__(self) -> str:
        return f"extension {self.uuid}"


class Tombstone(models.Model):
    """What is left: that a record was destroyed, when and under what. Seen by those who saw the lead; no personal data."""

    lead_uuid = models.UUIDField(primary_key=True)
    lead_number = models.CharField(max_length=12, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    # null: a restored backup is older than the run; the certificate outside the database tells of it
    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, related_name="tombstones", null=True)
    authority = models.CharField(max_length=200)
    schedule_title = models.CharField(max_length=140)
    record_created_on = models.DateField()
    destroyed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Sensitivity:
        public = ("lead_number", "authority", "schedule_title", "record_created_on", "destroyed_at")
        internal = ("lead_uuid", "access_class", "disposition", "recorded_at")

    def __str__(self) -> str:
        return f"tombstone of lead {self.lead_number}"


class DatabaseMark(models.Model):
    """In which database this content was made ready to serve: a copy by dump carries the mark and is another database."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    database = models.CharField(max_length=60)  # the server's own identifier and the database's number in it
    ready_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="database_mark_stands_once")]

    class Sensitivity:
        internal = ("id", "database", "ready_at")

    def __str__(self) -> str:
        return "mark of the database"


class Suppression(models.Model):
    """A source row whose record was archived or destroyed: the same row coming again makes nothing. Not the person."""

    source = models.CharField(max_length=20)
    content_key = models.BigIntegerField()  # keyed hash of the whole row, as ingest computes it
    expires_on = models.DateField(db_index=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "content_key"], name="suppressed_once")]

    class Sensitivity:
        internal = ("id", "source", "expires_on", "recorded_at")
        restricted = ("content_key",)

    def __str__(self) -> str:
        return f"suppression {self.pk}"
