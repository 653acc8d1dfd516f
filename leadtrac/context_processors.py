"""What every page's frame needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from access.context import acting_as
from access.models import User
from access.permissions import Permission
from access.policy import can
from access.views.session import lock_of_page
from audit.context import current_work
from foundation.templatetags.desk import desk_time
from leads.selectors.desk import unread_for
from leadtrac.demo.accounts import demo_accounts
from leadtrac.navigation import Place, navigation_for
from leadtrac.views.demo import current_code, is_demo
from oversight.selectors.glass import open_for
from oversight.selectors.waiting import waiting_for

Answer = TypeVar("Answer")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Marking, demonstration flag, navigation by role; callables are asked only by the pages that show them."""
    user = getattr(request, "user", None)
    signing_in = is_demo(request)
    return {
        "marking": settings.MARKING,
        "demo": settings.DEMO,
        "break_glass": _open_glass(user) if isinstance(user, User) else "",
        "navigation": _navigation(user, request.path) if isinstance(user, User) else [],
        "page_lock": lock_of_page(request, user) if isinstance(user, User) else None,
        "unread": _unread(request, user) if isinstance(user, User) else None,
        "printed_url": _printed if isinstance(user, User) else "",
        "demo_accounts": demo_accounts if signing_in else None,
        "demo_code": (lambda: current_code(request)) if signing_in else "",
    }


def _navigation(user: User, path: str) -> list[Place]:
    """The places of the user; break-glass and compartments say how many openings and requests wait for a word."""
    places = navigation_for(user, path)
    if not (can(user, Permission.REVIEW_BREAK_GLASS) or can(user, Permission.PROTECT_PERSON)):
        return places
    counts = {reverse(page): count for page, count in _asked(user, lambda: waiting_for(user)).items()}
    return [replace(place, count=counts.get(place.url, place.count)) for place in places]


def _open_glass(user: User) -> str:
    """The banner's text while the user holds a record open by break-glass; pages of errors stand outside the request's transaction."""
    if not can(user, Permission.USE_BREAK_GLASS):
        return ""
    now = timezone.now()
    held = _asked(user, lambda: open_for(user, now=now))
    return "; ".join(f"Lead {glass.lead_number} is open to you until {desk_time(glass.until)} UTC" for glass in held) + (
        ". The privacy officers know, and one of them will review it." if held else ""
    )


def _printed() -> str:
    """Where the page says that it is printed: by the event that put it on the screen. Empty where nothing is on record."""
    under_way = current_work()
    return reverse("page_printed", args=[under_way.events[-1]]) if under_way and under_way.events else ""


def _unread(request: HttpRequest, user: User) -> int | None:
    """Unread notices of people of the desk; None for those who get none."""
    if not can(user, Permission.VIEW_QUEUE):
        return None
    known: int | None = getattr(request, "unread_notices", None)
    return known if known is not None else _asked(user, lambda: unread_for(user))


def _asked(user: User, read: Callable[[], Answer]) -> Answer:
    """What `read` finds as the user: in the request's transaction, or in one of its own for pages of errors."""
    if connection.in_atomic_block:
        return read()
    with acting_as(user):
        return read()
