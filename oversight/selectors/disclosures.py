"""The accounting of disclosures as a user may see it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import service_actor
from audit.keys import existing_keys
from foundation.crypto import unseal
from foundation.errors import NotFound
from oversight.models import Disclosure
from oversight.selectors.one_person import ids_of
from oversight.selectors.paging import page_of
from retention.models import ArchivePackage
from subjects.models import Subject
from subjects.selectors.subjects import subject_for

WORDS = ("nature", "purpose", "recipient", "address")
PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """One disclosure with its words opened; `subject` is None when the record has ended before its accounting."""

    disclosure: Disclosure
    words: Mapping[str, str]
    subject: Subject | None


@dataclass(frozen=True, slots=True)
class DisclosurePage:
    """Disclosures in the order of their list; the id leads on, None where the list ends."""

    lines: tuple[DisclosureLine, ...]
    next_after: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Accounting:
    """One person's accounting; `subject` is None when the record was archived or destroyed before it, `subject_uuid` names it still."""

    subject: Subject | None
    subject_uuid: uuid.UUID
    lines: tuple[DisclosureLine, ...]


def disclosure_for(user: User, disclosure_uuid: uuid.UUID) -> DisclosureLine:
    """One disclosure that the user may see. Raises `Forbidden`, `NotFound`."""
    require(user, Permission.VIEW_DISCLOSURE)
    found = _lines(_recorded().filter(uuid=disclosure_uuid))
    if not found:
        raise NotFound
    return found[0]


def disclosures_for(user: User, after: uuid.UUID | None = None) -> DisclosurePage:
    """Everybody's disclosures that the user may see: those that wait for a second person first, then the newest. Raises `Forbidden`."""
    require(user, Permission.VIEW_DISCLOSURE)
    waits = Q(basis=Disclosure.Use.N, confirmed_by=None)
    rows, more = page_of(_recorded(), by="disclosed_on", newest_first=True, after=after, rows=PAGE_ROWS, first=waits)
    return DisclosurePage(tuple(_lines(rows)), rows[-1].uuid if more else None)


def accounting_for(user: User, subject_uuid: uuid.UUID) -> Accounting:
    """Every disclosure of one person, whichever of the merged records it was entered under, the newest first.

    Of a person who was archived or destroyed too, for as long as the accounting lives. Raises `Forbidden`, and `NotFound` where
    the user does not see the person, or no accounting is left of one who is no more.
    """
    require(user, Permission.VIEW_DISCLOSURE)
    subject = _standing(user, subject_uuid)
    ids = ids_of(subject.uuid) if subject else _archived_together(subject_uuid)
    lines = _lines(_recorded().filter(subject_uuid__in=ids))
    if subject is None and not lines:
        raise NotFound
    return Accounting(subject, subject.uuid if subject else subject_uuid, tuple(lines))


def count_for(user: User, subject: Subject) -> int:
    """How many disclosures the accounting of a person has. Raises `Forbidden`."""
    require(user, Permission.VIEW_DISCLOSURE)
    return Disclosure.objects.filter(subject_uuid__in=ids_of(subject.uuid)).count()


def _standing(user: User, subject_uuid: uuid.UUID) -> Subject | None:
    """The person as shown now, None where there is none any more; raises `NotFound` for one whom the user does not see."""
    try:
        return subject_for(user, subject_uuid)
    except NotFound:
        with through_service(service_actor("leads")):
            if Subject.objects.filter(uuid=subject_uuid).exists():
                raise
    return None


def _archived_together(subject_uuid: uuid.UUID) -> list[uuid.UUID]:
    """The ids of an archived person: those that went into one package. Once it is destroyed, the id alone."""
    with through_service(service_actor("retention")):
        packed = ArchivePackage.objects.filter(shred__contains=[subject_uuid]).values_list("shred", flat=True)
        return [subject_uuid, *(each for shred in packed for each in shred)]


def _recorded() -> QuerySet[Disclosure]:
    return Disclosure.objects.select_related("recorded_by", "confirmed_by")


def _lines(found: Iterable[Disclosure]) -> list[DisclosureLine]:
    chosen = list(found)
    people = {each.uuid: each for each in Subject.objects.filter(uuid__in=[each.subject_uuid for each in chosen])}
    keys = existing_keys([each.uuid for each in chosen])
    return [DisclosureLine(each, _opened(each, keys[each.uuid]), people.get(each.subject_uuid)) for each in chosen]


def _opened(disclosure: Disclosure, key: bytes) -> dict[str, Any]:
    opened: dict[str, Any] = json.loads(unseal(key, bytes(disclosure.words_sealed), disclosure.uuid.bytes))
    return opened
