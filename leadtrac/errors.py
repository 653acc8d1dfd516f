"""The one place where errors become pages and API answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import is_valid_path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from rest_framework.exceptions import APIException, MethodNotAllowed
from rest_framework.response import Response
from rest_framework.views import exception_handler

from access.late_forms import KEPT, keep
from access.models import User
from access.permissions import Permission
from access.policy import can
from access.session_middleware import page_behind
from foundation.errors import DomainError, FormOnly, NotFound, StepUpNeeded
from oversight.forms import BreakGlassForm

TEMPLATES = {403: "errors/403.html", 404: "errors/404.html", 503: "errors/503.html"}


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Render a refusal in the frame; an htmx request gets the same page, which htmx shows as a whole."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": error.message, "code": error.code}, status=error.status)
    if isinstance(error, StepUpNeeded):
        back = request.get_full_path() if request.method == "GET" else _kept(request) or request.headers.get("Referer", "/")
        response = HttpResponse(status=302)
        response["Location"] = f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"
        return response
    template = TEMPLATES.get(error.status, "errors/refused.html")
    context = {
        "message": error.message,
        "status": error.status,
        "request_ref": getattr(request, "request_ref", ""),
        "back_url": _way_back(request, error),
    }
    if error.status == 404:
        context["glass_form"] = _glass_form(request)
    response = HttpResponse(render_to_string(template, context, request), status=error.status)
    if isinstance(error, FormOnly):
        response["Allow"] = "POST"
    if error.status == 503:
        response["Retry-After"] = "60"
    if getattr(request, "htmx", False):
        response["HX-Retarget"] = "body"
        response["HX-Reswap"] = "innerHTML"
    return response


def _way_back(request: HttpRequest, error: DomainError) -> str:
    """The page that a refused form was sent from; of an address that takes forms only, the nearest page above it; or empty."""
    if isinstance(error, FormOnly):
        above = request.path
        while not is_valid_path(above := above.rstrip("/").rpartition("/")[0] + "/"):
            pass
        return above
    behind = page_behind(request) if request.method == "POST" else ""
    return "" if behind == "/" else behind


def _kept(request: HttpRequest) -> str:
    """Where what was posted waits, sealed, until its sender has confirmed who they are; empty when nothing can be kept."""
    kept = keep(request, request.user, now=timezone.now()) if isinstance(request.user, User) else ""
    if kept:
        request.session[KEPT] = kept
    return reverse("session_kept") if kept else ""


def _glass_form(request: HttpRequest) -> BreakGlassForm | None:
    """The way in by break-glass, on every page of something missing or forbidden, for those who may use it."""
    user = getattr(request, "user", None)
    return BreakGlassForm() if isinstance(user, User) and can(user, Permission.USE_BREAK_GLASS) else None


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`: an address that no page has looks like a record that one may not see."""
    return error_page(request, NotFound())


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`: a form that is too large to be read says so; of all others nothing is known but that we do not make them."""
    if isinstance(exception, RequestDataTooBig):
        context = {"attachment_mb": settings.ATTACHMENT_BYTES // 1_000_000}
        return HttpResponse(render_to_string("errors/too_large.html", context), status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return HttpResponse(render_to_string("400.html"), status=HTTPStatus.BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: the frame without anything that needs the database."""
    context = {"request_ref": getattr(request, "request_ref", "")}
    return HttpResponse(render_to_string("errors/500.html", context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or came from elsewhere: nothing was changed, and the way back is named."""
    return HttpResponse(render_to_string("errors/csrf.html", {"reason": reason}), status=403)


def api_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: what was refused becomes a domain error, which `access.middleware` rolls back, records, answers.

    A method that an address does not know says nothing about any record, and DRF answers it with the methods that it does know.
    """
    if isinstance(error, MethodNotAllowed):
        return exception_handler(error, context)
    if isinstance(error, APIException):
        refused = DomainError(str(error.detail), code=error.default_code)
        refused.status = error.status_code
        raise refused from error
    raise error
