"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from access.models import User
from leadtrac.navigation import navigation_for
from leadtrac.views.demo import current_code, demo_accounts, is_demo


def frame(request: HttpRequest) -> dict[str, Any]:
    """Marking, demonstration flag, navigation by role; callables are asked only by the pages that show them."""
    user = getattr(request, "user", None)
    signing_in = is_demo(request)
    return {
        "marking": settings.MARKING,
        "demo": settings.DEMO,
        "navigation": navigation_for(user, request.path) if isinstance(user, User) else [],
        "demo_accounts": demo_accounts if signing_in else None,
        "demo_code": (lambda: current_code(request)) if signing_in else "",
    }
