"""Break-glass: what was opened, why, and how it was reviewed. For the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from access.context import through_service
from access.models import Compartment, User
from access.permissions import Permission
from access.policy import require
from access.reference import PROTECTED
from access.selectors import cleared_for, service_actor
from audit.keys import existing_keys
from audit.models import Event
from foundation.crypto import unseal
from foundation.errors import NotFound
from foundation.headquarters import desk_day
from leads.models import Lead
from oversight.models import BreakGlass
from oversight.selectors.events import EventLine, hanging_on, lines_of, open_among
from oversight.selectors.one_person import ids_of, shared_with
from oversight.selectors.paging import page_of
from retention.models import ArchivePackage, Tombstone

LOOKS_SHOWN = 200
PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class GlassLine:
    """One opening as the reviewer sees it; the words are empty when they ended with their record.

    `closed` where the lead has become protected, which no break-glass opens, and the reader is not cleared: no number, no words, no
    review. What lies in another compartment the officers review as it was opened, cleared or not.
    """

    glass: BreakGlass
    who: str
    closed: bool
    number: str
    reason: str
    reviewer: str
    review: str
    overdue: bool
    open_now: bool


@dataclass(frozen=True, slots=True)
class GlassPage:
    """Openings in the order of their list; the id leads on, None where the list ends."""

    lines: tuple[GlassLine, ...]
    next_after: UUID | None


def open_for(user: User, *, now: datetime) -> Sequence[BreakGlass]:
    """What the user holds open now, the last opened first; not what has become protected since, which nobody is told."""
    held = list(BreakGlass.objects.filter(user=user, until__gt=now).order_by("-opened_at"))
    in_sight = set(Lead.objects.filter(uuid__in=[each.lead_uuid for each in held]).values_list("uuid", flat=True)) if held else set()
    return [each for each in held if each.lead_uuid in in_sight]


def reviews_waiting_for(user: User) -> int:
    """How many openings of others wait for a review. Raises `Forbidden`."""
    require(user, Permission.REVIEW_BREAK_GLASS)
    return BreakGlass.objects.exclude(user=user).filter(verdict="").count()


def counts_for(user: User, *, now: datetime) -> dict[str, int]:
    """Openings of others by what became of their review, and how many are open now. Raises `Forbidden`."""
    require(user, Permission.REVIEW_BREAK_GLASS)
    waiting, late = Q(verdict=""), Q(review_due_on__lt=desk_day(now))
    counted = BreakGlass.objects.exclude(user=user).aggregate(
        open=Count("pk", filter=Q(until__gt=now)),
        due=Count("pk", filter=waiting & ~late),
        overdue=Count("pk", filter=waiting & late),
        justified=Count("pk", filter=Q(verdict=BreakGlass.Verdict.JUSTIFIED)),
        not_justified=Count("pk", filter=Q(verdict=BreakGlass.Verdict.NOT_JUSTIFIED)),
    )
    words = {"open": "open now", "due": "to review", "overdue": "overdue", "justified": "justified", "not_justified": "not justified"}
    return {said: counted[name] for name, said in words.items()}


def openings_for(user: User, *, now: datetime, reviewed: bool = False, after: UUID | None = None) -> GlassPage:
    """Openings of others that wait for a review, the first due first; or the reviewed ones, the newest first. Raises `Forbidden`."""
    require(user, Permission.REVIEW_BREAK_GLASS)
    found = BreakGlass.objects.exclude(user=user).select_related("user", "reviewed_by")
    found = found.exclude(verdict="") if reviewed else found.filter(verdict="")
    by = "opened_at" if reviewed else "review_due_on"
    rows, more = page_of(found, by=by, newest_first=reviewed, after=after, rows=PAGE_ROWS)
    return GlassPage(tuple(_lines(user, rows, now)), rows[-1].uuid if more else None)


def opening_for(user: User, glass_uuid: UUID, *, now: datetime) -> GlassLine:
    """One opening of somebody else; raises `NotFound`."""
    require(user, Permission.REVIEW_BREAK_GLASS)
    glass = BreakGlass.objects.exclude(user=user).select_related("user", "reviewed_by").filter(uuid=glass_uuid).first()
    if glass is None:
        raise NotFound
    return _lines(user, [glass], now)[0]


def looks_through(user: User, glass: BreakGlass) -> tuple[EventLine, ...]:
    """What the person who broke the glass did at the lead, what hangs on it, its person and their facts, newest first.

    Those while the glass was open, the first `LOOKS_SHOWN` of them. Raises `Forbidden`.
    """
    require(user, Permission.REVIEW_BREAK_GLASS)
    with through_service(service_actor("leads")):
        leads = list(Lead.objects.filter(uuid=glass.lead_uuid).select_related("subject"))
        ids = [each for lead in leads if lead.subject for each in ids_of(lead.subject.uuid)]
        objects = [glass.lead_uuid, *hanging_on(leads), *ids]
        shared = shared_with(ids)
    looks = Event.objects.filter(actor_id=glass.user_id, occurred_at__gte=glass.opened_at, occurred_at__lte=glass.until)
    at_them = Q(object_uuid__in=objects) | Q(result_uuids__overlap=objects)
    for each in open_among(shared):
        at_other = Q(object_uuid=each.uuid) | Q(result_uuids__contains=[each.uuid])
        at_them |= at_other & Q(occurred_at__range=(each.since, each.until))
    named = looks.filter(at_them)
    return lines_of(named.order_by("-occurred_at", "-id")[:LOOKS_SHOWN])


def _protected_from(user: User, leads: Sequence[UUID]) -> frozenset[UUID]:
    """Those of `leads`, live, archived or destroyed, that are of a protected person, where the user is not cleared for these."""
    mark = Compartment.objects.get(code=PROTECTED).pk
    if not leads or mark in cleared_for(user):
        return frozenset()
    of_lead, of_person, of_package = (
        Q(**{f"{way}__compartments__contains": [mark]}) for way in ("access_class", "subject__access_class", "lead_class")
    )
    with through_service(service_actor("retention")):
        live = Lead.objects.filter(of_lead | of_person, uuid__in=leads).values_list("uuid", flat=True)
        archived = ArchivePackage.objects.filter(of_package, lead_uuid__in=leads).values_list("lead_uuid", flat=True)
        destroyed = Tombstone.objects.filter(of_lead, lead_uuid__in=leads).values_list("lead_uuid", flat=True)
        return frozenset((*live, *archived, *destroyed))


def _lines(user: User, found: Sequence[BreakGlass], now: datetime) -> list[GlassLine]:
    closed = _protected_from(user, [glass.lead_uuid for glass in found])
    keys = existing_keys([glass.lead_uuid for glass in found if glass.lead_uuid not in closed])
    return [
        GlassLine(
            glass=glass,
            who=glass.user.label,
            closed=glass.lead_uuid in closed,
            number="" if glass.lead_uuid in closed else glass.lead_number,
            reason=_opened(glass, glass.reason_sealed, keys),
            reviewer=glass.reviewed_by.label if glass.reviewed_by else "",
            review=_opened(glass, glass.review_sealed, keys),
            overdue=not glass.verdict and glass.review_due_on < desk_day(now),
            open_now=glass.until > now,
        )
        for glass in found
    ]


def _opened(glass: BreakGlass, sealed: bytes | memoryview | None, keys: dict[UUID, bytes]) -> str:
    """Words in plain; empty where nothing was written, the key was destroyed with the lead, or they are not for the reader."""
    key = keys.get(glass.lead_uuid)
    return unseal(key, bytes(sealed), glass.uuid.bytes).decode() if sealed and key else ""
