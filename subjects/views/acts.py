"""What is done on a person's page: reveal a number, add an associate."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from foundation.forms import LookForm
from subjects.forms import AssociateForm
from subjects.selectors.subjects import identifier_for, subject_for
from subjects.services.associates import add_associate
from subjects.services.reveal import reveal_identifier


@require_http_methods(["GET", "POST"])
@requires(Permission.REVEAL_IDENTIFIER, hidden=True)
def identifier_reveal(request: HttpRequest, identifier_uuid: uuid.UUID) -> HttpResponse:
    """Show one whole number: at once for the work in hand, else for a reason; in place with htmx, on a page of its own without."""
    user = cast(User, request.user)
    identifier = identifier_for(user, identifier_uuid)
    asked = "reason" in request.POST
    form = LookForm(request.POST if asked else None)
    value = ""
    if request.method == "POST" and (form.is_valid() or not asked):
        reason = form.cleaned_data["reason"] if asked else ""
        with suppress(InvalidInput):  # without work in hand the form asks for the reason
            value = reveal_identifier(actor=user, identifier=identifier, reason=reason, now=timezone.now())
    if not value:
        record(Act.PAGE, object_kind="subject", object_uuid=identifier.subject.uuid)
    template = "subjects/_reveal.html" if getattr(request, "htmx", False) else "subjects/reveal.html"
    context = {"identifier": identifier, "subject": identifier.subject, "form": form, "value": value, "at_once": not asked}
    return render(request, template, context, status=422 if asked and not value else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.ADD_ASSOCIATE, hidden=True)
def associate_add(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """Add an associate by hand."""
    user = cast(User, request.user)
    subject = subject_for(user, subject_uuid)
    form = AssociateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_associate(actor=user, subject=subject, now=timezone.now(), **form.cleaned_data)
        except (InvalidInput, Conflict) as error:
            form.add_error(getattr(error, "field", "") or None, error.message)
        else:
            messages.success(request, "The associate is on the record.")
            return redirect("subject_detail", subject.uuid)
    record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid)
    return render(request, "subjects/associate.html", {"form": form, "subject": subject}, status=422 if request.method == "POST" else 200)
