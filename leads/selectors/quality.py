"""What waits for a second look, and how often the second person disagreed, by rule version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from access.models import User
from foundation.errors import NotFound
from leads.models import QualitySample
from leads.models.quality import SAID
from leads.organizations.signals import Share, interval
from leads.picture import rule_title

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Second looks of one kind at one rule version; rates are percent, with the 95 percent interval."""

    kind: str
    what: str  # the kind in words
    rule_id: str
    title: str
    version: str
    reviewed: int
    disagreed: int
    low: int
    high: int


def waiting_samples_for(user: User, kind: str = QualitySample.Kind.CLOSING) -> list[QualitySample]:  # the database knows who asks
    """The oldest samples of a kind that nobody has reviewed, of leads in sight."""
    return list(QualitySample.objects.filter(verdict="", kind=kind).select_related("lead").order_by("drawn_at", "pk")[:SHOWN])


def sample_for(user: User, sample_uuid: UUID) -> QualitySample:  # as above
    """One sample. Raises `NotFound` for none and for one out of sight alike."""
    found = QualitySample.objects.select_related("lead", "lead__subject", "reviewed_by").filter(uuid=sample_uuid).first()
    if found is None:
        raise NotFound
    return found


def disagreement_by_rule(
    user: User, *, rule_id: str = "", version: str = "", since: datetime | None = None
) -> list[Disagreement]:  # as above
    """Every kind and rule version with a reviewed sample, the largest disagreement first; or one version, by reviews after `since`."""
    reviewed = QualitySample.objects.filter(verdict__in=SAID)
    if rule_id:
        reviewed = reviewed.filter(rule_id=rule_id, rule_version=version)
    if since is not None:
        reviewed = reviewed.filter(reviewed_at__gt=since)
    by = ("kind", "decided_by__kind", "rule_id", "rule_version")
    counts = reviewed.values(*by).annotate(reviewed=Count("id"), disagreed=Count("id", filter=Q(verdict="disagree")))
    found = []
    for row in counts:
        low, high = interval(Share(row["disagreed"], row["reviewed"]))
        title = rule_title(row["rule_id"]) if row["rule_id"] else "No rule on record"
        figures = (row["reviewed"], row["disagreed"], round(low * 100), round(high * 100))
        found.append(Disagreement(row["kind"], _what(row), row["rule_id"], title, row["rule_version"], *figures))
    return sorted(found, key=lambda each: (-each.disagreed / each.reviewed, each.rule_id, each.version, each.what))


def _what(row: dict[str, Any]) -> str:
    if row["kind"] == QualitySample.Kind.REFERRAL:
        return "referrals"
    return "closings by the system" if row["decided_by__kind"] == User.Kind.SERVICE else "closings by people"
