"""What the signals said of an organization, on its page: with the base rates beside, dated, and whether a lead may be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from access.permissions import Permission
from access.policy import can
from leads.models import Finding, Lead
from leads.organizations.signals import thresholds
from leads.states import CLOSED_STATES

if TYPE_CHECKING:
    from access.models import User
    from organizations.models import Organization


def signals_of_organization(user: User, organization: Organization) -> dict[str, Any] | None:
    """The panel `signals`: the newest answer to each question, and what is asked of this kind of organization at all."""
    if not can(user, Permission.VIEW_LEAD):
        return None
    words = {each.signal: each.words for each in thresholds()}
    newest = Finding.objects.filter(organization=organization).order_by("rule_id", "-pk").distinct("rule_id")
    rows = sorted(newest, key=lambda each: (not each.holds, each.rule_id))
    is_open = Lead.objects.filter(organization=organization).exclude(state__in=CLOSED_STATES).exists()
    least = min((each.minimum for each in thresholds() if organization.kind in each.kinds and each.minimum), default=0)
    return {
        "signals": [(words.get(each.rule_id, each.rule_id), each) for each in rows],
        "least": least,
        "organization": organization,
        "may_open": bool(can(user, Permission.OPEN_LEAD)) and not is_open,
    }
