"""The list of schools, programs and employers, and the page of one."""

from __future__ import annotations

import uuid
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.registries import filled_panels
from ingest.names import short_name
from organizations.forms import OrganizationFilter
from organizations.selectors import Page, named_like, officials_of, organization_for, organizations_for


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_ORGANIZATION)
def organization_list(request: HttpRequest) -> HttpResponse:
    """By name, a page at a time; a posted name finds those that hold its words."""
    user = cast(User, request.user)
    text = request.POST.get("q", "").strip()[:120]
    form = OrganizationFilter(request.GET or None)
    chosen = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    if text:
        page = named_like(user, text)
        record(Act.SEARCH, object_kind="organization", results=[row.uuid for row in page.rows], payload={"name": text})
    else:
        page = organizations_for(user, **chosen, after=_cursor(request, "after"), before=_cursor(request, "before"))
        record(Act.LIST, object_kind="organization", results=[row.uuid for row in page.rows])
    context = {"page": page, "form": form, "text": text, "chosen": chosen, **_ways(page, chosen)}
    return render(request, "organizations/list.html", context)


@require_GET
@requires(Permission.VIEW_ORGANIZATION, hidden=True)
def organization_detail(request: HttpRequest, organization_uuid: uuid.UUID) -> HttpResponse:
    """One organization: what it is, who runs it, how its students stand."""
    user = cast(User, request.user)
    organization = organization_for(user, organization_uuid)
    officials = officials_of(organization)
    slots = filled_panels("organization", user, organization)
    record(Act.VIEW, object_kind="organization", object_uuid=organization.uuid, results=[official.uuid for official in officials])
    described_by = short_name(organization.source_row.source) if organization.source_row else ""
    context = {"organization": organization, "officials": officials, "slots": slots, "described_by": described_by}
    return render(request, "organizations/detail.html", context)


def _cursor(request: HttpRequest, name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _ways(page: Page, chosen: dict[str, str]) -> dict[str, str]:
    return {
        "next_url": f"?{urlencode({**chosen, 'after': str(page.next_after)})}" if page.next_after else "",
        "previous_url": f"?{urlencode({**chosen, 'before': str(page.previous_before)})}" if page.previous_before else "",
    }
