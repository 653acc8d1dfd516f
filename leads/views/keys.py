"""The keyboard's switch: a personal setting."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from access.decorators import requires
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from leads.views.people import who


@require_POST
@requires(Permission.SIGNED_IN)
def keys_switch(request: HttpRequest) -> HttpResponse:
    """Turn the single-key shortcuts on or off for this person."""
    user = who(request)
    user.shortcuts_on = request.POST.get("shortcuts") == "on"
    user.save(update_fields=["shortcuts_on"])
    record(Act.PREFERENCE, object_kind="user", object_uuid=user.uuid, fields=["shortcuts_on"])
    messages.success(request, "The keyboard is on." if user.shortcuts_on else "The keyboard is off.")
    back = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    return HttpResponseRedirect(back)
