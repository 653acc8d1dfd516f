"""The page of figures."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.policy import can
from audit.acts import Act
from audit.services import record
from ingest.selectors.figures import source_figures_for
from leads.selectors.figures import closed_for, flow_for, open_leads_for, referrals_by_office_for, speed_for
from leadtrac.dashboard import tables


@require_safe
@requires(Permission.VIEW_QUEUE)
def figures(request: HttpRequest) -> HttpResponse:
    """Counts of what the reader may see, each beside the list that it counts. The event names no lead: none is shown."""
    user, now = cast(User, request.user), timezone.now()
    today = now.date()
    open_leads, weeks, closed, offices = open_leads_for(user, today), flow_for(user, today), closed_for(user), referrals_by_office_for(user)
    at_work = [*tables.open_tables(open_leads), tables.flow_table(weeks), tables.speed_table(speed_for(user, today))]
    decided = [tables.closing_table(closed), tables.share_table(weeks)]
    referred = [tables.office_table(offices, open_leads.office), tables.outcome_table(offices)]
    sources = source_figures_for(user, now=now) if can(user, Permission.VIEW_EXTRACT) else []
    intake = [tables.source_table(sources), tables.quarantine_table(sources)] if sources else []
    record(Act.LIST, object_kind="lead", fields=["figures"])
    sections = [("Open leads", at_work), ("Closed leads", decided), ("Referrals", referred), ("Sources", intake)]
    context = {
        "total": open_leads.total,
        "total_url": tables.queue_url(),
        "closed": tables.closed_links(closed),
        "sections": [(heading, [each for each in found if each.rows]) for heading, found in sections],
        "now": now,
    }
    return render(request, "dashboard/figures.html", context)
