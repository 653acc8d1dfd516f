"""The queue: tabs, filters in the address, sort heads, paging by key, and the next lead dealt with its reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict
from leads.filters import TABS, QueueFilterForm, QueueQuery, chips, choices, read_query, with_query
from leads.selectors.queue import QueueCounts, new_since_for, queue_counts_for, queue_for
from leads.selectors.queue_filter import UNROUTABLE
from leads.services.triage import deal_next
from leads.views.bulk import bulk_choices
from leads.views.columns import columns_for
from leads.views.people import lead_url, who
from leads.views.undo import undoable

SORT_HEADS = {"risk": "-risk", "clock": "clock", "age": "-age"}  # the way each sort runs: highest or soonest first

# views that stand on everybody's page: what is likely to be closed, the next due first; what is likely to be referred, the
# highest risk first; what no office can be told for, which nobody sends to a default
BUILT_IN = (
    ("Likely closes", QueueQuery(tab="unclaimed", presence="unlikely")),
    ("Likely referrals", QueueQuery(tab="unclaimed", presence="likely", signs="none", sort="risk")),
    ("Unroutable", QueueQuery(tab="all", office=UNROUTABLE)),
)


@require_safe
@requires(Permission.VIEW_QUEUE)
def queue(request: HttpRequest) -> HttpResponse:
    """One page of leads in the view that the address names."""
    query = read_query(request.GET)
    now = timezone.now()
    page = queue_for(who(request), query.wanted, now=now, cursor=query.cursor, before=query.before)
    record(Act.LIST, object_kind="lead", results=[row.uuid for row in page.rows], fields=query.in_words)
    counts = queue_counts_for(who(request), now=now)
    request.unread_notices = counts.unread  # type: ignore[attr-defined]  # the frame need not ask again
    listed = choices()
    return render(
        request,
        "leads/queue.html",
        {
            "query": query,
            "title": TABS[query.tab],
            "tabs": _tabs(query, counts),
            "form": QueueFilterForm(query, listed),
            "chips": chips(query, listed),
            "clear_url": QueueQuery(tab=query.tab, sort=query.sort).url,
            "page": page,
            "heads": {sort: {"href": query.but(sort=sort).url, "current": _standing(query, sort)} for sort in SORT_HEADS},
            "from": urlencode({"from": query.encoded}),
            "next_url": query.but(cursor=page.next_cursor).url if page.next_cursor else "",
            "previous_url": query.but(before=page.previous_cursor).url if page.previous_cursor else "",
            "first_url": query.but().url if query.cursor or query.before else "",
            "now": now,
            "as_of": max((row.as_of for row in page.rows if row.as_of), default=None),
            "new_rows_url": _new_rows_url(query, now),
            "unclaimed": counts.unclaimed,
            "undo": undoable(request),
            "columns": _columns(who(request), query),
            "columns_url": with_query(reverse("queue_columns"), urlencode({"from": query.but().encoded})),
            "bulk_choices": bulk_choices(who(request)),
            "views": [
                *[(name, view.url) for name, view in BUILT_IN],
                *[(view.name, with_query(reverse("queue"), view.query)) for view in counts.views],
            ],
            "save_url": with_query(reverse("view_save"), urlencode({"from": query.but().encoded})),
        },
    )


@require_safe
@requires(Permission.VIEW_QUEUE)
def queue_new_rows(request: HttpRequest) -> HttpResponse:
    """How many leads came into this view since the page was opened; the page asks each minute and moves nothing."""
    query = read_query(request.GET)
    now = timezone.now()
    since = _moment(request.GET.get("since", ""), now)
    count = new_since_for(who(request), query.wanted, since=since, now=now)
    record(Act.LIST, object_kind="lead")
    context = {"count": count.number, "since": since, "url": query.but(sort="recent").url, "poll_url": _new_rows_url(query, since)}
    return render(request, "leads/_new_rows.html", context)


@require_POST
@requires(Permission.CLAIM_LEAD)
def queue_deal(request: HttpRequest) -> HttpResponse:
    """Claim the next lead for the person and say why this one."""
    try:
        dealt = deal_next(actor=who(request), now=timezone.now())
    except Conflict as error:
        messages.warning(request, error.message)
        record(Act.PAGE, object_kind="lead")
        return HttpResponseRedirect(reverse("queue"))
    if dealt is None:
        messages.info(request, "There is no lead left to deal: every open lead is claimed, on hold or with an office.")
        record(Act.PAGE, object_kind="lead")
        return HttpResponseRedirect(reverse("queue"))
    messages.success(request, f"{dealt.lead.number} is yours. Why this one: {dealt.why}")
    return HttpResponseRedirect(lead_url(dealt.lead.number))


def _tabs(query: QueueQuery, counts: QueueCounts) -> list[dict[str, Any]]:
    numbers = {"mine": counts.mine, "unclaimed": counts.unclaimed, "hold": counts.on_hold, "returned": counts.returned}
    return [
        {
            "label": label,
            "url": QueueQuery(tab=tab, sort=query.sort).url,
            "current": tab == query.tab,
            "count": str(numbers[tab]) if tab in numbers else None,
        }
        for tab, label in TABS.items()
    ]


def _columns(user: User, query: QueueQuery) -> tuple[str, ...]:
    """The person's columns; where every state is listed, the status is among them."""
    columns = columns_for(user)
    return columns if query.tab != "all" or "status" in columns else (*columns, "status")


def _standing(query: QueueQuery, sort: str) -> str:
    return SORT_HEADS[sort] if query.sort == sort else ""


def _new_rows_url(query: QueueQuery, since: datetime) -> str:
    view = query.but().encoded
    return with_query(reverse("queue_new_rows"), "&".join(part for part in (view, urlencode({"since": since.isoformat()})) if part))


def _moment(text: str, now: datetime) -> datetime:
    """The moment in an address; whatever cannot be one is now."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        return now
    return found if timezone.is_aware(found) else found.replace(tzinfo=UTC)
