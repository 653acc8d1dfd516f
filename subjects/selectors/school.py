"""How the students of a school or program stand: counts only, from standing SEVIS records that the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear

from access.models import User
from access.permissions import Permission
from access.policy import can
from organizations.models import Organization
from subjects import words
from subjects.models import StatusFact

STANDING = Q(superseded_at=None, retracted_at=None)
STATUSES = ("active", "completed", "terminated", "canceled", "deactivated", "initial", "unknown")


def students_panel(user: User, organization: Organization) -> dict[str, Any] | None:
    """The panel `students` of an organization's page: records by status and year, terminations by reason."""
    if organization.kind == Organization.Kind.EMPLOYER or not can(user, Permission.VIEW_SUBJECT):
        return None
    facts = StatusFact.objects.filter(STANDING, organization=organization)
    by_year = facts.filter(effective_on__isnull=False).annotate(year=ExtractYear("effective_on")).order_by("year")
    counts = {status: Count("id", filter=Q(status=status)) for status in STATUSES}
    counted: Iterable[dict[str, Any]] = by_year.values("year").annotate(**counts)  # type: ignore[assignment]  # columns named by a loop
    reasons = (
        facts.filter(status="terminated").values("class_of_admission", "reason_code").annotate(records=Count("id")).order_by("-records")
    )
    named = {status: words.STATUSES[status].split(",")[0] for status in STATUSES}
    return {
        "years": [
            (row["year"], [(named[status], row[status]) for status in STATUSES], sum(row[status] for status in STATUSES)) for row in counted
        ],
        "statuses": list(named.values()),
        "reasons": [
            (
                words.sevis_reason_words(row["class_of_admission"], "terminated", row["reason_code"]),
                row["class_of_admission"],
                row["records"],
            )
            for row in reasons
        ],
    }
