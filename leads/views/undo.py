"""Undo of one's own last act: claiming, holding or closing a lead is taken back by the opposite act, which is on record too."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from leads.models import Lead
from leads.selectors.lead import is_as_left, lead_for
from leads.services.triage import release_lead, reopen_lead, unhold_lead
from leads.views.people import lead_url, who

KEY = "last_act"
WORDS = {"claim": "claiming", "hold": "holding", "close": "closing"}
REASON = "Undone by the person who did it."


def remember(request: HttpRequest, act: str, lead: Lead) -> None:
    """Keep the act in the session, with the version of the lead that it led to; only the newest can be undone."""
    request.session[KEY] = {"act": act, "number": lead.number, "version": lead.version}


def undoable(request: HttpRequest, number: str = "") -> dict[str, Any] | None:
    """The last act that can still be undone (of that lead, when a number is given), in words."""
    last = request.session.get(KEY)
    if not last or (number and last["number"] != number) or not _stands(request, last):
        return None
    return {"words": f"{WORDS[last['act']]} {last['number']}", "number": last["number"]}


@require_POST
@requires(Permission.CLAIM_LEAD)
def undo(request: HttpRequest) -> HttpResponse:
    """Take the last act back, as long as nothing has happened to the lead since; never what somebody else has decided."""
    last = request.session.pop(KEY, None)
    if last is None:
        record(Act.PAGE)
        messages.info(request, "There is nothing to undo.")
        return HttpResponseRedirect(reverse("queue"))
    lead = lead_for(who(request), last["number"])
    if _stands(request, last):
        _take_back(last["act"], who(request), lead)
        messages.success(request, f"Undone: {WORDS[last['act']]} {lead.number}.")
    else:
        record(Act.PAGE, object_kind="lead")
        messages.warning(request, f"This can no longer be undone: {lead.number} has moved on since.")
    return HttpResponseRedirect(lead_url(lead.number))


def _stands(request: HttpRequest, last: dict[str, Any]) -> bool:
    """Whether the lead is as the act left it."""
    return is_as_left(who(request), last["number"], last.get("version", 0), claimed=last["act"] == "claim")


def _take_back(act: str, actor: User, lead: Lead) -> None:
    now = timezone.now()
    if act == "claim":
        release_lead(actor=actor, lead=lead, now=now)
    elif act == "hold":
        unhold_lead(actor=actor, lead=lead, now=now)
    else:
        reopen_lead(actor=actor, lead=lead, reason=REASON, now=now)
