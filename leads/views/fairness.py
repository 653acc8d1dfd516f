"""The fairness report, and how often the bands of presence and risk prove true."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from leads.selectors.fairness import counted_at, fairness_for, rates_for
from leads.views.people import who


@require_safe
@requires(Permission.VIEW_RULE_BOOK)
def fairness_report(request: HttpRequest) -> HttpResponse:
    """Shares by group with intervals, and the measured rates."""
    record(Act.PAGE, object_kind="rule_book", fields=["fairness"])
    user = who(request)
    context = {"tables": fairness_for(user), "counted_at": counted_at(user), "rates": rates_for(user)}
    return render(request, "leads/fairness.html", context)
