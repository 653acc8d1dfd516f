"""Break-glass: the way in, and the privacy officers' reviews."""

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
from foundation.errors import InvalidInput
from foundation.forms import object_to
from oversight.forms import BreakGlassForm, GlassReviewForm
from oversight.selectors.events import EventPage
from oversight.selectors.glass import looks_through, opening_for, openings_for, reviews_waiting_for
from oversight.services.glass import Wanted, open_glass, review_glass
from oversight.views.paging import cursor_of, next_address, review_tabs


@require_http_methods(["GET", "POST"])
@requires(Permission.USE_BREAK_GLASS)
def break_glass(request: HttpRequest) -> HttpResponse:
    """Ask for a record; a refusal is in the same words whether the record is missing or closed to everybody outside."""
    form = BreakGlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        wanted = Wanted(number=asked["number"], name=asked["name"], case_number=asked["case_number"])
        try:
            number = open_glass(actor=cast(User, request.user), wanted=wanted, reason=asked["reason"], now=timezone.now())
            return redirect("lead_page", number)
        except InvalidInput as error:
            object_to(form, error)
            record(Act.BREAK_GLASS, allowed=False, payload={name: value for name, value in asked.items() if value})
    else:
        record(Act.PAGE)
    return render(request, "oversight/glass.html", {"glass_form": form}, status=422 if form.errors else 200)


@require_GET
@requires(Permission.REVIEW_BREAK_GLASS)
def break_glass_list(request: HttpRequest) -> HttpResponse:
    """The openings of others that wait for a review, the first due first; or those that were reviewed."""
    user, reviewed = cast(User, request.user), request.GET.get("show") == "reviewed"
    page = openings_for(user, now=timezone.now(), reviewed=reviewed, after=cursor_of(request))
    record(Act.LIST, object_kind="break_glass", results=[line.glass.uuid for line in page.lines])
    context = {
        "lines": page.lines,
        "due": reviews_waiting_for(user),
        "reviewed": reviewed,
        "tabs": review_tabs(reviewed=reviewed),
        "next_url": next_address(page.next_after, {"show": "reviewed"} if reviewed else {}),
    }
    return render(request, "oversight/glass_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_BREAK_GLASS)
def break_glass_review(request: HttpRequest, glass_uuid: uuid.UUID) -> HttpResponse:
    """One opening, and what a privacy officer says of it."""
    user, now = cast(User, request.user), timezone.now()
    form = GlassReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        review_glass(actor=user, glass_uuid=glass_uuid, now=now, **form.cleaned_data)
        messages.success(request, "The review is recorded.")
        return redirect("break_glass_list")
    line = opening_for(user, glass_uuid, now=now)
    looks = looks_through(user, line.glass)
    record(Act.VIEW, object_kind="break_glass", object_uuid=line.glass.uuid, results=[each.uuid for each in looks])
    context = {"line": line, "form": form, "page": EventPage(looks, None)}
    return render(request, "oversight/glass_review.html", context, status=422 if form.errors else 200)
