"""Files attached to a lead: examined first, then written and put on record in one go. Nothing is kept that was not examined."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import service_actor
from audit.acts import Act
from audit.changes import changed
from audit.services import record
from foundation.errors import Conflict, InvalidInput, NotFound
from leads.models import Attachment, Lead, Notice, Referral, SystemCheck
from leads.papers import folder, scanner
from leads.papers.kinds import Kind, Unsuitable, kind_of, tidy_name
from leads.sealing import seal_words
from leads.selectors.in_hand import require_office
from leads.services.notes import class_of_readers
from leads.services.notices import tell_each, working_on
from leads.services.present import present_lead
from leads.states import TAKES_FILES

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
    new = _row(actor, lead, file, now, access_class_id=class_of_readers(lead, audience), audience=audience, check_entered=check)
    there = Attachment.objects.filter(lead=lead, sha256=new.sha256, audience=audience, check_entered=check, referral=None).first()
    if there is not None:
        record(Act.VIEW, object_kind="lead", object_uuid=lead.uuid, results=[there.uuid], occurred_at=now)
        return there
    _refuse_too_much(lead, new.size_bytes)
    keep_file(new, file, about.strip())
    _told(new, file, about.strip(), "lead", lead.uuid)
    return new


@transaction.atomic
def attach_office_file(*, actor: User, referral: Referral, file: Examined, now: datetime, about: str = "") -> Attachment:
    """Keep an examined file that the office sends with its referral; headquarters reads it on the lead and is told.

    Also after the outcome, whose paper may come later. What came or went with the referral before, its packet's files too, is the
    one that is there.
    Raises `Forbidden`, `NotFound` (out of sight by now), `Conflict` when the referral is no longer the office's, `FileRefused`.
    """
    require_office(actor, Permission.ANSWER_REFERRAL, referral)
    with through_service(service_actor("leads")):
        lead = present_lead(Lead.objects.get(pk=referral.lead_id))  # an office reads no lead
    theirs = Referral.objects.select_related("office").filter(pk=referral.pk).first()
    if theirs is None:
        raise NotFound
    if theirs.state not in TAKES_FILES:
        message = "The referral is no longer with your office: nothing can be added to it."
        raise Conflict(message)
    new = _row(actor, lead, file, now, access_class_id=theirs.access_class_id, audience="office", referral=theirs)
    there = Attachment.objects.filter(referral=theirs, sha256=new.sha256).first()
    if there is not None:
        record(Act.VIEW, object_kind="referral", object_uuid=theirs.uuid, results=[there.uuid], occurred_at=now)
        return there
    with through_service(service_actor("leads")):
        _refuse_too_much(lead, new.size_bytes)
        concerned = working_on([lead.pk]) | {(lead.pk, theirs.sent_by_id)}
        tell_each(concerned, Notice.Kind.FILE, now=now, because=f"{theirs.office.name} added it.")
    keep_file(new, file, about.strip())
    _told(new, file, about.strip(), "referral", theirs.uuid)
    return new


def _row(actor: User, lead: Lead, file: Examined, now: datetime, **more: Any) -> Attachment:
    return Attachment(
        uuid=uuid.uuid4(),
        lead=lead,
        kind=file.kind.code,
        size_bytes=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        scan=file.scan,
        added_by=actor,
        added_at=now,
        **more,
    )


def keep_file(new: Attachment, file: Examined, about: str) -> None:
    """File first, row second: a row always has its file. The caller puts it on record in the same transaction."""
    scope = new.lead.uuid
    new.stored_as = folder.keep(scope, new.uuid, file.content)
    new.name_sealed = seal_words(scope, file.name)
    new.about_sealed = seal_words(scope, about) if about else None
    new.save(force_insert=True)


def _told(new: Attachment, file: Examined, about: str, kind: str, identity: uuid.UUID) -> None:
    told = {"name": file.name, "about": about, "readers": new.get_audience_display(), "sha256": new.sha256}
    record(
        Act.ATTACHMENT_ADDED,
        object_kind=kind,
        object_uuid=identity,
        results=[new.uuid],
        fields=[new.kind, new.scan],
        payload=changed({}, told),
        scope=new.lead.uuid,
        occurred_at=new.added_at,
    )


def _refuse_too_much(lead: Lead, more: int) -> None:
    """Raise `FileRefused`; copies that packets took along do not count, they were counted when they were attached."""
    there = Attachment.objects.filter(lead=lead, copy_of=None).aggregate(total=Sum("size_bytes"))["total"] or 0
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
