"""A check entered by hand: the page with its few fields; stop signs and scores change with the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.decorators import requires
from access.permissions import Permission
from leads.forms import CheckForm, ReasonForm
from leads.rules.freshness import WORDS
from leads.services import triage
from leads.services.attachments import FileRefused
from leads.views.acts import FORM_METHODS, ActPage, form_page
from leads.views.files import examined, refused
from leads.views.people import lead_of, who


@require_http_methods(FORM_METHODS)
@requires(Permission.ENTER_CHECK)
def lead_check(request: HttpRequest, number: str) -> HttpResponse:
    """Enter what a system says about the person of the lead."""
    lead = lead_of(request, number)
    now = timezone.now()
    initial = {"version": lead.version, "checked_on": now.date(), "source": request.GET.get("source", "")}
    form = CheckForm(request.POST or None, request.FILES or None, initial=initial)

    def enter(given: dict[str, Any]) -> str:
        words = {name: given[name] for name in ("source", "checked_on", "result", "happened_on", "reference")}
        try:
            evidence = examined(given["attachment"]) if given["attachment"] else None
            triage.enter_check(actor=who(request), lead=lead, now=now, evidence=evidence, **words)
        except FileRefused as error:
            refused("lead", lead.uuid, error)
            raise
        return f"{WORDS[given['source']]} is fresh again, and the lead is judged anew."

    page = ActPage(
        "Enter a check",
        "What a system says when you ask it. Signs and scores follow at once; your name stands beside it.",
        "Keep the check",
    )
    return form_page(request, lead, form, page, enter)


@require_http_methods(FORM_METHODS)
@requires(Permission.ENTER_CHECK)
def lead_check_take_back(request: HttpRequest, number: str, check_uuid: UUID) -> HttpResponse:
    """Take back a check that was entered by mistake, with a reason."""
    lead = lead_of(request, number)
    form = ReasonForm(request.POST or None, initial={"version": lead.version})

    def take_back(given: dict[str, Any]) -> str:
        triage.take_back_check(actor=who(request), lead=lead, check=check_uuid, reason=given["reason"], now=timezone.now())
        return "The check counts no more, and the lead is judged anew."

    page = ActPage(
        "Take back a check",
        "For a check entered by mistake, on the wrong lead or with the wrong answer. It stays on record with your name and the reason.",
        "Take it back",
    )
    return form_page(request, lead, form, page, take_back)
