"""The list of schools, programs and employers, and the page of one."""

from __future__ import annotations

import uuid
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import requires
from access.exports import exported
from access.models import User
from access.permissions import Permission
from access.policy import can
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict
from foundation.forms import LookForm
from foundation.registries import filled_panels, shown_in
from ingest.codes import countries
from ingest.names import short_name
from organizations.export import organization_export_for
from organizations.forms import OrganizationFilter
from organizations.models import Organization
from organizations.reveal import reveal_official
from organizations.selectors import (
    Page,
    named_like,
    official_for,
    officials_of,
    organization_for,
    organizations_for,
    other_places_of,
)


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
@requires(Permission.EXPORT)
def organization_export(request: HttpRequest, form: str) -> HttpResponse:
    """The list under its filters, as a file; a search by name is not exported, for its words stand in no address."""
    user = cast(User, request.user)
    chosen = OrganizationFilter(request.GET or None)
    wanted = chosen.cleaned_data if chosen.is_valid() else {}
    kind, state = wanted.get("kind", ""), wanted.get("state", "")
    return exported(
        user=user,
        form=form,
        title="organizations",
        noun="organizations",
        listed=lambda limit: organization_export_for(user, kind=kind, state=state, limit=limit),
        view=[value for value in (kind, state) if value],
    )


@require_GET
@requires(Permission.VIEW_ORGANIZATION, hidden=True)
def organization_detail(request: HttpRequest, organization_uuid: uuid.UUID) -> HttpResponse:
    """One organization: what it is, who runs it, how its students stand."""
    user = cast(User, request.user)
    organization = organization_for(user, organization_uuid)
    officials = officials_of(organization)
    elsewhere = other_places_of(user, officials)
    slots = filled_panels("organization", user, organization)
    shown = [*(each.uuid for each in officials), *(place.organization.uuid for places in elsewhere.values() for place in places)]
    record(Act.VIEW, object_kind="organization", object_uuid=organization.uuid, results=[*shown, *shown_in(slots)])
    described_by = short_name(organization.source_row.source) if organization.source_row else ""
    people = [(each, elsewhere.get(each.pk, []), _country(each.country_of_birth), _country(each.citizenship)) for each in officials]
    context = {
        "organization": organization,
        "officials": people,
        "slots": slots,
        "described_by": described_by,
        "address": _address(organization),
        "may_reveal": can(user, Permission.REVEAL_IDENTIFIER),
    }
    return render(request, "organizations/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REVEAL_IDENTIFIER, hidden=True)
def official_reveal(request: HttpRequest, organization_uuid: uuid.UUID, official_uuid: uuid.UUID) -> HttpResponse:
    """Show the whole numbers of an official, for a reason."""
    user = cast(User, request.user)
    official = official_for(user, organization_uuid, official_uuid)
    form = LookForm(request.POST or None)
    value = ""
    if request.method == "POST" and form.is_valid():
        try:
            value = reveal_official(actor=user, official=official, reason=form.cleaned_data["reason"])
        except Conflict as error:
            form.add_error(None, error.message)
    if not value:
        record(Act.PAGE, object_kind="organization", object_uuid=official.organization.uuid)
    context = {"official": official, "organization": official.organization, "form": form, "value": value}
    return render(request, "organizations/official_reveal.html", context, status=422 if request.method == "POST" and not value else 200)


def _cursor(request: HttpRequest, name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _address(of: Organization) -> str:
    """The address in one line, of what is known of it."""
    return ", ".join(part for part in (of.address, of.city, f"{of.state} {of.postal_code}".strip()) if part)


def _country(code: str) -> str:
    """The country of a code of SEVIS, which alone describes officials; the code where the table does not know it."""
    return countries.label("sevis", code) if code else ""


def _ways(page: Page, chosen: dict[str, str]) -> dict[str, str]:
    return {
        "next_url": f"?{urlencode({**chosen, 'after': str(page.next_after)})}" if page.next_after else "",
        "previous_url": f"?{urlencode({**chosen, 'before': str(page.previous_before)})}" if page.previous_before else "",
    }
