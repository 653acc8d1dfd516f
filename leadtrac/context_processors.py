"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.policy import can
from access.session_views import lock_of_page
from foundation.templatetags.desk import desk_time
from leadtrac.demo.accounts import demo_accounts
from leadtrac.navigation import navigation_for
from leadtrac.views.demo import current_code, is_demo
from oversight.glass import open_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """Marking, demonstration flag, navigation by role; callables are asked only by the pages that show them."""
    user = getattr(request, "user", None)
    signing_in = is_demo(request)
    return {
        "marking": settings.MARKING,
        "demo": settings.DEMO,
        "break_glass": _open_glass(user) if isinstance(user, User) else "",
        "navigation": navigation_for(user, request.path) if isinstance(user, User) else [],
        "page_lock": lock_of_page(request, user) if isinstance(user, User) else None,
        "demo_accounts": demo_accounts if signing_in else None,
        "demo_code": (lambda: current_code(request)) if signing_in else "",
    }


def _open_glass(user: User) -> str:
    """The banner's text while the user holds a record open by break-glass; pages of errors stand outside the request's transaction."""
    if not can(user, Permission.USE_BREAK_GLASS):
        return ""
    now = timezone.now()
    if connection.in_atomic_block:
        held = open_for(user, now=now)
    else:
        with acting_as(user):
            held = open_for(user, now=now)
    return "; ".join(f"Lead {glass.lead_number} is open to you until {desk_time(glass.until)} UTC" for glass in held) + (
        ". The privacy officers know, and one of them will review it." if held else ""
    )
