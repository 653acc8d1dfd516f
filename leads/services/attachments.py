"""Files attached to a lead: examined first, then written and put on record in one go. Nothing is kept that was not examined."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.changes import changed
from audit.services import record
from foundation.errors import InvalidInput
from leads.models import Attachment, Lead, SystemCheck
from leads.papers import folder, scanner
from leads.papers.kinds import Kind, Unsuitable, kind_of, tidy_name
from leads.sealing import seal_words
from leads.services.notes import class_of_readers
from leads.services.present import present_lead

FIELD = "attachment"
STRAY_AFTER = timedelta(hours=1)  # a request that writes a file is over long before
MEGABYTE = 1_000_000
ASKED_AT_ONCE = 10_000  # names


class FileRefused(InvalidInput):
    """A file that is not kept; `because` is one word for the record: size, kind or scanner."""

    def __init__(self, message: str, *, because: str) -> None:
        super().__init__(message, field=FIELD)
        self.because = because


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept."""

    name: str
    content: bytes
    kind: Kind
    scan: str  # `Attachment.Scan`


def examine(*, name: str, content: bytes, size: int) -> Examined:
    """Look at a file before anything is written: its size in bytes, its kind by content and name, the scanner's word.

    `content` may be empty when `size` is over the limit. Raises `FileRefused` with words for the person.
    """
    most = settings.ATTACHMENT_BYTES
    if size > most:
        message = f"The file has {size / MEGABYTE:,.1f} MB; at most {most // MEGABYTE} MB are taken."
        raise FileRefused(message, because="size")
    shown = tidy_name(name)
    try:
        kind = kind_of(shown, content)
    except Unsuitable as error:
        raise FileRefused(str(error), because="kind") from error
    verdict = scanner.scan(content)
    if verdict is scanner.Verdict.REFUSED:
        message = "The scanner found something harmful in the file. It was not kept; tell the security officer where it came from."
        raise FileRefused(message, because="scanner")
    if verdict is scanner.Verdict.NO_ANSWER:
        message = "The scanner gives no answer, so no file can be taken now. Try again later; what you wrote is still here."
        raise FileRefused(message, because="scanner")
    return Examined(shown, content, kind, verdict.value)


@transaction.atomic
def attach_file(
    *, actor: User, lead: Lead, file: Examined, audience: str, now: datetime, about: str = "", check: SystemCheck | None = None
) -> Attachment:
    """Keep an examined file with the lead, for headquarters (`hq`) or also for the office that has the referral (`office`).

    `check` is the check of which it is evidence. The same content attached again in the same way is the attachment that is there.
    Raises `NotFound` (out of sight by now), `Forbidden`, `InvalidInput` with the field, or `FileRefused` when the lead's files are
    too large together.
    """
    require(actor, Permission.WRITE_NOTE)
    lead = present_lead(lead)  # the scanner took its time
    new = Attachment(
        uuid=uuid.uuid4(),
        lead=lead,
        access_class_id=class_of_readers(lead, audience),
        audience=audience,
        check_entered=check,
        kind=file.kind.code,
        size_bytes=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        scan=file.scan,
        added_by=actor,
        added_at=now,
    )
    there = Attachment.objects.filter(lead=lead, sha256=new.sha256, audience=audience, check_entered=check).first()
    if there is None:
        return _keep(new, file, about.strip())
    record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid, results=[there.uuid], occurred_at=now)
    return there


def _keep(new: Attachment, file: Examined, about: str) -> Attachment:
    """File first, row second, event third: a row always has its file, and a row without an event does not stay."""
    lead = new.lead
    _refuse_too_much(lead, new.size_bytes)
    new.stored_as = folder.keep(lead.uuid, new.uuid, file.content)
    new.name_sealed = seal_words(lead.uuid, file.name)
    new.about_sealed = seal_words(lead.uuid, about) if about else None
    new.save(force_insert=True)
    told = {"name": file.name, "about": about, "readers": new.get_audience_display(), "sha256": new.sha256}
    record(
        Act.ATTACHMENT_ADDED,
        object_kind="lead",
        object_uuid=lead.uuid,
        results=[new.uuid],
        fields=[new.kind, new.scan],
        payload=changed({}, told),
        scope=lead.uuid,
        occurred_at=new.added_at,
    )
    return new


def _refuse_too_much(lead: Lead, more: int) -> None:
    there = Attachment.objects.filter(lead=lead).aggregate(total=Sum("size_bytes"))["total"] or 0
    most = settings.ATTACHMENT_BYTES_A_LEAD
    if there + more > most:
        message = f"The files of this lead would be more than {most // MEGABYTE} MB together."
        raise FileRefused(message, because="size")


def sweep_stray(*, now: datetime) -> int:
    """Remove files that no row knows: their writer was killed, or their lead has left. Returns how many went."""
    before = now - STRAY_AFTER
    old = folder.FOLDER.older(before)
    known = set(old)
    for start in range(0, len(old), ASKED_AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute("SELECT leads_stray_files(%s)", [old[start : start + ASKED_AT_ONCE]])
            known -= set(cursor.fetchone()[0])
    gone = folder.FOLDER.remove_stray(known, before=before)
    if gone:
        record(Act.ROWS_EXPIRED, object_kind="attachment files", payload={"files": gone})
    return gone
