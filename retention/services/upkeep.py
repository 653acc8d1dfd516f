"""What ends by itself: suppressions, stray files. And what ingest asks before it makes anything of a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from audit.acts import Act
from audit.services import record
from foundation.copying import rows_by_keys
from retention.models import ArchivePackage, DispositionItem, Suppression
from retention.removal import files
from retention.removal.archive import STRAY_AFTER

_SUPPRESSED = "SELECT s.content_key FROM {wanted} JOIN retention_suppression s ON s.content_key = wanted.key WHERE s.source = %s"


def suppressed_rows(source: str, content_keys: Sequence[int]) -> set[int]:
    """Of the rows with these content keys, those whose record was archived or destroyed (registry `suppressors`)."""
    found = rows_by_keys(_SUPPRESSED, content_keys, [source])
    return {row[0] for row in found}


def forget_suppressions(*, now: datetime) -> int:
    """Delete suppressions whose day is over; returns how many went."""
    gone, _ = Suppression.objects.filter(expires_on__lt=now.date()).delete()
    if gone:
        record(Act.ROWS_EXPIRED, object_kind="suppression", payload={"rows": gone})
    return gone


def sweep_stray_files(*, now: datetime) -> int:
    """Remove files that a killed worker left: no package knows them and no run waits to remove them."""
    known = {each.hex for each in ArchivePackage.objects.values_list("uuid", flat=True)}
    known |= set(DispositionItem.objects.exclude(file_name="").values_list("file_name", flat=True))
    gone = files.remove_stray(known, before=now - STRAY_AFTER)
    if gone:
        record(Act.ROWS_EXPIRED, object_kind="archive files", payload={"files": gone})
    return gone
