"""The system-use notice stands before the sign-in page (NIST SP 800-53 AC-8)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

NOTICE_KEY = "notice_accepted"


class NoticeMiddleware:
    """Sends whoever has not accepted the notice in this session to it, before any sign-in page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        signing_in = request.path.startswith("/accounts/") or request.path == reverse("demo_sign_in")
        if signing_in and not request.session.get(NOTICE_KEY):
            return HttpResponseRedirect(f"{reverse('notice')}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)
