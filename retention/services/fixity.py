"""Fixity: whether a sealed record can still be read, asked of each again and again, and what is said when it cannot."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from audit.acts import Act
from audit.keys import KeyDestroyed, existing_key
from audit.services import record
from foundation.crypto import DecryptionError, unseal
from retention.models import ArchivePackage
from retention.removal import bag, files

EVERY_DAYS = 90  # each sealed record is read again within so many days
DAMAGE = (bag.FixityError, DecryptionError, FileNotFoundError, KeyDestroyed)  # its file or its key is gone, or another one


def due_tonight() -> int:
    """How many packages are read in a night. Call as the retention service."""
    return ArchivePackage.objects.count() // EVERY_DAYS + 1


def check_next(*, now: datetime) -> bool:
    """Read the package that was read longest ago, and note what was found; False when all were read within a day.

    Call as the retention service: one call, one transaction, so that no run waits long for the record.
    """
    waiting = ArchivePackage.objects.select_for_update(skip_locked=True, no_key=True).filter(fixity_checked_at__lt=now - timedelta(days=1))
    package = waiting.order_by("fixity_checked_at", "pk").first()
    if package is None:
        return False
    try:
        content = unseal(existing_key(package.uuid), files.read(package.uuid.hex), package.uuid.bytes)
        if hashlib.sha256(content).hexdigest() != package.content_sha256:
            message = "the content is not what was packed"
            raise bag.FixityError(message)
    except DAMAGE:
        note_damage(package, now=now)
    else:
        package.damaged_at = None
    package.fixity_checked_at = now
    package.save(update_fields=["fixity_checked_at", "damaged_at"])
    return True


def note_damage(package: ArchivePackage, *, now: datetime) -> None:
    """Say on the desk, and once in the log, that the record cannot be read. Call as the retention service."""
    if package.damaged_at is None:
        package.damaged_at = now
        package.save(update_fields=["damaged_at"])
        record(Act.DISPOSITION, object_kind="archive package", object_uuid=package.lead_uuid, fields=["damaged"])
