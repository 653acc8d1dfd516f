"""The queue as one reader may see it: pages, counts, the place of a lead in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import FilteredRelation, Q, Subquery

from access.models import User
from foundation.person_name import person_name
from ingest.models import Extract
from ingest.states import ExtractState
from leads.clocks import clock_words, days_left
from leads.models import Claim, Lead
from leads.picture import rule_title
from leads.selectors.queue_filter import QueueFilter, queue_choices
from leads.selectors.queue_sql import Place, count_up_to, counts_and, counts_up_to, decode, page_ids
from leads.selectors.words import why_on
from leads.states import OPEN_STATES, LeadState

__all__ = (
    "Count",
    "Position",
    "QueueCounts",
    "QueueFilter",
    "QueuePage",
    "QueueRow",
    "new_since_for",
    "position_for",
    "queue_choices",
    "queue_counts_for",
    "queue_for",
)


@dataclass(frozen=True, slots=True)
class Count:
    """A number that is not counted to its end: `1,000+`."""

    number: int
    capped: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.capped else ''}"

    def __bool__(self) -> bool:
        return self.number > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One lead of the list."""

    uuid: UUID
    number: str
    subject_uuid: UUID | None
    name: str
    birth_year: int | None
    citizenship: str
    organization_name: str
    why: str
    presence: str
    risk: str
    risk_points: int
    blocking_signs: int
    clock_due_on: date | None
    days_left: int | None  # working days
    clock: str
    clock_tone: str
    state: str
    state_label: str
    close_reason_label: str
    owner: str
    mine: bool
    office_name: str
    rule_title: str
    as_of: date | None
    version: int


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue."""

    rows: tuple[QueueRow, ...]
    next_cursor: str
    previous_cursor: str


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """The figures over the queue."""

    mine: Count
    unclaimed: Count
    on_hold: Count
    returned: Count
    in_review: Count
    unread: int  # notices
    views: tuple[ViewLink, ...]  # saved: one's own, and those that are shared


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A saved view as the queue offers it."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Position:
    """`7 of 132, next`: where a lead stands in the reader's list, and its neighbors' numbers."""

    place: int | None
    of: Count
    previous: str
    next: str


def queue_for(user: User, wanted: QueueFilter, *, now: datetime, cursor: str = "", before: str = "", size: int | None = None) -> QueuePage:
    """One page of what the user may see, in the filter's order; two queries whatever is asked or how long it is.

    `cursor` asks for the page after a place, `before` for the page that ends just before one.
    """
    mine = replace(wanted, user_id=user.pk)
    size = size or settings.QUEUE_PAGE_ROWS
    today = now.date()
    end = decode(before)
    if end is not None:
        found = page_ids(mine, today=today, after=end, limit=size + 1, backwards=True)
        if len(found) > size:
            shown = found[:size][::-1]
            return QueuePage(_rows([place.pk for place in shown], user, today), shown[-1].encode(), shown[0].encode())
        cursor = ""  # fewer rows than a page lie before: that is the first page
    start = decode(cursor)
    places = page_ids(mine, today=today, after=start, limit=size + 1)
    shown = places[:size]
    return QueuePage(
        _rows([place.pk for place in shown], user, today),
        shown[-1].encode() if len(places) > size else "",
        shown[0].encode() if shown and start is not None else "",
    )


# what the head of the queue shows beside its counts, in their statement
_BESIDE = {
    "unread": "(SELECT count(*) FROM (SELECT 1 FROM leads_notice WHERE user_id = %(me)s AND read_at IS NULL LIMIT 100) unread)",
    "views": "(SELECT coalesce(json_agg(json_build_object('name', name, 'query', query) ORDER BY name), '[]') FROM leads_savedview "
    "WHERE removed_at IS NULL AND (owner_id = %(me)s OR shared))",
}


def queue_counts_for(user: User, *, now: datetime) -> QueueCounts:
    """The figures over the queue, each counted up to the limit; unread notices and saved views with them, in one query."""
    asked = (
        QueueFilter(mine=True),
        QueueFilter(unclaimed=True),
        QueueFilter(state=LeadState.ON_HOLD),
        QueueFilter(state=LeadState.RETURNED),
        QueueFilter(state=LeadState.IN_REVIEW),
    )
    limit = settings.COUNT_LIMIT
    questions = [(each.of(user.pk), None) for each in asked]
    found, beside = counts_and(questions, _BESIDE, {"me": user.pk}, today=now.date(), limit=limit + 1)
    views = json.loads(beside["views"]) if isinstance(beside["views"], str) else beside["views"]
    mine, unclaimed, on_hold, returned, in_review = (_capped(each) for each in found)
    return QueueCounts(mine, unclaimed, on_hold, returned, in_review, beside["unread"], tuple(ViewLink(**view) for view in views))


def _capped(found: int) -> Count:
    limit = settings.COUNT_LIMIT
    return Count(min(found, limit), capped=found > limit)


def new_since_for(user: User, wanted: QueueFilter, *, since: datetime, now: datetime) -> Count:
    """How many leads have come into the list since a moment (by the time of their last move)."""
    recent = replace(wanted, sort="recent", user_id=user.pk)
    place = Place(since.isoformat(), 0)
    return _capped(count_up_to(recent, today=now.date(), limit=settings.COUNT_LIMIT + 1, until=place))


def position_for(user: User, lead: Lead, wanted: QueueFilter, *, now: datetime) -> Position:
    """Where a lead stands in the user's list; `place` is None beyond the limit, or when the filter does not find the lead."""
    mine, today, limit = replace(wanted, user_id=user.pk), now.date(), settings.COUNT_LIMIT
    value = getattr(lead, mine.order.column.removeprefix("lead."))
    place = Place(None if value is None else mine.order.text(value), lead.pk)
    total, before = counts_up_to([(mine, None), (mine, place)], today=today, limit=limit + 1)
    after = page_ids(mine, today=today, after=place, limit=1)
    ahead = page_ids(mine, today=today, after=place, limit=1, backwards=True)
    numbers = dict(Lead.objects.filter(pk__in=[each.pk for each in (*after, *ahead)]).values_list("pk", "number"))
    return Position(
        place=before + 1 if before < limit and lead.state in mine.states else None,
        of=_capped(total),
        previous=numbers.get(ahead[0].pk, "") if ahead else "",
        next=numbers.get(after[0].pk, "") if after else "",
    )


def _rows(ids: list[int], user: User, today: date) -> tuple[QueueRow, ...]:
    held = FilteredRelation("claims", condition=Q(claims__released_at=None))  # at most one: `claim_open_once`
    newest = Extract.objects.filter(state=ExtractState.APPLIED).order_by("-as_of").values("as_of")[:1]
    found = Lead.objects.annotate(held=held, told_up_to=Subquery(newest)).select_related("subject", "organization", "office", "held__user")  # type: ignore[misc]  # the annotation is unknown to the stubs
    leads = found.in_bulk(ids)
    return tuple(_row(leads[pk], getattr(leads[pk], "held", None), user, today) for pk in ids if pk in leads)


def _counted_to(lead: Lead) -> date | None:
    """The day to which an open violation is counted: what the sources say up to now, also when nothing new about it came in."""
    told_up_to: datetime | None = getattr(lead, "told_up_to", None)
    if told_up_to is None or lead.state not in OPEN_STATES:
        return lead.as_of
    day = told_up_to.astimezone(UTC).date()
    return max(day, lead.as_of) if lead.as_of else day


def _row(lead: Lead, claim: Claim | None, user: User, today: date) -> QueueRow:
    subject, as_of = lead.subject, _counted_to(lead)
    words, tone = clock_words(lead.clock_due_on, today)
    return QueueRow(
        uuid=lead.uuid,
        number=lead.number,
        subject_uuid=subject.uuid if subject else None,
        name=person_name(subject) if subject else "",
        birth_year=subject.date_of_birth.year if subject and subject.date_of_birth else None,
        citizenship=subject.citizenship if subject else "",
        organization_name=lead.organization.name if lead.organization else "",
        why=why_on(lead, as_of),
        presence=lead.presence,
        risk=lead.risk,
        risk_points=lead.risk_points,
        blocking_signs=lead.blocking_signs,
        clock_due_on=lead.clock_due_on,
        days_left=days_left(lead.clock_due_on, today) if lead.clock_due_on else None,
        clock=words,
        clock_tone=tone,
        state=lead.state,
        state_label=str(LeadState(lead.state).label),
        close_reason_label=str(lead.get_close_reason_display()) if lead.close_reason else "",
        owner=claim.user.label if claim else "",
        mine=bool(claim and claim.user_id == user.pk),
        office_name=lead.office.name if lead.office else "",
        rule_title=rule_title(lead.rule_id) if lead.rule_id else "",
        as_of=as_of,
        version=lead.version,
    )
