"""Signing in to the demonstration: one button a person, and the current one-time code.

Refused unless the server is a demonstration, bound to loopback, and the account was made for it.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.utils import url_str_to_user_pk
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from access.decorators import public
from access.models import User
from access.roles import ROLES

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


def demo_accounts() -> list[dict[str, Any]]:
    """The people of the demonstration with their roles and offices, in the order of the roles."""
    order = {code: position for position, code in enumerate(ROLES)}
    people = User.objects.filter(demonstration=True, is_active=True).prefetch_related("rolegrants", "memberships__office")
    found = []
    for person in people:
        codes = sorted(
            (grant.role_id for grant in person.rolegrants.all() if grant.revoked_at is None), key=lambda code: order.get(code, 99)
        )
        offices = [membership.office.name for membership in person.memberships.all() if membership.revoked_at is None]
        found.append(
            {
                "username": person.username,
                "name": person.label,
                "role": codes[0] if codes else "",
                "role_label": ROLES[codes[0]].label if codes else "No role",
                "office": ", ".join(offices),
                "team": person.team,
            }
        )
    return sorted(found, key=lambda entry: (order.get(entry["role"], 99), entry["username"]))


def current_code(request: HttpRequest) -> str:
    """The one-time code that the page at hand asks for, of the demonstration account that is signing in."""
    if not is_demo(request):
        return ""
    stash = request.session.get("account_login") or {}
    pk = url_str_to_user_pk(stash["user_pk"]) if stash.get("user_pk") else getattr(request.user, "pk", None)
    user = User.objects.filter(pk=pk, demonstration=True).first() if pk else None
    authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first() if user else None
    if authenticator is None:
        return ""
    counters = list(yield_hotp_counters_from_time())
    counter = counters[len(counters) // 2]  # of now: those before and after it are tolerated
    code: str = format_hotp_value(hotp_value(decrypt(authenticator.data["secret"]), counter))
    return code


@public("demonstration only: refused unless flagged and on loopback")
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Pass the password step for a demonstration account; the one-time code is still asked."""
    if not is_demo(request):
        raise Http404
    user = User.objects.filter(username=request.POST.get("username", ""), demonstration=True, is_active=True).first()
    if user is None:
        raise Http404
    response: HttpResponse = perform_login(request, Login(user=user, email_verification="none"))
    return response
