"""What the desk's own pages show: notices, saved views, load, capacity and absence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from access.models import User
from access.permissions import Permission
from access.selectors import people_with
from foundation.errors import NotFound
from leads.models import Absence, Capacity, Notice, SavedView
from leads.services.notices import old_before

SHOWN = 200
UNREAD_LIMIT = 100  # the bell says "99+"
CLOSED_DAYS = 7
_LOAD = """
SELECT claim.user_id, count(*), count(*) FILTER (WHERE lead.clock_due_on < %s), count(*) FILTER (WHERE lead.state = 'on_hold')
FROM leads_claim claim JOIN leads_lead lead ON lead.id = claim.lead_id
WHERE claim.released_at IS NULL GROUP BY claim.user_id
"""
_CLOSED = "SELECT actor_id, count(*) FROM leads_transition WHERE action = 'close' AND occurred_at >= %s GROUP BY actor_id"


def unread_for(user: User) -> int:
    """How many notices the user has not read, of what the user may still see; counted up to `UNREAD_LIMIT`."""
    return len(Notice.objects.filter(user=user, read_at=None).values_list("pk")[:UNREAD_LIMIT])


def notices_for(user: User, *, now: datetime) -> list[Notice]:
    """The newest notices; need-to-know is applied now, by the database, not when they were written."""
    found = Notice.objects.filter(user=user, happened_at__gte=old_before(now)).select_related("lead", "run", "view")
    return list(found.order_by("-happened_at", "-pk")[:SHOWN])


def notice_for(user: User, notice_id: int) -> Notice:
    """One notice of the user. Raises `NotFound`."""
    found = Notice.objects.filter(user=user, pk=notice_id).select_related("lead", "run", "view").first()
    if found is None:
        raise NotFound
    return found


def views_for(user: User) -> list[SavedView]:
    """The user's own saved views and those that colleagues share, by name."""
    found = SavedView.objects.filter(Q(owner=user) | Q(shared=True), removed_at=None).select_related("owner")
    return list(found.order_by("name", "pk")[:SHOWN])


def view_for(user: User, view_uuid: UUID) -> SavedView:
    """One of these. Raises `NotFound`."""
    found = SavedView.objects.filter(Q(owner=user) | Q(shared=True), uuid=view_uuid, removed_at=None).select_related("owner").first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one person of the desk has."""

    user: User
    held: int
    overdue: int
    on_hold: int
    closed: int  # in the last `CLOSED_DAYS` days
    most: int | None
    absences: tuple[Absence, ...]  # present and to come
    away_until: date | None

    @property
    def full(self) -> bool:
        """Whether no more is dealt to the person."""
        return self.most is not None and self.held >= self.most


def loads_for(user: User, *, now: datetime) -> list[Load]:  # the database knows who asks
    """Everybody of the desk with load, capacity and absence, by name; a fixed number of queries."""
    today = now.date()
    people = people_with(Permission.CLAIM_LEAD)
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, [today])
        held = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_CLOSED, [now - timedelta(days=CLOSED_DAYS)])
        closed = dict(cursor.fetchall())
    most = dict(Capacity.objects.values_list("user_id", "most"))
    absences: dict[int, list[Absence]] = {}
    for absence in Absence.objects.filter(canceled_at=None, until_on__gte=today).order_by("from_on"):
        absences.setdefault(absence.user_id, []).append(absence)
    return [
        _load(person, held.get(person.pk, (0, 0, 0)), closed.get(person.pk, 0), most.get(person.pk), absences, today) for person in people
    ]


def _load(person: User, held: tuple[int, int, int], closed: int, most: int | None, absences: dict[int, list[Absence]], today: date) -> Load:
    mine = tuple(absences.get(person.pk, ()))
    away = max((each.until_on for each in mine if each.from_on <= today), default=None)
    return Load(user=person, held=held[0], overdue=held[1], on_hold=held[2], closed=closed, most=most, absences=mine, away_until=away)


def absences_of(user: User, *, today: date) -> list[Absence]:
    """One's own days away, present and to come."""
    return list(Absence.objects.filter(user=user, canceled_at=None, until_on__gte=today).order_by("from_on"))


def absence_for(user: User, absence_uuid: UUID) -> Absence:  # the service asks whose it is
    """One absence. Raises `NotFound`."""
    found = Absence.objects.filter(uuid=absence_uuid, canceled_at=None).select_related("user").first()
    if found is None:
        raise NotFound
    return found
