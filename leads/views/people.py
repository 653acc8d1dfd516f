"""Who asks, and from which view of the queue."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from access.models import User
from audit.context import name_purpose
from leads.filters import CURSOR_LENGTH, QueueQuery, read_query, with_query
from leads.models import Lead
from leads.selectors.in_hand import purpose_of_lead
from leads.selectors.lead import lead_for


def who(request: HttpRequest) -> User:
    """The signed-in person: the middleware has let nobody else in."""
    return cast(User, request.user)


def lead_of(request: HttpRequest, number: str) -> Lead:
    """The lead of the page, named as what its events are for where the person has it in hand. Raises `NotFound`."""
    lead = lead_for(who(request), number)
    name_purpose_of(lead)
    return lead


def name_purpose_of(lead: Lead) -> None:
    """Let the events of the page say that the lead is claimed by its reader, or open to them by break-glass."""
    purpose = purpose_of_lead(lead)
    if purpose is not None:
        name_purpose(*purpose)


def came_from(request: HttpRequest) -> QueueQuery:
    """The view of the queue that the page was opened from, so that Back returns to the same row."""
    given = request.POST.get("from") or request.GET.get("from") or ""
    return read_query(QueryDict(given[: 3 * CURSOR_LENGTH]).dict())


def lead_url(number: str, query: QueueQuery | None = None, *, page: str = "lead_page") -> str:
    """The address of a lead's page that remembers the view it was opened from."""
    return with_query(reverse(page, args=[number]), urlencode({"from": query.encoded}) if query else "")
