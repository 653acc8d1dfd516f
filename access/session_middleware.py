"""Locks a session that nobody works in, ends one that is too old, and renews its id when somebody proves who they are.

Stands before every view, the sign-in library's own pages included. Background polls say so (`X-Background`) and keep nothing
awake. What a locked or ended session sends is not carried out; its words are kept (`access.late_forms`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import urlencode

from access.context import acting_as
from access.late_forms import KEPT, keep
from access.middleware import work_of
from access.models import User
from access.permissions import Permission
from access.policy import can
from access.session_clock import LOCKED, OPENED, SEEN, Standing, is_worth_a_touch, opened_at, standing
from access.sign_in import METHODS_KEY
from audit.acts import Act
from audit.services import record

BACKGROUND = "X-Background"
OPEN_WHILE_LOCKED = frozenset({"session_lock", "account_logout", "notice", "health"})


class SessionClockMiddleware:
    """See the module; stands after the session, the user and htmx are known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before, was_in = _proofs(request), request.user.is_authenticated
        response = self.get_response(request)
        if before and _proofs(request) > before:
            renew_id(request)
        if was_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'  # not the cookies: the device stays known
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """None lets the request on; anything else stands in place of the view."""
        user = request.user
        if not isinstance(user, User):
            return None
        now = time.time()
        idle = idle_seconds(user)
        found = standing(request.session, now=now, idle_seconds=idle, longest_seconds=settings.LONGEST_SESSION_SECONDS)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if found is Standing.OVER:
            return _end(request, user)
        if found is Standing.LOCKED:
            with acting_as(user, work_of(request, user, "session_lock")):
                lock(request, user, now=now)
            return None if name in OPEN_WHILE_LOCKED else _ask(request, user)
        if BACKGROUND not in request.headers and is_worth_a_touch(request.session, now=now, idle_seconds=idle):
            request.session[OPENED] = opened_at(request.session) or now
            request.session[SEEN] = now
        return None


def idle_seconds(user: User) -> int:
    """After how long without work the user's session locks: sooner for whoever manages accounts (check 16)."""
    return settings.IDLE_LOCK_PRIVILEGED_SECONDS if can(user, Permission.MANAGE_USER) else settings.IDLE_LOCK_SECONDS


def lock(request: HttpRequest, user: User, *, now: float) -> bool:
    """Lock the session, with one event however often it is asked; False when it was locked already."""
    if _is_noted(request):
        return False
    request.session[LOCKED] = now
    record(Act.SCREEN_LOCKED, object_kind="user", object_uuid=user.uuid)
    return True


def _is_noted(request: HttpRequest) -> bool:
    """Whether the session says that it is locked, and nobody has opened it since."""
    never = float("inf")
    return standing(request.session, now=0, idle_seconds=never, longest_seconds=never) is Standing.LOCKED


def renew_id(request: HttpRequest) -> None:
    """Give the session a new id: whoever learnt the old one has nothing (ASVS 7.2.4)."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def _proofs(request: HttpRequest) -> int:
    return len(request.session.get(METHODS_KEY, [])) if request.user.is_authenticated else 0


def _ask(request: HttpRequest, user: User) -> HttpResponseBase:
    """Send to the lock page; what a person posted waits behind it.

    What a page saves by itself is not kept: it would displace what the person sent, and its words still stand on the page.
    """
    following = page_behind(request)
    if request.method == "POST" and BACKGROUND not in request.headers and (kept := keep(request, user, now=datetime.now(UTC))):
        request.session[KEPT] = kept
        following = reverse("session_kept")
    return elsewhere(request, f"{reverse('session_lock')}?{urlencode({'next': following})}")


def _end(request: HttpRequest, user: User) -> HttpResponseBase:
    """Sign out: the longest time is over. What was posted comes back after the next sign-in of the same person."""
    kept = keep(request, user, now=datetime.now(UTC)) if request.method == "POST" else ""
    following = reverse("session_kept") if kept else page_behind(request)
    with acting_as(user, work_of(request, user, "session_lock")):
        record(Act.SESSION_ENDED, object_kind="user", object_uuid=user.uuid, payload={"sessions": 1, "reason": "the longest time is over"})
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)
    if kept:
        request.session[KEPT] = kept
    return elsewhere(request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': following})}")


def page_behind(request: HttpRequest) -> str:
    """The page to come back to: the present one, or the one that a part or a form stands on."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.get_full_path()
    on = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    same = on.netloc == request.get_host()
    return (f"{on.path}?{on.query}" if on.query else on.path) if same and on.path else "/"


def elsewhere(request: HttpRequest, address: str) -> HttpResponseBase:
    """Send a page, a part of a page, or a program to `address`."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": "This session is locked or over.", "code": "locked"}, status=HTTPStatus.LOCKED)
    if "HX-Request" in request.headers or BACKGROUND in request.headers:
        return HttpResponse(status=HTTPStatus.LOCKED, headers={"HX-Redirect": address, "X-Locked": "1"})
    return HttpResponseRedirect(address)
