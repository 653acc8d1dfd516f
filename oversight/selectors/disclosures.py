"""The accounting of disclosures as a user may see it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.keys import existing_keys
from foundation.crypto import unseal
from foundation.errors import NotFound
from oversight.models import Disclosure
from subjects.models import Subject

WORDS = ("nature", "purpose", "recipient", "address")


SHOWN = 500


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """One disclosure with its words opened; `subject` is None when the record has ended before its accounting."""

    disclosure: Disclosure
    words: Mapping[str, str]
    subject: Subject | None


def disclosure_for(user: User, disclosure_uuid: uuid.UUID) -> DisclosureLine:
    """One disclosure that the user may see. Raises `Forbidden`, `NotFound`."""
    require(user, Permission.VIEW_DISCLOSURE)
    found = _lines(_recorded().filter(uuid=disclosure_uuid))
    if not found:
        raise NotFound
    return found[0]


def disclosures_for(user: User, *, subject_uuid: uuid.UUID | None = None) -> list[DisclosureLine]:
    """Disclosures that the user may see, of everybody or of one person, the newest first. Raises `Forbidden`."""
    require(user, Permission.VIEW_DISCLOSURE)
    return _lines((_recorded().filter(subject_uuid=subject_uuid) if subject_uuid else _recorded())[:SHOWN])


def _recorded() -> QuerySet[Disclosure]:
    return Disclosure.objects.select_related("recorded_by", "confirmed_by")


def _lines(found: QuerySet[Disclosure]) -> list[DisclosureLine]:
    chosen = list(found)
    people = {each.uuid: each for each in Subject.objects.filter(uuid__in=[each.subject_uuid for each in chosen])}
    keys = existing_keys([each.uuid for each in chosen])
    return [DisclosureLine(each, _opened(each, keys[each.uuid]), people.get(each.subject_uuid)) for each in chosen]


def _opened(disclosure: Disclosure, key: bytes) -> dict[str, Any]:
    opened: dict[str, Any] = json.loads(unseal(key, bytes(disclosure.words_sealed), disclosure.uuid.bytes))
    return opened
