"""The leads of a person or an organization, on their own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from access.permissions import Permission
from access.policy import can
from foundation.registries import SHOWN
from leads.models import Lead
from leads.states import CLOSED_STATES

if TYPE_CHECKING:
    from access.models import User
    from organizations.models import Organization
    from subjects.models import Subject


def leads_of_subject(user: User, subject: Subject) -> dict[str, Any] | None:
    """Every lead of the person that the user may see, open ones first, then the newest."""
    panel = _leads(user, subject=subject)
    if panel is not None and can(user, Permission.OPEN_LEAD) and all(lead.state in CLOSED_STATES for lead in panel["leads"]):
        panel["open_url"] = reverse("subject_open_lead", args=[subject.uuid])
    return panel


def leads_of_organization(user: User, organization: Organization) -> dict[str, Any] | None:
    """The same for a school, program or employer."""
    return _leads(user, organization=organization)


def _leads(user: User, **about: Any) -> dict[str, Any] | None:
    if not can(user, Permission.VIEW_LEAD):
        return None
    found = list(Lead.objects.filter(**about).select_related("office").order_by("-state_since", "-id"))
    return {"leads": sorted(found, key=lambda lead: lead.state in CLOSED_STATES), SHOWN: [lead.uuid for lead in found]}
