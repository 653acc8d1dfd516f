"""How long: schedules and clocks, holds, the archive, dispositions, and the register of what is kept elsewhere."""

from retention.models.archive import (
    ArchiveFile,
    ArchiveIdentifier,
    ArchiveOpening,
    ArchivePackage,
    DatabaseMark,
    Extension,
    Suppression,
    Tombstone,
)
from retention.models.disposition import Certificate, Disposition, DispositionItem, TableRewrite
from retention.models.forgetting import ForgettingNight
from retention.models.hold import Hold, HoldLead
from retention.models.register import RegisterEntry, ScheduleReview, UnauthorizedDestruction
from retention.models.schedule import Restatement, RetentionClock, Schedule

__all__ = (
    "ArchiveFile",
    "ArchiveIdentifier",
    "ArchiveOpening",
    "ArchivePackage",
    "Certificate",
    "DatabaseMark",
    "Disposition",
    "DispositionItem",
    "Extension",
    "ForgettingNight",
    "Hold",
    "HoldLead",
    "RegisterEntry",
    "Restatement",
    "RetentionClock",
    "Schedule",
    "ScheduleReview",
    "Suppression",
    "TableRewrite",
    "Tombstone",
    "UnauthorizedDestruction",
)
