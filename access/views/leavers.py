"""A supervisor tells the administrators that a colleague leaves or changes duties."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.decorators import requires
from access.forms import LeaverForm
from access.models import User
from access.permissions import Permission
from access.selectors import colleagues_for
from access.services.leavers import tell_of_leaver
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict


@require_http_methods(["GET", "POST"])
@requires(Permission.TELL_OF_LEAVER)
def leaver_new(request: HttpRequest) -> HttpResponse:
    """Who leaves or changes duties, after which day, and why."""
    user = cast(User, request.user)
    form = LeaverForm(request.POST or None, colleagues=colleagues_for(user))
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            tell_of_leaver(
                actor=user,
                user=asked["who"],
                kind=asked["kind"],
                last_day=asked["last_day"],
                reason=asked["reason"],
                now=timezone.now(),
            )
        except Conflict as error:
            form.add_error("who", error.message)
        else:
            messages.success(request, f"The administrators are told of {asked['who'].label}.")
            return redirect("leaver_new")
    record(Act.PAGE)
    return render(request, "access/leaver.html", {"form": form}, status=422 if form.errors else 200)
