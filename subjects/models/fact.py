"""What every fact has: where it came from, since when it is known, whether it still stands."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from access.models import AccessClass
from ingest.models import Extract, SourceRow
from subjects.models.subject import Subject

FACT_MODELS: list[type[FactBase]] = []


class FactBase(models.Model):
    """One statement of one source, never overwritten.

    `known_at` is when LeadTrac learnt it, `superseded_at` when the same source's later row on the same record replaced
    it, `retracted_at` when its extract was un-imported. "As known at T" = known_at <= T < the earlier of the two others.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    # no index that Django would add by itself: `fact_indexes` names the few that reading needs, each costs load speed
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="%(class)ss", db_index=False)
    # Without a foreign key of the database, which would ask once a row: the row-level security of the table takes no class
    # that is not among the writer's (docs/adr/0020), and classes are never deleted.
    access_class = models.ForeignKey(
        AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id", db_index=False, db_constraint=False
    )
    source = models.CharField(max_length=20)
    # null: entered by hand, or it stands no more and its row waits for its owner again (subjects_let_go)
    extract = models.ForeignKey(  # that of the source row, whose foreign key holds both
        Extract, on_delete=models.PROTECT, related_name="+", null=True, db_index=False, db_constraint=False
    )
    source_row = models.ForeignKey(SourceRow, on_delete=models.PROTECT, related_name="+", null=True)
    as_of = models.DateField()  # of the extract that stated it
    record_key = models.BigIntegerField()  # blind index of the source's own key of the record
    known_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    retracted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    class Sensitivity:
        public: ClassVar[tuple[str, ...]] = ("source", "as_of")
        internal = (
            "id",
            "uuid",
            "subject",
            "access_class",
            "extract",
            "source_row",
            "record_key",
            "known_at",
            "superseded_at",
            "retracted_at",
        )

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Keep the list of fact tables for whoever walks them all (merge, un-import, destruction)."""
        super().__init_subclass__(**kwargs)
        if not getattr(getattr(cls, "Meta", None), "abstract", False):
            FACT_MODELS.append(cls)

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.uuid}"


def fact_indexes(name: str) -> list[models.Index]:
    """The two look-ups of every fact table: the standing facts of a subject, the standing facts of a source record."""
    standing = models.Q(superseded_at=None, retracted_at=None)
    return [
        models.Index(fields=["subject"], name=f"{name}_by_subject"),
        models.Index(fields=["source", "record_key"], condition=standing, name=f"{name}_standing"),
    ]


class FactSensitivity(FactBase.Sensitivity):
    """Name for the fact tables' inner classes to inherit."""

    personal: ClassVar[tuple[str, ...]] = ()
