"""The administrator's compartments: which there are, under which authority, who is cleared; and a new one."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import requires
from access.forms import CompartmentNewForm
from access.models import User
from access.permissions import Permission
from access.selectors import compartments_for
from access.services.compartments import make_compartment
from audit.acts import Act
from audit.services import record
from foundation.errors import InvalidInput
from foundation.forms import object_to


@require_GET
@requires(Permission.MANAGE_USER)
def user_compartments(request: HttpRequest) -> HttpResponse:
    """Every compartment with who is cleared for it."""
    lines = compartments_for(cast(User, request.user))
    record(Act.LIST, object_kind="compartment")
    return render(request, "access/compartments.html", {"lines": lines})


@require_http_methods(["GET", "POST"])
@requires(Permission.GRANT_ROLE, step_up=True)
def user_compartment_new(request: HttpRequest) -> HttpResponse:
    """Make a compartment."""
    form = CompartmentNewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_compartment(actor=cast(User, request.user), **form.cleaned_data)
        except InvalidInput as error:
            object_to(form, error)
        else:
            messages.success(request, f"{made.name} is made. Clear people for it on their pages, before somebody is moved into it.")
            return redirect("user_compartments")
    record(Act.PAGE)
    return render(request, "access/compartment_new.html", {"form": form}, status=422 if form.errors else 200)
