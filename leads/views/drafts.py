"""Drafts over the page: kept while one types, put back when the form is opened again, discarded by a button."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.services import record
from foundation.errors import NotFound
from leads.models import Draft, Lead, Referral
from leads.selectors.referral import referral_for
from leads.services.drafts import FIELDS, Form, begun, end_draft, keep_draft
from leads.views.people import came_from, lead_of, lead_url, who

PAGE = "draft_page"  # names the opened page: its words that come late are known by it
# who may write what, and on which page its form stands
OF_LEADS: Mapping[str, tuple[Permission, str]] = {
    Draft.Kind.NOTE: (Permission.WRITE_NOTE, "lead_notes"),
    Draft.Kind.CLOSE: (Permission.DECIDE_LEAD, "lead_close"),
    Draft.Kind.HOLD: (Permission.DECIDE_LEAD, "lead_hold"),
    Draft.Kind.REFER: (Permission.REFER_LEAD, "lead_refer"),
}
OF_REFERRALS: Mapping[str, tuple[Permission, str]] = {
    Draft.Kind.RETURN: (Permission.ANSWER_REFERRAL, "referral_return"),
    Draft.Kind.OUTCOME: (Permission.REPORT_OUTCOME, "referral_outcome"),
}


@dataclass(frozen=True, slots=True)
class DraftPart:
    """What a form needs to be kept as a draft."""

    form: Form
    url: str
    page: uuid.UUID
    began_at: datetime | None = None
    words: dict[str, str] = field(default_factory=dict)

    def end(self, request: HttpRequest, now: datetime) -> None:
        """The form was sent."""
        end_draft(actor=who(request), form=self.form, page=self.page, now=now)


def draft_of_lead(request: HttpRequest, lead: Lead, kind: Draft.Kind) -> DraftPart:
    """The draft of a form about a lead."""
    return _part(request, Form(lead.pk, lead.uuid, kind.value), reverse("lead_draft", args=[lead.number, kind.value]))


def draft_of_referral(request: HttpRequest, referral: Referral, kind: Draft.Kind) -> DraftPart:
    """The draft of an office's form about a referral."""
    url = reverse("referral_draft", args=[referral.uuid, kind.value])
    return _part(request, Form(referral.lead_id, referral.lead_uuid, kind.value), url)


def _part(request: HttpRequest, form: Form, url: str) -> DraftPart:
    """A form that comes back with mistakes goes on as the page it was; one that is opened gets what had been begun."""
    if request.method == "POST":
        return DraftPart(form, url, _page(request) or uuid.uuid4())
    found = begun(actor=who(request), form=form)
    return DraftPart(form, url, uuid.uuid4(), found.began_at if found else None, found.words if found else {})


@require_POST
@requires(Permission.VIEW_LEAD, hidden=True)
def lead_draft(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Keep or discard what is being written about a lead."""
    page = _page_of(request, OF_LEADS, kind)
    lead = lead_of(request, number)
    return _kept(request, Form(lead.pk, lead.uuid, kind), lead_url(number, came_from(request), page=page))


@require_POST
@requires(Permission.VIEW_REFERRAL, hidden=True)
def referral_draft(request: HttpRequest, referral_uuid: uuid.UUID, kind: str) -> HttpResponse:
    """Keep or discard what an office is writing about a referral."""
    page = _page_of(request, OF_REFERRALS, kind)
    referral = referral_for(who(request), referral_uuid)
    return _kept(request, Form(referral.lead_id, referral.lead_uuid, kind), reverse(page, args=[referral_uuid]))


def _page_of(request: HttpRequest, forms: Mapping[str, tuple[Permission, str]], kind: str) -> str:
    """The page on which the form stands, for whoever may send it."""
    if kind not in forms:
        raise NotFound
    permission, page = forms[kind]
    require(who(request), permission)
    return page


def _kept(request: HttpRequest, form: Form, back: str) -> HttpResponse:
    now = timezone.now()
    if "discard" in request.POST:
        end_draft(actor=who(request), form=form, page=_page(request, "discard"), now=now)
        record(Act.DRAFT_KEPT, object_kind="lead", object_uuid=form.lead_uuid, fields=[form.kind, "discarded"])
        messages.success(request, "Discarded. The form is as it was at first.")
        return HttpResponseRedirect(back)
    words = {name: request.POST.get(name, "") for name in FIELDS[form.kind][0]}
    page = _page(request)
    kept = page is not None and keep_draft(actor=who(request), form=form, words=words, page=page, now=now)
    if page is None:
        record(Act.PAGE)
    return render(request, "leads/_draft_kept.html", {"kept": kept, "now": now})


def _page(request: HttpRequest, named: str = PAGE) -> uuid.UUID | None:
    """The page that sends this; the button that discards names it by its own value."""
    try:
        return uuid.UUID(request.POST.get(named, ""))
    except ValueError:
        return None
