"""The random ids under which one person stands in accountings and in the record of acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from subjects.models import Subject
from subjects.selectors.one_person import one_person


def ids_of(subject_uuid: UUID) -> list[UUID]:
    """The ids of all records that are shown as one person with this one now, the record shown first.

    The id alone when there is no such record, or the user at work does not see it.
    """
    shown = one_person(Subject.objects.filter(uuid=subject_uuid).values_list("pk", flat=True))
    return list(Subject.objects.filter(pk__in=shown).order_by("pk").values_list("uuid", flat=True)) or [subject_uuid]


@dataclass(frozen=True, slots=True)
class Shared:
    """A record that was shown as one with somebody's for a time, until the two were split."""

    uuid: UUID
    since: datetime
    until: datetime


# the other side of each merge taken back; and as what that one was shown meanwhile, while it was merged further
_SHARED = """
WITH RECURSIVE one AS (
    SELECT s.id FROM subjects_subject s WHERE s.uuid = ANY (%s::uuid[])
), shared AS (
    SELECT side.other AS id, side.since, side.until
    FROM one CROSS JOIN LATERAL (
        SELECT r.to_subject_id AS other, r.made_at AS since, r.closed_at AS until FROM subjects_subjectredirect r
        WHERE r.from_subject_id = one.id AND r.closed_at IS NOT NULL
        UNION ALL
        SELECT r.from_subject_id, r.made_at, r.closed_at FROM subjects_subjectredirect r
        WHERE r.to_subject_id = one.id AND r.closed_at IS NOT NULL) side
    UNION
    SELECT r.to_subject_id, greatest(r.made_at, s.since), least(coalesce(r.closed_at, s.until), s.until)
    FROM shared s JOIN subjects_subjectredirect r ON r.from_subject_id = s.id
    WHERE r.made_at < s.until AND (r.closed_at IS NULL OR r.closed_at > s.since)
)
SELECT s.uuid, shared.since, shared.until FROM shared JOIN subjects_subject s ON s.id = shared.id
WHERE s.id NOT IN (SELECT id FROM one) ORDER BY shared.since, s.id
"""


def shared_with(ids: Sequence[UUID]) -> list[Shared]:
    """The records that were shown as one with the person of these ids, and are not any more; each for the time of the merge."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [list(ids)])
        return [Shared(*row) for row in cursor.fetchall()]
