"""How many open leads rest on each rule, counted up to the limit."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q

from access.models import User
from leads.models import Lead
from leads.rules.registry import ALL
from leads.states import OPEN_STATES


def open_leads_by_rule(user: User) -> dict[str, int]:  # the database knows who asks
    """Open leads in sight of the user under each of their rules that stand; a count at the limit means "or more".

    A lead with several rules counts under each, as the queue lists it under each; where none stands, under the one that stood last.
    """
    still_open = Lead.objects.filter(state__in=OPEN_STATES)

    def under(rule_id: str) -> Q:
        return Q(rules__contains=[rule_id]) | Q(rules=[], rule_id=rule_id)

    limited = {rule.id: still_open.filter(under(rule.id)).values("pk")[: settings.COUNT_LIMIT].count() for rule in ALL}
    return {rule_id: number for rule_id, number in limited.items() if number}
