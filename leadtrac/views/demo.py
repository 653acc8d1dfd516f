"""Signing in to the demonstration: one button a person, and the current one-time code.

Refused unless the server is a demonstration, bound to loopback, and the account was made for it.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from access.decorators import public
from access.models import User
from access.roles import ROLES

LOOPBACK = ("127.0.0.1", "::1")


def is_demo(request: HttpRequest) -> bool:
    """Whether demonstration sign-in may be offered to this request."""
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    return bool(settings.DEMO) and request.META.get("REMOTE_ADDR") in LOOPBACK and host in ("localhost", *LOOPBACK)


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


def current_code(user: User) -> str:
    """The demonstration account's current one-time code."""
    authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if authenticator is None or not user.demonstration or not settings.DEMO:
        return ""
    secret = TOTP(authenticator).instance.data["secret"]
    return totp_now(secret)


def totp_now(secret: str) -> str:
    """The six digits of now (RFC 6238), for a secret that only the demonstration knows."""
    from allauth.mfa.adapter import get_adapter  # allauth loads its adapter late
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(get_adapter().decrypt(secret), counter)))


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
