"""Extracts, their parts, the rows they brought, and the rows that could not be used."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User
from ingest.states import ExtractState, Foreseen, PartState, RowState, Wanted


class Extract(models.Model):
    """One drop of one source: a data file with its manifest. Holds no personal data."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    source = models.CharField(max_length=20)  # key of ingest.sources.registry.SOURCES
    layout = models.CharField(max_length=40)
    extract_id = models.CharField(max_length=80)  # the source's own name of the extract
    as_of = models.DateTimeField()
    kind = models.CharField(max_length=5, choices=[("full", "full"), ("delta", "delta")])
    row_count = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)  # of the file as received
    state = models.CharField(max_length=12, choices=ExtractState.choices, default=ExtractState.RECEIVED)
    refused_because = models.TextField(blank=True)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(db_default=Now())
    file_name = models.CharField(max_length=120)  # random name under DROP_DIR
    rows_applied = models.BigIntegerField(default=0)
    rows_unchanged = models.BigIntegerField(default=0)
    rows_buffered = models.BigIntegerField(default=0)
    rows_quarantined = models.BigIntegerField(default=0)
    rows_unnamed = models.BigIntegerField(default=0)  # of these, the ones whose record could not be read; outlives them
    rows_remarked = models.BigIntegerField(default=0)  # of those that became facts, the ones with something nobody could read
    applied_at = models.DateTimeField(null=True)
    work_started_at = models.DateTimeField(null=True)
    wanted = models.CharField(max_length=8, choices=Wanted.choices, blank=True)  # what somebody asked for and a worker still owes
    wanted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    wanted_at = models.DateTimeField(null=True)
    preview = models.JSONField(null=True)  # figures of the last preview: words to numbers
    previewed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-received_at", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=ExtractState.values), name="extract_state_is_listed"),
            models.CheckConstraint(
                condition=models.Q(state=ExtractState.REFUSED) | models.Q(refused_because=""), name="extract_refusal_has_reason"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ExtractState.APPLIED)
                | models.Q(
                    row_count=models.F("rows_applied")
                    + models.F("rows_unchanged")
                    + models.F("rows_buffered")
                    + models.F("rows_quarantined")
                ),
                name="extract_rows_reconcile",
            ),
            models.CheckConstraint(
                condition=models.Q(rows_unnamed__gte=0, rows_unnamed__lte=models.F("rows_quarantined")), name="extract_unnamed_are_unusable"
            ),
            # the same drop once; one that was refused or un-imported may come again, and two empty files are two drops
            models.UniqueConstraint(
                fields=["source", "extract_id", "sha256"],
                condition=~models.Q(state__in=["refused", "unimported"]),
                name="extract_drop_once",
            ),
            models.CheckConstraint(
                condition=models.Q(wanted="", wanted_by=None, wanted_at=None)
                | models.Q(wanted__in=Wanted.values, wanted_by__isnull=False, wanted_at__isnull=False),
                name="extract_wish_has_a_wisher",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["source", "-as_of"], name="extract_newest_by_source")]

    class Sensitivity:
        public = (
            "source",
            "layout",
            "extract_id",
            "as_of",
            "kind",
            "row_count",
            "state",
            "refused_because",
            "received_at",
            "rows_applied",
            "rows_unchanged",
            "rows_buffered",
            "rows_quarantined",
            "rows_unnamed",
            "rows_remarked",
            "applied_at",
            "work_started_at",
            "wanted",
            "wanted_at",
            "preview",
            "previewed_at",
        )
        internal = ("id", "uuid", "sha256", "received_by", "file_name", "wanted_by")

    def __str__(self) -> str:
        return f"extract {self.uuid}"


class ExtractPart(models.Model):
    """A run of rows that one transaction applies. Its counts say what became of the rows then, and stay."""

    extract = models.ForeignKey(Extract, on_delete=models.PROTECT, related_name="parts")
    number = models.IntegerField()
    first_line = models.BigIntegerField()  # a row's number, not a file's line: 1 = the first row after the header
    last_line = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=PartState.choices, default=PartState.WAITING)
    rows_applied = models.IntegerField(default=0)
    rows_unchanged = models.IntegerField(default=0)
    rows_buffered = models.IntegerField(default=0)
    rows_quarantined = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["extract", "number"], name="part_number_once"),
            models.CheckConstraint(condition=models.Q(state__in=PartState.values), name="part_state_is_listed"),
        ]

    class Sensitivity:
        internal = (
            "id",
            "extract",
            "number",
            "first_line",
            "last_line",
            "state",
            "rows_applied",
            "rows_unchanged",
            "rows_buffered",
            "rows_quarantined",
        )

    def __str__(self) -> str:
        return f"part {self.number} of extract {self.extract_id}"


class SourceRow(models.Model):
    """One row as its source wrote it, sealed under the extract's key, with keyed hashes to find it again."""

    # Neither this nor the class is a foreign key of the database, which would ask once a row: a trigger asks once a
    # statement whether the extract is there, row-level security whether the class is (docs/adr/0020). Index: source_row_once.
    extract = models.ForeignKey(Extract, on_delete=models.PROTECT, related_name="rows", db_index=False, db_constraint=False)
    line = models.BigIntegerField()  # of the file; the header is 1
    source = models.CharField(max_length=20)
    access_class = models.ForeignKey(
        AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id", db_index=False, db_constraint=False
    )
    record_key = models.BigIntegerField()  # blind index of the source's own key of the record
    content_key = models.BigIntegerField()  # blind index of the whole row: an equal row changes nothing
    # of a buffered row: the keys under which `BufferKey` finds it; rows that became facts are found through their facts
    identifier_keys = ArrayField(models.BigIntegerField(), default=list)
    sealed = models.BinaryField()
    state = models.CharField(max_length=10, choices=RowState.choices, default=RowState.STAGED)
    buffered_until = models.DateField(null=True)
    # the newest extract that stated the very same row again: such rows are counted, not stored twice
    restated_in = models.ForeignKey(Extract, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    # other extracts that stated it again, the last of them last: where one is taken back, the newest that is left counts
    restated_before = ArrayField(models.BigIntegerField(), null=True)
    # the newest extract that stated its record in a row nobody could use, written when that row leaves the quarantine unrepaired
    named_in = models.ForeignKey(Extract, on_delete=models.PROTECT, related_name="+", null=True, db_index=False, db_constraint=False)
    # of a row that became facts: codes that no table knows and numbers that failed their check, a line each
    remarks = models.TextField(db_default="", default="")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["extract", "line"], name="source_row_once"),
            models.CheckConstraint(condition=models.Q(state__in=RowState.values), name="source_row_state_is_listed"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["source", "record_key"], name="source_row_by_record"),
        ]

    class Sensitivity:
        internal = (
            "id",
            "extract",
            "line",
            "source",
            "access_class",
            "record_key",
            "content_key",
            "identifier_keys",
            "state",
            "buffered_until",
            "restated_in",
            "restated_before",
            "named_in",
            "recorded_at",
        )
        personal = ("remarks",)
        restricted = ("sealed",)

    def __str__(self) -> str:
        return f"row {self.line} of extract {self.extract_id}"


class BufferKey(models.Model):
    """A buffered row by one of its keyed hashes: of a number, of name and birth date, of an organization's code.

    A table of pairs and not an index on the array: comparing arrays is not leakproof, so under row-level security
    PostgreSQL would walk the whole buffer for each search; comparing integers is (docs/adr/0011). There is no foreign key to
    the row: whoever removes a row from the buffer removes its keys (`ingest.services.buffer`).
    """

    pk = models.CompositePrimaryKey("key", "source_row_id")
    key = models.BigIntegerField()
    source_row = models.ForeignKey(SourceRow, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False)
    access_class = models.ForeignKey(
        AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id", db_index=False, db_constraint=False
    )

    class Sensitivity:
        internal = ("pk", "source_row", "access_class")
        restricted = ("key",)

    def __str__(self) -> str:
        return f"buffer key of row {self.source_row_id}"


class QuarantinedRow(models.Model):
    """A row that could not be used: line, column, the reason in a user's words, the raw row sealed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    extract = models.ForeignKey(Extract, on_delete=models.PROTECT, related_name="quarantined")
    line = models.BigIntegerField()  # of the file; the header is 1
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    record_key = models.BigIntegerField(null=True)  # as of a source row: which record it states, where that can be read
    column = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300)
    sealed = models.BinaryField()
    replayed_at = models.DateTimeField(null=True)
    replayed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    repaired = models.BinaryField(null=True)  # the row as a person corrected it, sealed like the first
    outcome = models.CharField(max_length=10, choices=RowState.choices, blank=True)  # what became of it after the repair
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["extract", "line"], name="quarantined_once"),
            models.CheckConstraint(
                condition=models.Q(replayed_at=None, replayed_by=None) | models.Q(replayed_at__isnull=False, replayed_by__isnull=False),
                name="quarantine_replay_is_paired",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(outcome="", repaired__isnull=False), name="quarantine_repaired"),
        ]

    class Sensitivity:
        public = ("line", "column", "reason", "recorded_at", "replayed_at", "outcome")
        internal = ("id", "uuid", "extract", "access_class", "record_key", "replayed_by")
        restricted = ("sealed", "repaired")

    def __str__(self) -> str:
        return f"quarantined row {self.uuid}"


class PreviewedRow(models.Model):
    """A row that would change something, as the last preview of its extract found it.

    It goes when the extract is applied or previewed anew, at the latest with the quarantine's life.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    extract = models.ForeignKey(Extract, on_delete=models.PROTECT, related_name="previewed")
    line = models.BigIntegerField()  # of the file; the header is 1
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    kind = models.CharField(max_length=10, choices=Foreseen.choices)
    sealed = models.BinaryField()  # the cells that differ: column, before, after; under the extract's key
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["extract", "line"], name="previewed_once"),
            models.CheckConstraint(condition=models.Q(kind__in=Foreseen.values), name="previewed_kind_is_listed"),
        ]

    class Sensitivity:
        public = ("line", "kind", "recorded_at")
        internal = ("id", "uuid", "extract", "access_class")
        restricted = ("sealed",)

    def __str__(self) -> str:
        return f"previewed row {self.uuid}"
