"""The random ids under which one person stands in accountings and in the record of acts."""

from __future__ import annotations

from uuid import UUID

from subjects.models import Subject
from subjects.selectors.one_person import one_person


def ids_of(subject_uuid: UUID) -> list[UUID]:
    """The ids of all records that are shown as one person with this one now, the record shown first.

    The id alone when there is no such record, or the user at work does not see it.
    """
    shown = one_person(Subject.objects.filter(uuid=subject_uuid).values_list("pk", flat=True))
    return list(Subject.objects.filter(pk__in=shown).order_by("pk").values_list("uuid", flat=True)) or [subject_uuid]
