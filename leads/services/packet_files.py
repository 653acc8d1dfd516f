"""The files that go with a packet: the sender chooses, the office gets a copy of its own, the packet names it with its digest.

A copy, because the original stays with those who read it now, and what an office was given must not change when the lead goes
to another office. It is sealed for its own row under the lead's key, takes the lead's marks and leaves with the lead as any file.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from access.models import User
from foundation.errors import InvalidInput
from leads.models import Attachment, Lead, Referral
from leads.papers import folder
from leads.rules.words import size
from leads.sealing import read_all
from leads.selectors.attachments import content_of


def chosen_files(lead: Lead, chosen: Collection[uuid.UUID]) -> tuple[Attachment, ...]:
    """The lead's files with these ids, the oldest first, each content once. Raises `InvalidInput` when one is not in sight."""
    found = list(Attachment.objects.filter(lead=lead, copy_of=None, uuid__in=chosen).order_by("added_at", "pk"))
    if len(found) != len(set(chosen)):
        message = "A chosen file is not among the files of the lead. Choose again."
        raise InvalidInput(message, field="files")
    first: dict[str, Attachment] = {}
    for row in found:
        first.setdefault(row.sha256, row)
    return tuple(first.values())


def copy_for_office(*, actor: User, referral: Referral, files: Iterable[Attachment], now: datetime) -> list[dict[str, Any]]:
    """Give the office of a new referral a copy of each file; returns what the packet says of them.

    The caller puts the copies on record in the same transaction, as part of what left headquarters.
    Raises `Conflict` when a file does not open or is not what was attached: then nothing is sent.
    """
    return [_named(_copy(actor, referral, original, now)) for original in files]


def copies_named(named: Sequence[Mapping[str, Any]]) -> list[Attachment]:
    """The copies that a packet names, in its order, each with its original; none when it names none."""
    ids = [uuid.UUID(each["id"]) for each in named]
    found = Attachment.objects.select_related("copy_of").filter(uuid__in=ids).in_bulk(field_name="uuid") if ids else {}
    return [found[each] for each in ids]


def _copy(actor: User, referral: Referral, original: Attachment, now: datetime) -> Attachment:
    lead, identity = original.lead, uuid.uuid4()
    return Attachment.objects.create(
        uuid=identity,
        lead=lead,
        access_class_id=referral.access_class_id,
        audience="office",
        referral=referral,
        copy_of=original,
        kind=original.kind,
        size_bytes=original.size_bytes,
        sha256=original.sha256,
        stored_as=folder.keep(lead.uuid, identity, content_of(lead.uuid, original)),
        name_sealed=original.name_sealed,
        about_sealed=original.about_sealed,
        scan=original.scan,
        added_by=actor,
        added_at=now,
    )


def _named(copy: Attachment) -> dict[str, Any]:
    name, about = read_all(copy.lead.uuid, [copy.name_sealed, copy.about_sealed])
    return {
        "id": str(copy.uuid),
        "name": name,
        "shows": about,
        "kind": str(copy.get_kind_display()),
        "size": size(copy.size_bytes),
        "sha256": copy.sha256,
    }
