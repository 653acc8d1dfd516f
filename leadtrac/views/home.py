"""Home, notice, health."""

from __future__ import annotations

from typing import cast

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import public, requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from leadtrac.middleware import NOTICE_KEY
from leadtrac.navigation import home_of


@require_GET
@requires(Permission.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to where their work is."""
    record(Act.PAGE)
    return HttpResponseRedirect(home_of(cast(User, request.user)))


@public("the notice stands before the sign-in page")
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest) -> HttpResponse:
    """The system-use notice; its acceptance is kept in the session and on record."""
    following = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()}):
        following = "/"
    if request.method == "POST" and request.POST.get("accept"):
        request.session[NOTICE_KEY] = True
        record(Act.NOTICE_ACCEPTED)
        return HttpResponseRedirect(following)
    return render(request, "account/notice.html", {"next": following})


@public("load balancers ask; it says nothing about content")
@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
