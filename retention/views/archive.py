"""The archive: found by a number, opened with a reason, retrieved under an authority. And the stone at a lead's address."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from access.decorators import requires
from access.markings import marking_of
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import NotFound
from foundation.exports import in_file_names
from leads.views.lead import lead_page
from retention.forms import ArchiveSearchForm, ReasonForm, RetrievalForm
from retention.models import ArchivePackage
from retention.opened_words import parts_of
from retention.selectors import runs as selectors
from retention.services.opening import Opened, find_archived, open_package
from retention.tabs import tabs
from retention.views.answers import attempt, who


@require_http_methods(["GET", "POST"])
@requires(Permission.OPEN_ARCHIVE)
def archive(request: HttpRequest) -> HttpResponse:
    """Find an archived lead by a number that its person carries: by post, so that no number stands in an address."""
    form = ArchiveSearchForm(request.POST or None)
    found, damaged = None, list[ArchivePackage]()
    if request.method == "POST" and form.is_valid():
        found = attempt(form, lambda: find_archived(actor=who(request), **form.cleaned_data))
    else:
        damaged = list(selectors.damaged_for(who(request))[:100])
        record(Act.LIST if damaged else Act.PAGE, object_kind="archive", results=[package.lead_uuid for package in damaged])
    context = {"form": form, "found": found, "damaged": damaged, "tabs": tabs("sealed")}
    return render(request, "retention/archive.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.OPEN_ARCHIVE, step_up=True)
def archive_open(request: HttpRequest, package_uuid: uuid.UUID, kind: str = "reason") -> HttpResponse:
    """Ask for the reason, then show what was sealed, read-only; the file stays as it was."""
    package = selectors.get_package_for(who(request), package_uuid)
    form = ReasonForm(request.POST or None)
    opened = None
    if request.method == "POST" and form.is_valid():
        opened = attempt(form, lambda: open_package(actor=who(request), package=package, reason=form.cleaned_data["reason"], kind=kind))
    if opened is None:
        record(Act.VIEW, object_kind="archive package", object_uuid=package.lead_uuid, fields=["closed"])
    status = 422 if form.errors else 200
    context = {
        "package": package,
        "form": _without_repeating(form, package),
        "kind": kind,
        "parts": parts_of(opened.tables) if opened else [],
        "opened": opened,
        "openings": selectors.openings_of(package),
        "holds": selectors.holds_on(package.lead_uuid),
        "kept": selectors.kept_of(package.lead_uuid),
    }
    return render(request, "retention/package.html", context, status=status)


def _without_repeating(form: forms.Form, package: ArchivePackage) -> forms.Form:
    """Of a damaged record the page itself says that it cannot be read, with the way to report it: nothing entered is wrong."""
    return type(form)(initial=form.cleaned_data) if package.damaged_at and form.non_field_errors() else form


@require_http_methods(["GET", "POST"])
@requires(Permission.OPEN_ARCHIVE, step_up=True)
def archive_retrieve(request: HttpRequest, package_uuid: uuid.UUID) -> HttpResponse:
    """Hand out the content of a package under a typed authority."""
    package = selectors.get_package_for(who(request), package_uuid)
    form = RetrievalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = attempt(form, lambda: open_package(actor=who(request), package=package, kind="retrieval", **form.cleaned_data))
        if opened is not None:
            record(Act.EXPORT, object_kind="archive package", object_uuid=package.lead_uuid)
            return _download(opened)
    else:
        record(Act.VIEW, object_kind="archive package", object_uuid=package.lead_uuid, fields=["closed"])
    stops = {"holds": selectors.holds_on(package.lead_uuid), "kept": selectors.kept_of(package.lead_uuid)}
    context = {
        "package": package,
        "form": _without_repeating(form, package),
        "kind": "retrieval",
        "parts": [],
        "opened": None,
        "openings": [],
        **stops,
    }
    return render(request, "retention/package.html", context, status=422 if form.errors else 200)


def _download(opened: Opened) -> HttpResponse:
    """The rows as JSON, packets and attached files beside them, in one ZIP; all of it carries the record's marking."""
    marking = marking_of([opened.package.lead_class_id])
    content: dict[str, Any] = {"marking": marking, "lead": opened.package.lead_number, "tables": opened.tables}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        target.comment = marking.encode()
        target.writestr("record.json", json.dumps(content, ensure_ascii=False, indent=1))
        for name, document in opened.documents.items():
            target.writestr(name, document)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{in_file_names(marking)}_record-{opened.package.uuid}.zip"'
    return response


@require_safe
@requires(Permission.VIEW_LEAD, hidden=True)
def lead_or_stone(request: HttpRequest, number: str, tab: str = "") -> HttpResponse:
    """The lead's page; where a lead was destroyed, its tombstone, for those who could see the lead."""
    try:
        return lead_page(request, number, tab)
    except NotFound:
        stone = selectors.stone_of(number)
        if stone is None:
            raise
    record(Act.VIEW, object_kind="tombstone", object_uuid=stone.lead_uuid)
    return render(request, "retention/stone.html", {"stone": stone, "queue_url": reverse("queue")}, status=410)
