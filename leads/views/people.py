"""Who asks, and from which view of the queue."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from access.models import User
from leads.filters import CURSOR_LENGTH, QueueQuery, read_query, with_query


def who(request: HttpRequest) -> User:
    """The signed-in person: the middleware has let nobody else in."""
    return cast(User, request.user)


def came_from(request: HttpRequest) -> QueueQuery:
    """The view of the queue that the page was opened from, so that Back returns to the same row."""
    given = request.POST.get("from") or request.GET.get("from") or ""
    return read_query(QueryDict(given[: 3 * CURSOR_LENGTH]).dict())


def lead_url(number: str, query: QueueQuery | None = None, *, page: str = "lead_page") -> str:
    """The address of a lead's page that remembers the view it was opened from."""
    return with_query(reverse(page, args=[number]), urlencode({"from": query.encoded}) if query else "")
