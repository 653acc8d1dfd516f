"""The checks that people entered by hand on a lead."""

from __future__ import annotations

from collections.abc import Sequence

from access.models import User
from access.permissions import Permission
from access.policy import require
from leads.models import Lead, SystemCheck


def checks_for(user: User, lead: Lead) -> Sequence[SystemCheck]:
    """Every check of the lead, newest first, those taken back too. Raises `Forbidden`."""
    require(user, Permission.VIEW_LEAD)
    return list(SystemCheck.objects.filter(lead=lead).select_related("entered_by", "taken_back_by").order_by("-pk"))
