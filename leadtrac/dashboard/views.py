"""The page of figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

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
from leadtrac.dashboard.desks import Section, sections_for


@require_safe
@requires(Permission.SIGNED_IN)
def figures(request: HttpRequest) -> HttpResponse:
    """Counts of what the reader may see, each beside the list that it counts. The event names no record: none is shown."""
    user, now = cast(User, request.user), timezone.now()
    sections, context = _queue(user, now) if can(user, Permission.VIEW_QUEUE) else ([], {})
    if can(user, Permission.VIEW_EXTRACT):
        sources = source_figures_for(user, now=now)
        sections.append(("Sources", [tables.source_table(sources), tables.quarantine_table(sources)]))
    sections += sections_for(user, now)
    record(Act.LIST, object_kind="figures", fields=[heading for heading, _ in sections])
    filled = [(heading, [each for each in found if each.rows]) for heading, found in sections]
    return render(request, "dashboard/figures.html", {**context, "sections": filled, "now": now})


def _queue(user: User, now: datetime) -> tuple[list[Section], dict[str, Any]]:
    """The sections of the desk, and what stands over them."""
    today = now.date()
    open_leads, weeks, closed, offices = open_leads_for(user, today), flow_for(user, today), closed_for(user), referrals_by_office_for(user)
    sections = [
        ("Open leads", [*tables.open_tables(open_leads), tables.flow_table(weeks), tables.speed_table(speed_for(user, today))]),
        ("Closed leads", [tables.closing_table(closed), tables.share_table(weeks)]),
        ("Referrals", [tables.office_table(offices, open_leads.office), tables.outcome_table(offices)]),
    ]
    return sections, {"total": open_leads.total, "total_url": tables.queue_url(), "closed": tables.closed_links(closed)}
