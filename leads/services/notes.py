"""Notes on a lead: sealed under its key, for headquarters or also for the office; a correction replaces, nothing is overwritten."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import class_for
from audit.acts import Act
from audit.changes import changed
from audit.services import record
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from leads.models import Lead, Note
from leads.sealing import read_words, seal_words
from leads.services.present import present_lead

LONGEST = 20_000  # characters


@transaction.atomic
def write_note(*, actor: User, lead: Lead, text: str, audience: str, now: datetime, replaces: uuid.UUID | None = None) -> Note:
    """Write a note, or a new version of one's own note.

    `audience` is `hq`, or `office` for headquarters and the office that has the referral. Raises `InvalidInput`,
    `NotFound` (no such note), `Forbidden` (somebody else's) or `Conflict` (already replaced).
    """
    require(actor, Permission.WRITE_NOTE)
    words = text.strip()
    if not words or len(words) > LONGEST:
        message = "Write something." if not words else f"At most {LONGEST:,} characters."
        raise InvalidInput(message, field="text")
    lead = present_lead(lead)
    old = _old_note(actor, lead, replaces) if replaces else None
    try:
        with transaction.atomic():
            note = Note.objects.create(
                uuid=uuid.uuid4(),
                lead=lead,
                access_class_id=class_of_readers(lead, audience),
                audience=audience,
                author=actor,
                written_at=now,
                sealed=seal_words(lead.uuid, words),
                replaces=old,
            )
    except IntegrityError as error:
        message = "This note has already been replaced by a newer version."
        raise Conflict(message) from error
    before = {"text": read_words(lead.uuid, old.sealed), "readers": old.get_audience_display()} if old else {}
    record(
        Act.NOTE_ADDED,
        object_kind="lead",
        object_uuid=lead.uuid,
        results=[note.uuid],
        payload=changed(before, {"text": words, "readers": note.get_audience_display()}),
        scope=lead.uuid,
        occurred_at=now,
    )
    return note


def _old_note(actor: User, lead: Lead, replaces: uuid.UUID) -> Note:
    old = Note.objects.filter(uuid=replaces, lead=lead).first()
    if old is None:
        raise NotFound
    if old.author_id != actor.pk:
        message = "Only its author may correct a note; write a note of your own."
        raise Forbidden(message)
    return old


def class_of_readers(lead: Lead, audience: str) -> int:
    """The class of what these readers see: `hq`, or `office` for the office that has the lead too. Raises `InvalidInput`."""
    if audience == "hq":
        return lead.access_class_id
    if audience != "office":
        message = "Choose who may read it."
        raise InvalidInput(message, field="audience")
    if lead.office_id is None:
        message = "No office has this lead: it is for headquarters only."
        raise InvalidInput(message, field="audience")
    return class_for(audience="office", office_id=lead.office_id, compartments=lead.access_class.compartments)
