"""Moving a person into a compartment and out of it: from the person's page, and the list of what waits for a second person."""

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
from foundation.errors import Conflict, InvalidInput
from oversight.forms import CompartmentDecisionForm, CompartmentForm
from oversight.selectors.compartments import compartments_of, move_for, moves_for
from oversight.services.compartments import ask_out, decide_out, move_in
from oversight.views.paging import cursor_of, next_address
from subjects.selectors.subjects import subject_for


@require_http_methods(["GET", "POST"])
@requires(Permission.PROTECT_PERSON, step_up=True, hidden=True)
def compartment_move(request: HttpRequest, subject_uuid: uuid.UUID) -> HttpResponse:
    """Move a person into a compartment, or ask that they leave one."""
    user, now = cast(User, request.user), timezone.now()
    subject = subject_for(user, subject_uuid)
    carried = compartments_of(subject)
    form = CompartmentForm(request.POST or None, carried=carried)
    if request.method == "POST" and form.is_valid():
        way, compartment = form.chosen()
        try:
            if way == "in":
                move_in(actor=user, subject=subject, compartment=compartment, reason=form.cleaned_data["reason"], now=now)
                said = "The person is in the compartment. Only those who are cleared for it see the person from now on."
            else:
                ask_out(actor=user, subject=subject, compartment=compartment, reason=form.cleaned_data["reason"], now=now)
                said = "Another privacy officer who is cleared for the compartment must agree. Nothing has moved yet."
            messages.success(request, said)
            return redirect("compartment_moves")
        except (InvalidInput, Conflict) as error:
            form.add_error(getattr(error, "field", "") or None, error.message)
    record(Act.VIEW, object_kind="subject", object_uuid=subject.uuid)
    context = {"form": form, "subject": subject, "carried": carried}
    return render(request, "oversight/compartment.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires(Permission.PROTECT_PERSON)
def compartment_moves(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and what was moved, as far as the reader is cleared."""
    page = moves_for(cast(User, request.user), cursor_of(request))
    record(Act.LIST, object_kind="compartment_move", results=[line.move.subject_uuid for line in page.lines])
    return render(request, "oversight/compartments.html", {"lines": page.lines, "next_url": next_address(page.next_after)})


@require_http_methods(["GET", "POST"])
@requires(Permission.PROTECT_PERSON, step_up=True)
def compartment_decide(request: HttpRequest, move_uuid: uuid.UUID) -> HttpResponse:
    """Agree that a person leaves a compartment, or refuse."""
    user = cast(User, request.user)
    line = move_for(user, move_uuid)
    form = CompartmentDecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            agreed = form.cleaned_data["verdict"] == "agree"
            decide_out(actor=user, move_uuid=move_uuid, agreed=agreed, reason=form.cleaned_data["reason"], now=timezone.now())
            messages.success(request, "The person has left the compartment." if agreed else "The person stays in the compartment.")
            return redirect("compartment_moves")
        except (InvalidInput, Conflict) as error:
            form.add_error(getattr(error, "field", "") or None, error.message)
    record(Act.VIEW, object_kind="compartment_move", object_uuid=line.move.uuid, results=[line.move.subject_uuid])
    return render(request, "oversight/compartment_decide.html", {"line": line, "form": form}, status=422 if form.is_bound else 200)
