"""The accounting of disclosures: everybody's, one person's with the form that enters one, and the file for the person who asks."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import InvalidInput
from foundation.exports import CSV_TYPE
from foundation.forms import object_to
from oversight.forms import DisclosureConfirmForm, DisclosureForm
from oversight.models import Disclosure
from oversight.selectors.disclosures import WORDS, accounting_for, disclosure_for, disclosures_for
from oversight.services.disclosures import accounting_file, confirm_disclosure, record_disclosure
from oversight.views.paging import cursor_of, next_address
from subjects.selectors.subjects import subject_for


@require_GET
@requires(Permission.VIEW_DISCLOSURE)
def disclosure_list(request: HttpRequest) -> HttpResponse:
    """Everybody's disclosures: those to be confirmed, then the newest."""
    page = disclosures_for(cast(User, request.user), cursor_of(request))
    record(Act.LIST, object_kind="disclosure", results=[line.disclosure.subject_uuid for line in page.lines])
    return render(request, "oversight/disclosures.html", {"lines": page.lines, "next_url": next_address(page.next_after)})


@require_GET
@requires(Permission.VIEW_DISCLOSURE, hidden=True)
def disclosure_person(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """The disclosures of one person, also of one whose record was archived."""
    found = accounting_for(cast(User, request.user), subject_uuid)
    record(Act.VIEW, object_kind="subject", object_uuid=found.subject_uuid, results=[line.disclosure.uuid for line in found.lines])
    context = {"lines": found.lines, "subject": found.subject, "person_uuid": found.subject_uuid}
    return render(request, "oversight/disclosures.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_DISCLOSURE, step_up=True, hidden=True)
def disclosure_new(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """Enter a disclosure of one person's record."""
    user, now = cast(User, request.user), timezone.now()
    subject = subject_for(user, subject_uuid)
    form = DisclosureForm(request.POST or None, initial={"disclosed_on": now.date()})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            record_disclosure(
                actor=user,
                subject=subject,
                basis=asked["basis"],
                disclosed_on=asked["disclosed_on"],
                approved=asked["approved"],
                words={name: asked[name] for name in WORDS},
                now=now,
            )
            messages.success(request, _entered(asked["basis"]))
            return redirect("disclosure_person", subject.uuid)
        except InvalidInput as error:
            object_to(form, error)
    record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid)
    return render(request, "oversight/disclosure_new.html", {"form": form, "subject": subject}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.RECORD_DISCLOSURE, step_up=True, hidden=True)
def disclosure_confirm(request: HttpRequest, disclosure_uuid: uuid.UUID) -> HttpResponse:
    """A second privacy officer confirms a disclosure to the public."""
    user = cast(User, request.user)
    line = disclosure_for(user, disclosure_uuid)
    form = DisclosureConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        confirm_disclosure(actor=user, disclosure=line.disclosure, now=timezone.now())
        messages.success(request, "The disclosure is confirmed.")
        return redirect("disclosure_list")
    record(Act.VIEW, object_kind="subject", object_uuid=line.disclosure.subject_uuid, results=[line.disclosure.uuid])
    context = {"line": line, "form": form, "own": line.disclosure.recorded_by_id == user.pk}
    return render(request, "oversight/disclosure_confirm.html", context, status=422 if form.errors else 200)


def _entered(basis: str) -> str:
    if basis == Disclosure.Use.N:
        return "The disclosure is in the accounting. Another privacy officer must confirm it before anything goes out."
    return "The disclosure is in the accounting."


@require_GET
@requires(Permission.VIEW_DISCLOSURE, hidden=True)
def disclosure_file(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """One person's accounting as a file."""
    user = cast(User, request.user)
    name, content = accounting_file(user, subject_uuid, now=timezone.now())
    response = HttpResponse(content, content_type=CSV_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
