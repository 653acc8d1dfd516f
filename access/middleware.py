"""The one door for requests: default deny, one transaction around the whole response, an event or no page.

A view runs inside `acting_as(user)`, rendering included, so that row-level security binds every query of the page and
the events are committed before the first byte leaves. A refusal rolls back and is recorded in a second transaction.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import urlencode

from access import policy
from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.sign_in import has_second_factor, is_recent
from audit.acts import Act
from audit.context import Work
from audit.services import record
from foundation.errors import AuditUnavailable, DomainError, FormOnly, NotFound, StepUpNeeded

SELF_SERVICE_PREFIXES = ("account_", "mfa_", "usersessions_", "socialaccount_")  # allauth's own pages about one's own account
ErrorPage = Callable[[HttpRequest, DomainError], HttpResponse]


class AccessMiddleware:
    """Runs every view that is not public; stands last in `MIDDLEWARE`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        from leadtrac.errors import error_page  # composition root: the one place that words errors

        self.error_page: ErrorPage = error_page

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Decide, then run the view in its transaction; None lets a public view run as usual."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if getattr(view, "public_because", "") or name.startswith(SELF_SERVICE_PREFIXES) or name in settings.PUBLIC_VIEW_NAMES:
            return None
        redirect = self._sign_in_first(request)
        if redirect is not None:
            return redirect
        user = cast(User, request.user)
        work = work_of(request, user, name)
        try:
            with acting_as(user, work):
                return self._run(request, view, args, kwargs, work)
        except Http404:
            return self._refuse(request, user, work, NotFound())
        except PermissionDenied:
            return self._refuse(request, user, work, NotFound())
        except DomainError as error:
            return self._refuse(request, user, work, error)

    def _run(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], work: Work
    ) -> HttpResponseBase:
        user = cast(User, request.user)
        permission = declared_permission(view)
        if permission is None:
            message = "This page declares no permission, so nobody may open it."
            raise NotFound(message)
        if declared(view, "hidden_from_others") and not policy.can(user, permission):
            raise NotFound
        policy.require(user, permission)
        if declared(view, "required_step_up") and not is_recent(request):
            message = "Confirm that it is you: this needs a sign-in at most five minutes old."
            raise StepUpNeeded(message)
        response: HttpResponseBase = view(request, *args, **kwargs)
        if response.streaming:
            message = "a streamed response would leave the transaction; render it whole"
            raise RuntimeError(message)
        if hasattr(response, "render"):
            response = response.render()
        says_nothing = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        if says_nothing and request.method in ("GET", "HEAD") and not request.path.startswith("/api/"):
            raise FormOnly  # a page with a way back, where a browser would show its own
        if not work.recorded and not says_nothing:
            raise AuditUnavailable  # fail closed: a page that records nothing is not shown
        return response

    def _sign_in_first(self, request: HttpRequest) -> HttpResponse | None:
        """The way to sign in; a program that asks the API is told in its own form, for it follows no page."""
        user = request.user
        complete = user.is_authenticated and has_second_factor(request) and not user.must_change_password
        if request.path.startswith("/api/") and not complete:
            return JsonResponse({"detail": "Sign in first.", "code": "not_signed_in"}, status=HTTPStatus.UNAUTHORIZED)
        if not user.is_authenticated:
            back = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{back}")
        if not has_second_factor(request):
            return HttpResponseRedirect(reverse("mfa_index"))
        if user.must_change_password:
            return HttpResponseRedirect(reverse("account_change_password"))
        return None

    def _refuse(self, request: HttpRequest, user: User, work: Work, error: DomainError) -> HttpResponse:
        """The view's transaction is rolled back; a refusal is still an event."""
        if error.status in (403, 404):
            try:
                with acting_as(user, work):
                    record(Act.DENIED, allowed=False, payload={"reason": error.code, "path": request.path})
            except AuditUnavailable as unavailable:
                error = unavailable
        return self.error_page(request, error)


def declared(view: Callable[..., Any], name: str) -> Any:
    """What a view function, or the class behind a class-based view, declares under `name`."""
    for holder in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        if holder is not None and getattr(holder, name, None):
            return getattr(holder, name)
    return None


def declared_permission(view: Callable[..., Any]) -> Permission | None:
    """The permission that a view declares, or None."""
    found = declared(view, "required_permission")
    return Permission(found) if found else None


def work_of(request: HttpRequest, user: User, view_name: str) -> Work:
    """What the audit events of this request will say about it."""
    session = request.session.session_key or ""
    return Work(
        actor_id=user.pk,
        request_ref=getattr(request, "request_ref", uuid.uuid4()),
        session_ref=hashlib.sha256(session.encode()).hexdigest()[:32] if session else "",
        origin=request.META.get("REMOTE_ADDR", "")[:64],
        view=view_name[:100],
    )


class RequestReferenceMiddleware:
    """Gives each request a random reference (shown on error pages, kept in events) and safe headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_ref = uuid.uuid4()  # type: ignore[attr-defined]  # read by `work_of` and the error pages
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)  # a download brings a stricter one
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response
