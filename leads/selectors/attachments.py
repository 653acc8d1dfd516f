"""The files of a lead as one reader may see them, and their content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from access.models import User
from audit.keys import existing_key
from foundation.errors import Conflict, NotFound
from leads.models import Attachment, Lead, Referral
from leads.packet.body import files_named
from leads.papers.folder import FileLost, Place, content_at
from leads.papers.kinds import KINDS, Kind
from leads.rules.freshness import WORDS
from leads.rules.words import day, size
from leads.sealing import read_all, read_bytes, read_words


@dataclass(frozen=True, slots=True)
class FileView:
    """An attached file with its words opened."""

    uuid: UUID
    name: str
    about: str
    kind: str
    size_bytes: int
    sha256: str
    author: str
    added_at: datetime
    readers: str
    scan: str
    evidence_of: str  # the check, in words; empty: none
    office: str  # that sent it; empty: headquarters attached it
    in_packet: bool = False
    sent_to: tuple[str, ...] = ()  # the offices whose packets took a copy along

    @property
    def size(self) -> str:
        """Its size in the words of the packet."""
        return size(self.size_bytes)


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it was attached."""

    name: str
    kind: Kind
    sha256: str
    content: bytes
    lead_uuid: UUID


def files_for(user: User, lead: Lead) -> tuple[FileView, ...]:  # the database knows who asks
    """The files of the lead that the user may read, newest first."""
    shown = opened(lead.uuid, Attachment.objects.filter(lead=lead, copy_of=None))
    copies = Attachment.objects.filter(lead=lead, copy_of__isnull=False).order_by("pk")
    sent: dict[UUID, dict[str, None]] = {}
    for original, office in copies.values_list("copy_of__uuid", "referral__office__name") if shown else ():
        sent.setdefault(original, {})[office] = None
    return tuple(replace(each, sent_to=tuple(sent.get(each.uuid, ()))) for each in shown)


def rows_of_referral(referral: Referral, named: Sequence[str]) -> QuerySet[Attachment]:
    """The files of a referral: copies that its packet names, what headquarters attached for the office, what the office added.

    What came or went with another referral is none of them, unless that was transferred and became this one.
    """
    line = RawSQL("SELECT leads_line_of(%s)", [referral.pk])  # a constant and a bound parameter
    listed = Q(copy_of=None, audience="office") & (Q(referral=None) | Q(referral__in=line))
    return Attachment.objects.filter(listed | Q(uuid__in=named), lead_id=referral.lead_id)


def office_files(referral: Referral) -> tuple[FileView, ...]:
    """Those that headquarters attached for the office too and the office's own, newest first; what a packet names stands with it."""
    return opened(referral.lead_uuid, rows_of_referral(referral, ()))


def files_of_referral(referral: Referral) -> tuple[FileView, ...]:
    """All files of the referral, newest first."""
    named = files_named(read_bytes(referral.lead_uuid, referral.packet.json_sealed))
    return opened(referral.lead_uuid, rows_of_referral(referral, [each["id"] for each in named]))


def opened(lead_uuid: UUID, rows: QuerySet[Attachment]) -> tuple[FileView, ...]:
    """Rows of one lead with their words; one query for the rows, one for the key when there are any."""
    found = list(rows.select_related("added_by", "check_entered", "referral__office").order_by("-added_at", "-pk"))
    texts = read_all(lead_uuid, [each for row in found for each in (row.name_sealed, row.about_sealed)])
    return tuple(_view(row, texts[2 * place : 2 * place + 2]) for place, row in enumerate(found))


def _view(row: Attachment, texts: Sequence[str]) -> FileView:
    check = row.check_entered
    return FileView(
        uuid=row.uuid,
        name=texts[0],
        about=texts[1],
        kind=str(row.get_kind_display()),
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        author=row.added_by.label,
        added_at=row.added_at,
        readers=str(row.get_audience_display()),
        scan=str(row.get_scan_display()),
        office=row.referral.office.name if row.referral and row.copy_of_id is None else "",
        in_packet=row.copy_of_id is not None,
        evidence_of=f"{WORDS.get(check.source, check.source)}, asked {day(check.checked_on)}" if check else "",
    )


def packet_files(lead_id: int, lead_uuid: UUID, named: Sequence[dict[str, Any]]) -> tuple[tuple[dict[str, Any], bool], ...]:
    """What a packet says of its files, each with whether the reader may (still) open it: its office changes with a transfer."""
    ids = [each["id"] for each in named]
    open_to = set(Attachment.objects.filter(lead_id=lead_id, uuid__in=ids).values_list("uuid", flat=True)) if ids else set()
    return tuple((each, UUID(each["id"]) in open_to) for each in named)


def content_for(user: User, lead: Lead, attachment_uuid: UUID) -> Content:  # the database knows who asks
    """A file of the lead with its content; raises `NotFound` (missing or out of sight), `Conflict` when its file does not open."""
    return content_among(Attachment.objects.filter(lead=lead), lead.uuid, attachment_uuid)


def content_among(rows: QuerySet[Attachment], lead_uuid: UUID, attachment_uuid: UUID) -> Content:
    """The one of these files of a lead, with its content; raises as `content_for`."""
    row = rows.filter(uuid=attachment_uuid).first()
    if row is None:
        raise NotFound
    return Content(read_words(lead_uuid, row.name_sealed), KINDS[row.kind], row.sha256, content_of(lead_uuid, row), lead_uuid)


def content_of(lead_uuid: UUID, row: Attachment) -> bytes:
    """The content of an attachment, checked against its digest; raises `Conflict` when its file does not open."""
    try:
        content = content_at(Place(lead_uuid, row.uuid, row.stored_as), existing_key(lead_uuid))
    except FileLost as error:
        message = "The file does not open. Tell the administrator; its place in the list stays."
        raise Conflict(message) from error
    if hashlib.sha256(content).hexdigest() != row.sha256:
        message = "The file is not what was attached. Tell the administrator."
        raise Conflict(message)
    return content
