"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from access.models import User
from leadtrac.navigation import navigation_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """Marking, demonstration flag, navigation by role."""
    user = getattr(request, "user", None)
    return {
        "marking": settings.MARKING,
        "demo": settings.DEMO,
        "navigation": navigation_for(user, request.path) if isinstance(user, User) else [],
    }
