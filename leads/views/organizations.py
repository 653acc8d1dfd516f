"""A lead about an organization, opened by hand."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict
from leads.forms import ReasonForm
from leads.services.organizations import open_organization_lead
from leads.views.people import lead_url, who
from organizations.selectors import organization_for


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.OPEN_LEAD, hidden=True)
def organization_open_lead(request: HttpRequest, organization_uuid: uuid.UUID) -> HttpResponse:
    """Ask for the reason, then open the lead and go to it."""
    organization = organization_for(who(request), organization_uuid)
    form = ReasonForm(request.POST or None, initial={"version": 0})
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                lead = open_organization_lead(actor=who(request), organization=organization, reason=reason, now=timezone.now())
            except Conflict as error:
                status, problem = 409, error.message
            else:
                messages.success(request, f"{lead.number} is open.")
                return HttpResponseRedirect(lead_url(lead.number))
    record(Act.VIEW, object_kind="organization", object_uuid=organization.uuid)
    context = {"organization": organization, "form": form, "problem": problem}
    return render(request, "leads/organization_open.html", context, status=status)
