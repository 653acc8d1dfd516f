"""The supervisor's page of load, capacity and absence; and everybody's own days away."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from access.policy import can
from access.selectors import people_with
from audit.acts import Act
from audit.services import record
from foundation.errors import InvalidInput, NotFound
from foundation.forms import DeskDateField, object_to
from leads.selectors.desk import CLOSED_DAYS, absence_for, absences_of, loads_for
from leads.services.workload import MOST, cancel_absence, enter_absence, set_capacity
from leads.views.people import who

FORM_METHODS = ["GET", "HEAD", "POST"]


class CapacityForm(forms.Form):
    """How many leads at a time."""

    most = forms.IntegerField(label="Leads at a time, at most", min_value=0, max_value=MOST)


class AbsenceForm(forms.Form):
    """From the first to the last day away."""

    from_on = DeskDateField(label="First day away", error_messages={"required": "From which day?"})
    until_on = DeskDateField(label="Last day away", error_messages={"required": "Until which day?"})


@require_http_methods(["GET", "HEAD"])
@requires(Permission.ASSIGN_LEAD)
def team(request: HttpRequest) -> HttpResponse:
    """Who has how much, who can take more, who is away."""
    loads = loads_for(who(request), now=timezone.now())
    record(Act.LIST, object_kind="user", results=[load.user.uuid for load in loads])
    return render(request, "leads/team.html", {"loads": loads, "closed_days": CLOSED_DAYS})


def _colleague(user_uuid: uuid.UUID) -> User:
    found = next((person for person in people_with(Permission.CLAIM_LEAD) if person.uuid == user_uuid), None)
    if found is None:
        raise NotFound
    return found


@require_http_methods(FORM_METHODS)
@requires(Permission.ASSIGN_LEAD)
def team_member(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """One person's capacity."""
    person = _colleague(user_uuid)
    load = next(each for each in loads_for(who(request), now=timezone.now()) if each.user.pk == person.pk)
    form = CapacityForm(request.POST or None, initial={"most": load.most})
    if request.method == "POST" and form.is_valid():
        set_capacity(actor=who(request), user=person, most=form.cleaned_data["most"], now=timezone.now())
        messages.success(request, f"{person.label} can have {form.cleaned_data['most']:,} leads at a time.")
        return HttpResponseRedirect(reverse("team"))
    record(Act.VIEW, object_kind="user", object_uuid=person.uuid)
    return render(request, "leads/team_member.html", {"load": load, "form": form}, status=422 if form.is_bound else 200)


@require_http_methods(FORM_METHODS)
@requires(Permission.CLAIM_LEAD)
def absence_enter(request: HttpRequest, user_uuid: uuid.UUID) -> HttpResponse:
    """Days away, one's own or (a supervisor) anybody's: leads go back to the queue on the first of them."""
    actor = who(request)
    if user_uuid != actor.uuid and not can(actor, Permission.ASSIGN_LEAD):
        raise NotFound
    person = actor if user_uuid == actor.uuid else _colleague(user_uuid)
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enter_absence(actor=actor, user=person, now=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            object_to(form, error)
        else:
            messages.success(request, "The days away are entered. The leads go back to the queue on the first of them.")
            return HttpResponseRedirect(reverse("absence_enter", args=[person.uuid]))
    record(Act.VIEW, object_kind="user", object_uuid=person.uuid)
    context: dict[str, Any] = {
        "person": person,
        "mine": person.pk == actor.pk,
        "form": form,
        "absences": absences_of(person, today=timezone.now().date()),
    }
    return render(request, "leads/absence.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.CLAIM_LEAD)
def absence_cancel(request: HttpRequest, absence_uuid: uuid.UUID) -> HttpResponse:
    """The person is there after all."""
    absence = absence_for(who(request), absence_uuid)
    cancel_absence(actor=who(request), absence=absence, now=timezone.now())
    messages.success(request, "The days away are taken back.")
    return HttpResponseRedirect(reverse("absence_enter", args=[absence.user.uuid]))
