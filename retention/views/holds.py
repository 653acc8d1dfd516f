"""Holds: what stands, on what, since when; placing and releasing. And records kept longer."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.covering import PARAMETER, is_covered, ticket
from audit.services import record
from retention.forms import ExtensionForm, HoldForm, ReleaseForm
from retention.hold_query import HoldQuery
from retention.models import Extension, Hold
from retention.selectors import runs as selectors
from retention.services.holds import place_hold, release_hold
from retention.services.opening import extend_record, record_named
from retention.tabs import tabs
from retention.views.answers import attempt, who


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_HOLD)
def holds(request: HttpRequest) -> HttpResponse:
    """Every hold; a form that places one."""
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hold = attempt(form, lambda: _place(request, form))
        if hold is not None:
            messages.success(request, "The hold stands. Nothing that it protects is archived or destroyed from now on.")
            return HttpResponseRedirect(reverse("retention_hold", args=[hold.uuid]))
    shown = list(selectors.holds_for(who(request))[:100])
    record(Act.LIST, object_kind="holds", results=[hold.uuid for hold in shown])
    context = {"holds": shown, "form": form, "tabs": tabs("holds")}
    return render(request, "retention/holds.html", context, status=422 if form.is_bound else 200)


def _place(request: HttpRequest, form: HoldForm) -> Hold:
    named = form.named()
    return place_hold(
        actor=who(request),
        **{name: form.cleaned_data[name] for name in ("kind", "issuer", "authority", "reason")},
        now=timezone.now(),
        numbers=named,
        query=None if named else form.query(),
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_HOLD, step_up=True)
def hold_page(request: HttpRequest, hold_uuid: uuid.UUID) -> HttpResponse:
    """One hold: count at issue, count now, added since; its release."""
    hold = selectors.get_hold_for(who(request), hold_uuid)
    form = ReleaseForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: release_hold(actor=who(request), hold=hold, authority=form.cleaned_data["authority"], now=timezone.now()))
        is not None
    ):
        messages.success(request, "The hold is released. Its records wait for a new review.")
        return HttpResponseRedirect(reverse("retention_hold", args=[hold.uuid]))
    leads = selectors.held_leads(hold)
    results = [each.lead_uuid for each in leads]
    event = record(Act.VIEW, object_kind="hold", object_uuid=hold.uuid, fields=["reason"], results=results)
    context = {
        "hold": hold,
        "form": form,
        "leads": leads,
        "reason": selectors.reason_of(hold),
        "added": hold.count_now - hold.count_at_issue,  # type: ignore[attr-defined]  # annotated by the selector
        "poll_url": _poll_url(hold, ticket(event, hold.uuid)) if selectors.is_finding(hold) else "",
        "asks": HoldQuery.from_json(hold.query).words() if hold.query is not None else "",
    }
    return render(request, "retention/hold.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires(Permission.MANAGE_HOLD)
def hold_progress(request: HttpRequest, hold_uuid: uuid.UUID) -> HttpResponse:
    """How far a live hold is in finding its records, for the page that asks again; the page anew when it has found them."""
    hold = selectors.get_hold_for(who(request), hold_uuid, counted=False)
    seen = request.GET.get(PARAMETER, "")
    if not is_covered(seen, hold.uuid):
        seen = ticket(record(Act.VIEW, object_kind="hold", object_uuid=hold.uuid, fields=["progress"]), hold.uuid)
    response = render(request, "retention/_gathering.html", {"hold": hold, "poll_url": _poll_url(hold, seen)})
    if not selectors.is_finding(hold):
        response.headers["HX-Refresh"] = "true"
    return response


def _poll_url(hold: Hold, seen: str) -> str:
    return f"{reverse('retention_hold_progress', args=[hold.uuid])}?{urlencode({PARAMETER: seen})}"


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_DISPOSITION)
def extensions(request: HttpRequest) -> HttpResponse:
    """Records kept beyond their day, by what authority and until when."""
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _extend(request, form)) is not None:
        messages.success(request, "The record is kept until that day.")
        return HttpResponseRedirect(reverse("retention_extensions"))
    shown = selectors.extensions_for(who(request))
    record(Act.LIST, object_kind="extensions", results=[each.lead_uuid for each in shown])
    context = {"extensions": shown, "form": form, "tabs": tabs("holds")}
    return render(request, "retention/extensions.html", context, status=422 if form.is_bound else 200)


def _extend(request: HttpRequest, form: ExtensionForm) -> Extension:
    given = dict(form.cleaned_data)
    lead_uuid, number = record_named(given.pop("number"))
    return extend_record(actor=who(request), lead_uuid=lead_uuid, lead_number=number, now=timezone.now(), **given)
