"""How many open leads rest on each rule, counted up to the limit."""

from __future__ import annotations

from django.conf import settings

from access.models import User
from leads.models import Lead
from leads.rules.registry import ALL
from leads.states import OPEN_STATES


def open_leads_by_rule(user: User) -> dict[str, int]:  # the database knows who asks
    """Open leads in sight of the user by the rule of their weightiest finding; a count at the limit means "or more"."""
    limited = {
        rule.id: Lead.objects.filter(rule_id=rule.id, state__in=OPEN_STATES).values("pk")[: settings.COUNT_LIMIT].count() for rule in ALL
    }
    return {rule_id: number for rule_id, number in limited.items() if number}
