"""The sight that an assignment gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import Permission as DjangoPermission
from django.db.models import Q

from access.models import Clearance, User
from leads.models import Lead, LeadGrant


def is_cleared(user: User, lead: Lead, now: datetime) -> bool:
    """Whether the person holds every compartment of the lead; an assignment opens none (leads.sight_sql)."""
    marks = set(lead.access_class.compartments)
    if not marks:
        return True
    held = Clearance.objects.filter(Q(until=None) | Q(until__gt=now), user=user, compartment__in=marks, revoked_at=None)
    return marks <= set(held.values_list("compartment_id", flat=True))


def give_sight(*, actor: User, user: User, leads: Sequence[Lead], reason: str) -> None:
    """Grant sight of the leads to a person without an end. A grant that somebody else gave before stays as it is: the
    database shows it only to its giver and its holder, so it is neither read nor changed here."""
    permission = DjangoPermission.objects.get(content_type__app_label="leads", codename="view_lead")
    LeadGrant.objects.bulk_create(
        [
            LeadGrant(
                user=user, permission=permission, content_object=lead, kind="assignment", granted_by=actor, reason=reason.strip()[:300]
            )
            for lead in leads
        ],
        ignore_conflicts=True,
    )
