"""The list of what waits for evidence, and a lead opened by hand for one of its people."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict
from leads.forms import ReasonForm, RuleFilter
from leads.selectors.waiting import waiting_for
from leads.services.deciding import open_lead
from leads.views.people import lead_url, who
from subjects.selectors.subjects import subject_for


@require_safe
@requires(Permission.OPEN_LEAD)
def waiting_list(request: HttpRequest) -> HttpResponse:
    """People whose departure is missing and whom nothing shows here, and people whose filing is pending."""
    before = request.GET.get("before", "")
    form = RuleFilter(request.GET)
    page = waiting_for(who(request), rule=form.chosen, before=int(before) if before.isdecimal() and len(before) < 19 else None)
    record(Act.LIST, object_kind="subject", results=sorted({row.subject.uuid for row in page.rows}))
    return render(request, "leads/waiting.html", {"page": page, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.OPEN_LEAD, hidden=True)
def subject_open_lead(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """Ask for the reason, then open the lead and go to it."""
    user = who(request)
    subject = subject_for(user, subject_uuid)
    form = ReasonForm(request.POST or None, initial={"version": 0})
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                lead = open_lead(actor=user, subject=subject, reason=form.cleaned_data["reason"], now=timezone.now())
            except Conflict as error:
                status, problem = 409, error.message
            else:
                messages.success(request, f"{lead.number} is open.")
                return HttpResponseRedirect(lead_url(lead.number))
    record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid)
    context = {"subject": subject, "form": form, "problem": problem}
    return render(request, "leads/subject_open.html", context, status=status)
