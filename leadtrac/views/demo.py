"""Signing in to the demonstration: one button a person, and the current one-time code.

Refused unless the server is a demonstration, bound to loopback, and the account was made for it.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.utils import url_str_to_user_pk
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from access.decorators import public
from leadtrac.demo.accounts import demo_person, one_time_code

LOOPBACK = ("127.0.0.1", "::1")


def is_demo(request: HttpRequest) -> bool:
    """Whether demonstration sign-in may be offered to this request."""
    if not settings.DEMO or request.META.get("REMOTE_ADDR") not in LOOPBACK:
        return False
    try:
        host = request.get_host().rsplit(":", 1)[0].strip("[]")
    except DisallowedHost:  # the page that refuses such a request asks too
        return False
    return host in ("localhost", *LOOPBACK)


def current_code(request: HttpRequest) -> str:
    """The one-time code that the page at hand asks for, of the demonstration account that is signing in."""
    if not is_demo(request):
        return ""
    stash = request.session.get("account_login") or {}
    pk = url_str_to_user_pk(stash["user_pk"]) if stash.get("user_pk") else getattr(request.user, "pk", None)
    return one_time_code(pk) if pk else ""


@public("demonstration only: refused unless flagged and on loopback")
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Pass the password step for a demonstration account; the one-time code is still asked."""
    if not is_demo(request):
        raise Http404
    user = demo_person(request.POST.get("username", ""))
    if user is None:
        raise Http404
    response: HttpResponse = perform_login(request, Login(user=user, email_verification="none"))
    return response
