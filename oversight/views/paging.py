"""How the lists of oversight go on: by the id of the last line, never by a number of lines."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.http import urlencode

EVERYTHING: Mapping[str, Any] = {}


def cursor_of(request: HttpRequest) -> uuid.UUID | None:
    """The line after which the page begins; None for the first page, and where the address makes no sense."""
    try:
        return uuid.UUID(request.GET.get("after", ""))
    except ValueError:
        return None


def next_address(after: uuid.UUID | None, asked: Mapping[str, Any] = EVERYTHING) -> str:
    """The address of the next page with what was asked for; empty where the list ends."""
    return f"?{urlencode({**asked, 'after': str(after)})}" if after else ""


def review_tabs(*, reviewed: bool) -> list[dict[str, Any]]:
    """What waits for a review, and what was reviewed."""
    return [
        {"label": label, "url": f"?show={show}" if show else "?", "current": reviewed == bool(show), "count": None}
        for label, show in (("To review", ""), ("Reviewed", "reviewed"))
    ]
