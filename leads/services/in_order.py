"""The order in which rows are locked, so that no two wait for each other: subjects, leads, what hangs on leads; each by id.

A load, a merge and a split take the lock of the one writer before all of these (`subjects.matching.pool`). The locks let
others name a row by a foreign key (FOR NO KEY UPDATE): who writes a decision looks at its subject only when committing.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from foundation.arrays import one_of
from leads.models import Claim, Lead
from subjects.models import Subject


def hold_subject(subject_id: int) -> None:
    """Lock a subject until the transaction ends."""
    Subject.objects.select_for_update(no_key=True).filter(pk=subject_id).values_list("pk").first()


def hold_leads(lead_ids: Sequence[int], *, with_subjects: bool = False) -> dict[int, str]:
    """Lock leads until the transaction ends, before what hangs on them is touched; with their subjects where these are changed too.

    Returns the state of each as it is now, by its id.
    """
    leads = Lead.objects.filter(pk__in=one_of(lead_ids)).order_by("pk")
    if with_subjects:
        subjects = Subject.objects.filter(pk__in=leads.order_by().values("subject_id")).order_by("pk")
        list(subjects.select_for_update(of=("self",), no_key=True).values_list("pk"))
    return dict(leads.select_for_update(of=("self",), no_key=True).values_list("pk", "state"))


def hold_claims(which: QuerySet[Claim]) -> list[Claim]:
    """Those of the claims that are still such once their leads are locked, locked too, with the leads as they are then."""
    leads = hold_leads(list(which.values_list("lead_id", flat=True)))
    which = which.filter(lead_id__in=one_of(list(leads)))  # one that came meanwhile waits for the next time: its lead is not held
    return list(which.select_related("lead").order_by("pk").select_for_update(of=("self",), no_key=True))
