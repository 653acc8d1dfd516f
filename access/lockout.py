"""Guessing is slowed down by account and source, and never locks out the person whose account it is.

Five failures within 15 minutes lock one account for one source for 30 minutes. A source is a device that has signed in to the
account before (it holds a signed cookie), or else a network address: so a stranger who fails locks out nobody but the own
address, and a colleague behind the same address locks out nobody who has been here. Beside it, an account takes 50 failures an
hour from devices it does not know, so that many addresses together are slowed down too; devices that it knows still get in.

The counting is the sign-in library's (`allauth.core.ratelimit`, in Redis; the rates are `ACCOUNT_RATE_LIMITS` in the settings).
Sources: NIST SP 800-53 AC-7; ASVS 6.1.1; OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

from __future__ import annotations

import hashlib
import secrets
import time

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from access.models import User

LOCK_SECONDS = 30 * 60
DEVICE_SECONDS = 90 * 24 * 60 * 60  # as long as an account that nobody uses stays open
SOURCE, ACCOUNT = "login_source", "login_account"  # names of rates in ACCOUNT_RATE_LIMITS
_ROUND_SECONDS = 24 * 60 * 60


def may_try(request: HttpRequest, username: str) -> bool:
    """Whether `username` may be tried from where the request comes; counts the try until it is known to be right."""
    name = username.lower()
    if cache.get(_lock_of(request, name), 0) > time.time():
        return False
    if not known_device(request, name) and not ratelimit.consume(request, action=ACCOUNT, key=_key(name)):
        return False
    return bool(ratelimit.consume(request, action=SOURCE, key=_key(name, _source(request, name))))


def was_right(request: HttpRequest, username: str) -> None:
    """The try was right: the failures before it are forgotten for this source."""
    name = username.lower()
    ratelimit.clear(request, action=SOURCE, key=_key(name, _source(request, name)))


def was_wrong(request: HttpRequest, username: str) -> None:
    """The try was wrong; the fifth locks the account for this source."""
    name = username.lower()
    if not ratelimit.consume(request, action=SOURCE, key=_key(name, _source(request, name)), dry_run=True):
        cache.set(_lock_of(request, name), time.time() + LOCK_SECONDS, LOCK_SECONDS)


def release(username: str) -> None:
    """Forget every failure of an account, from wherever: an administrator says that it was its person."""
    cache.set(_round_key(username.lower()), secrets.token_hex(4), _ROUND_SECONDS)


def remember_device(response: HttpResponseBase, user: User) -> None:
    """Let the browser show next time that it has signed in to this account with both factors."""
    value = _signer().sign(f"{user.uuid}.{secrets.token_urlsafe(16)}")
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        value,
        max_age=DEVICE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_device(request: HttpRequest, username: str) -> str:
    """The name of the browser, when it has signed in to this account before; empty for any other."""
    try:
        words = _signer().unsign(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), max_age=DEVICE_SECONDS)
    except BadSignature:
        return ""
    owner, _, device = words.partition(".")
    return device if User.objects.filter(uuid=owner, username__iexact=username).exists() else ""


def _source(request: HttpRequest, name: str) -> str:
    device = known_device(request, name)
    return f"device {device}" if device else f"address {get_adapter(request).get_client_ip(request)}"


def _key(name: str, *parts: str) -> str:
    """What is counted under; it carries the round, which `release` changes."""
    return "\x1f".join([name, cache.get(_round_key(name), ""), *parts])


def _lock_of(request: HttpRequest, name: str) -> str:
    return f"lockout:{hashlib.sha256(_key(name, _source(request, name)).encode()).hexdigest()}"


def _round_key(name: str) -> str:
    return f"lockout-round:{hashlib.sha256(name.encode()).hexdigest()}"


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="access.lockout.device")
