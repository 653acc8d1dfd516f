"""People without a lead: how many are kept and why, and who went in the last nights. Counts only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.templatetags.desk import format_date
from retention.selectors.forgetting import Night, last_rewritten, nights_for
from retention.tabs import tabs
from retention.views.answers import who


@require_GET
@requires(Permission.VIEW_RETENTION)
def people(request: HttpRequest) -> HttpResponse:
    """What the last night found, why it kept whom it kept, and the nights before."""
    nights = nights_for(who(request))
    newest = next((night for night in nights if night.finished), None)
    record(Act.LIST, object_kind="people without a lead")
    context = {
        "nights": nights,
        "newest": newest,
        "figures": _figures(newest) if newest else [],
        "lives": {
            "emptied": settings.EMPTIED_PERSON_DAYS,
            "answered": settings.ANSWERED_PERSON_DAYS,
            "waiting": settings.WAITING_PERSON_DAYS,
        },
        "years": settings.SUPPRESSION_YEARS,
        "rewritten": last_rewritten(),
        "tabs": tabs("people"),
    }
    return render(request, "retention/people.html", context)


def _figures(night: Night) -> list[dict[str, Any]]:
    return [
        {"label": "people without a lead are kept", "value": night.stayed},
        {"label": "since when the oldest is here", "value": format_date(night.oldest_on) if night.oldest_on else "–"},
        {"label": "went in that night", "value": night.went},
    ]
