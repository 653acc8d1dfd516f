"""The sealed log at work: seal, verify, export. The tables open to the service actor `audit` alone; people are recorded as asking."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import BinaryIO

from django.conf import settings
from django.db import connection

from access.context import acting_as, through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import service_actor
from audit.acts import Act
from audit.log.destruction import record_destruction
from audit.log.publishing import publish
from audit.log.reading import sealed_size, write_export
from audit.log.sealing import BATCH, seal_batch
from audit.log.verifying import verify
from audit.services import record
from foundation.errors import InvalidInput
from verifier.verify_log import Report, told

ASKED, SOUND, TOUCHED = "asked", "sound", "touched"
SCOPES_AN_EVENT = 1_000


def seal_events(*, actor: User, now: datetime, batch: int = BATCH) -> int:
    """Seal every event that waits, batch by batch, each a transaction, then publish; returns how many were sealed.

    `actor` is the service actor `audit`; `now` (aware) is what the checkpoints say. Raises
    `audit.log.publishing.PublishedLogIsAhead` when the files tell of a later or another log.
    """
    total = 0
    while True:
        with acting_as(actor):
            require(actor, Permission.SERVICE)
            sealed = seal_batch(now=now, batch=batch)
        total += sealed
        if sealed < batch:
            break
    with acting_as(actor):
        publish()
    return total


def verify_log(*, actor: User, now: datetime) -> Report:
    """Verify the whole log and record the finding; `actor` is the service actor `audit`, `now` aware."""
    with acting_as(actor):
        require(actor, Permission.VERIFY_LOG)
        report = verify(now=now)
        record(
            Act.LOG_VERIFIED,
            object_kind="log",
            fields=[SOUND if report.sound else TOUCHED],
            payload={"events": report.events, "checkpoints": report.checkpoints, "found": told(report)},
        )
    return report


def forget_words(*, actor: User, today: date) -> int:
    """Destroy the keys of days past `settings.AUDIT_WORDS_DAYS` on `today`, with what lies under them; returns how many keys.

    Reasons and terms about no single record end so; the events stay. `actor` is the service actor `audit`.
    """
    require(actor, Permission.SERVICE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT oversight_forget_words(%s, %s)", [today, settings.AUDIT_WORDS_DAYS])
        (gone,) = cursor.fetchone()
    for start in range(0, len(gone), SCOPES_AN_EVENT):
        results = gone[start : start + SCOPES_AN_EVENT]
        record_destruction(object_kind="words of days", results=results, payload={"keys": len(results)})
    return len(gone)


def ask_for_verification(*, actor: User) -> None:
    """Record that `actor` asked for a verification; the task does it. Runs in the caller's transaction."""
    require(actor, Permission.VERIFY_LOG)
    record(Act.LOG_VERIFIED, object_kind="log", fields=[ASKED])


def export_for(user: User) -> bytes:
    """The export as a file of bytes, without words, for the desk; recorded. Raises `InvalidInput` when it is too large for a page."""
    require(user, Permission.VERIFY_LOG)
    target = io.BytesIO()
    with through_service(service_actor("audit")):
        if sealed_size() > settings.AUDIT_EXPORT_EVENTS:
            message = "The log is too large to download from a page. Ask the operator to run: manage.py export_audit"
            raise InvalidInput(message)
        write_export(target)
    record(Act.EXPORT, object_kind="log")
    return target.getvalue()


def export_to(target: BinaryIO, *, actor: User, with_words: bool = False) -> int:
    """Write an export to an open file; recorded. Returns the number of events. `actor` is the service actor `audit`."""
    with acting_as(actor):
        require(actor, Permission.VERIFY_LOG)
        count = write_export(target, with_words=with_words)
        record(Act.EXPORT, object_kind="log", fields=["words"] if with_words else [])
    return count
