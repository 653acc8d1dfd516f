"""Referrals seen from headquarters, packets as files, and what a packet's id says today."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import InvalidInput, NotFound
from foundation.forms import LookForm
from foundation.person_name import person_name
from leads.filters import with_query
from leads.forms import OfficeFilter, PacketForm
from leads.selectors.referral import (
    packet_file_name,
    packet_status_for,
    referral_for,
    referrals_for,
)
from leads.services.opening import open_packet
from leads.views.inbox import FORM_METHODS, TABS
from leads.views.people import who

FORMATS = {"json": "application/json", "pdf": "application/pdf"}


@require_safe
@requires(Permission.RECALL_REFERRAL)
def referral_list(request: HttpRequest) -> HttpResponse:
    """All referrals, with their offices."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "open"
    filters = OfficeFilter(request.GET)
    office = filters.chosen
    page = referrals_for(who(request), now=timezone.now(), state=tab, office=office, cursor=request.GET.get("cursor", "")[:300])
    record(Act.LIST, object_kind="referral", results=[row.referral.uuid for row in page.rows])
    here = reverse("referral_list")
    names = {**TABS, "open": "Open", "sent": "Not yet accepted"}
    tabs: list[dict[str, Any]] = [
        {"label": label, "url": with_query(here, urlencode({"tab": name, "office": office})), "current": name == tab, "count": None}
        for name, label in names.items()
    ]
    context = {
        "page": page,
        "tabs": tabs,
        "title": names[tab],
        "tab": tab,
        "form": filters,
        "asked": urlencode({"tab": tab, "office": office}),
    }
    return render(request, "leads/referral_list.html", context)


@require_http_methods(FORM_METHODS)
@requires(Permission.VIEW_REFERRAL, hidden=True)
def packet_file(request: HttpRequest, referral_uuid: uuid.UUID, form: str) -> HttpResponse:
    """The packet as PDF or JSON; whoever has neither the referral nor its lead in hand is first asked why."""
    user = who(request)
    referral = referral_for(user, referral_uuid)
    asked = LookForm(request.POST or None)
    reason = asked.cleaned_data["reason"] if asked.is_valid() else ""
    try:
        body = open_packet(actor=user, referral=referral, form=form, reason=reason, now=timezone.now())
    except InvalidInput:
        record(Act.VIEW, object_kind="referral", object_uuid=referral_uuid, results=[referral.lead_uuid])
        context = {"referral": referral, "form": asked, "kind": form.upper(), "name": person_name(referral)}
        return render(request, "leads/packet_open.html", context, status=422 if request.method == "POST" else 200)
    response = HttpResponse(body, content_type=FORMATS[form])
    name = packet_file_name(referral.packet).removesuffix(".pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@requires(Permission.VIEW_REFERRAL)
def packet_check(request: HttpRequest) -> HttpResponse:
    """Take the id from a printed packet and lead to what it says today."""
    form = PacketForm(request.GET or None)
    record(Act.VIEW, object_kind="packet")
    if form.is_valid():
        try:
            packet_status_for(who(request), form.cleaned_data["id"], now=timezone.now())
        except NotFound:
            form.add_error("id", "No packet with this id was sent to you. Compare it with the print, character by character.")
        else:
            return HttpResponseRedirect(reverse("packet_status", args=[form.cleaned_data["id"]]))
    return render(request, "leads/packet_check.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@requires(Permission.VIEW_REFERRAL, hidden=True)
def packet_status(request: HttpRequest, packet_uuid: uuid.UUID) -> HttpResponse:
    """Whether a packet, known by the id printed on its pages, may still be relied on."""
    status = packet_status_for(who(request), packet_uuid, now=timezone.now())
    named = [each for each in (status.referral_uuid, status.lead_uuid) if each]
    record(Act.VIEW, object_kind="packet", object_uuid=packet_uuid, results=named)
    tones = {"current": "success", "out_of_date": "error", "recalled": "error", "expired": "error", "answered": "info"}
    context = {"status": status, "packet_uuid": packet_uuid, "kind": tones.get(status.status, "warning")}
    return render(request, "leads/packet_status.html", context)
