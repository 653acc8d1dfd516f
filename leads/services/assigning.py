"""The sight that an assignment gives."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import Permission as DjangoPermission

from access.models import User
from leads.models import Lead, LeadGrant


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
