"""Leads of the legacy system: taken over once, each with the creation date that it always had.

The retention clock counts "from the date the record was created" (DHS/ICE-015, retention and disposal): a migration does
not create a record, so the legacy date is kept as `record_created_on`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.registries import births, suppressors
from leads.models import Lead, Note
from leads.numbers import new_number
from leads.sealing import seal_words
from leads.states import CloseReason, LeadState
from subjects.services.legacy import SOURCE, LegacyPerson, legacy_key, take_over_person

CLOSE_REASONS = {
    "departed": CloseReason.DEPARTED,
    "in_status": CloseReason.IN_STATUS,
    "adjusted": CloseReason.IN_STATUS,
    "arrested": CloseReason.ARRESTED,
    "leads_exhausted": CloseReason.NO_VIABLE_ADDRESS,
}


@dataclass(frozen=True, slots=True)
class LegacyLead:
    """One record of the legacy system."""

    legacy_number: str
    created_on: date
    why: str
    person: LegacyPerson
    closed_on: date | None
    closed_reason: str
    notes: tuple[tuple[date, str], ...]


def migrate_legacy(*, actor: User, records: Iterable[LegacyLead], now: datetime) -> int:
    """Take over the records that are not here yet, each in a transaction of its own; returns how many came.

    Safe to kill and run again: a legacy number comes once (database constraint), and one whose record was archived or
    destroyed does not come back. Raises `Forbidden`.
    """
    require(actor, Permission.SERVICE)
    came = 0
    for legacy in records:
        with acting_as(actor):
            if not _here_or_gone(legacy.legacy_number):
                _take_over(actor, legacy, now)
                came += 1
    return came


def _here_or_gone(number: str) -> bool:
    """Whether the record of a legacy number is here, or was archived or destroyed; in this order, for it may be archived meanwhile."""
    key = legacy_key(number)
    return Lead.objects.filter(legacy_number=number).exists() or any(suppressor.among(SOURCE, [key]) for suppressor in suppressors)


def _take_over(actor: User, legacy: LegacyLead, now: datetime) -> None:
    subject = take_over_person(actor=actor, person=legacy.person, now=now)
    closed = legacy.closed_on is not None
    lead = Lead.objects.create(
        number=new_number(),
        access_class_id=subject.access_class_id,
        subject=subject,
        state=LeadState.CLOSED if closed else LeadState.QUEUED,
        state_since=_noon(legacy.closed_on or legacy.created_on),
        close_reason=CLOSE_REASONS.get(legacy.closed_reason, CloseReason.LEGACY) if closed else "",
        why=legacy.why,
        record_created_on=legacy.created_on,
        legacy_number=legacy.legacy_number,
    )
    Note.objects.bulk_create(
        Note(
            lead=lead,
            access_class_id=lead.access_class_id,
            audience="hq",
            author=actor,
            written_at=_noon(written_on),
            sealed=seal_words(lead.uuid, text),
        )
        for written_on, text in legacy.notes
    )
    for birth in births:
        birth.born("lead", [lead.pk], now)
    record(Act.LEGACY_MIGRATED, object_kind="lead", object_uuid=lead.uuid, results=[subject.uuid])


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
