"""Unusual reading at the auditor's desk: the list, one finding, its review; changes that no event tells of."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from oversight.forms import ReadingReviewForm
from oversight.selectors.events import untold_changes_for
from oversight.selectors.names import names_for
from oversight.selectors.readings import reading_for, readings_for
from oversight.services.readings import review_reading
from oversight.views.paging import cursor_of, next_address, review_tabs


@require_GET
@requires(Permission.VIEW_AUDIT)
def audit_readings(request: HttpRequest) -> HttpResponse:
    """What another person should look at, and what was looked at."""
    user = cast(User, request.user)
    reviewed = request.GET.get("show") == "reviewed"
    page = readings_for(user, reviewed=reviewed, after=cursor_of(request))
    record(Act.LIST, object_kind="reading", results=[line.reading.uuid for line in page.lines])
    context = {
        "lines": page.lines,
        "reviewed": reviewed,
        "tabs": review_tabs(reviewed=reviewed),
        "next_url": next_address(page.next_after, {"show": "reviewed"} if reviewed else {}),
    }
    return render(request, "oversight/readings.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_AUDIT)
def audit_reading(request: HttpRequest, reading_uuid: uuid.UUID) -> HttpResponse:
    """One finding: its reason, its events, and what the reviewer says of it."""
    user = cast(User, request.user)
    form = ReadingReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        review_reading(actor=user, reading_uuid=reading_uuid, now=timezone.now(), **form.cleaned_data)
        messages.success(request, "The review is recorded.")
        return redirect("audit_readings")
    detail = reading_for(user, reading_uuid)
    reading = detail.line.reading
    record(Act.VIEW, object_kind="reading", object_uuid=reading.uuid, results=[line.uuid for line in detail.events])
    wanted = [line.object_uuid for line in detail.events if line.object_uuid]
    context = {
        "detail": detail,
        "line": detail.line,
        "reading": reading,
        "form": form,
        "names": names_for(user, [*wanted, *([detail.record_uuid] if detail.record_uuid else [])]),
    }
    return render(request, "oversight/reading.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Permission.VIEW_AUDIT)
def audit_untold(request: HttpRequest) -> HttpResponse:
    """Changes of watched tables that went past the services: no event stands in their transaction."""
    lines = untold_changes_for(cast(User, request.user))
    record(Act.LIST, object_kind="change")
    return render(request, "oversight/untold.html", {"lines": lines})
