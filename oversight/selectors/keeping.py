"""For which people without a lead oversight still needs the record (registry `keepers`). Asked by the worker, which sees every row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from oversight.models import CompartmentMove, Disclosure


def disclosed_among(subjects: Sequence[UUID], day: date) -> set[UUID]:
    """Those of whom something left the agency less than five years before `day`: the accounting names a record that is here."""
    return set(Disclosure.objects.filter(subject_uuid__in=subjects, kept_until__gt=day).values_list("subject_uuid", flat=True))


def moved_among(subjects: Sequence[UUID], day: date) -> set[UUID]:  # the registry's form: a move keeps on every day
    """Those whom somebody moved into a compartment or out of it, or asked to."""
    return set(CompartmentMove.objects.filter(subject_uuid__in=subjects).values_list("subject_uuid", flat=True))
