"""Reading the record of acts. Row-level security shows it to auditors and privacy officers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Func, IntegerField, Q, QuerySet

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.policy import can, require
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Change, Event, Untold
from foundation.errors import NotFound
from leads.models import Attachment, Lead, Packet, Referral
from leads.numbers import normalize
from oversight.selectors.closed import closed_among
from oversight.selectors.names import names_for
from oversight.selectors.one_person import Shared, ids_of, shared_with
from retention.models import ArchivePackage, Tombstone
from subjects.models import Subject
from subjects.search.purposes import Purpose

PAGE_ROWS = 50
RESULTS_SHOWN = 200
UNTOLD_SHOWN = 200
OBJECTS = {
    "lead": "lead",
    "subject": "subject",
    "organization": "organization",
    "extract": "extract",
    "quarantined_row": "quarantined row",
    "search": "search",
    "referral": "referral",
    "packet": "packet",
    "attachment": "attached file",
    "event": "event of this record",
    "user": "account",
    "schedule": "schedule",
    "drop": "drop",
    "log": "sealed log",
    "break_glass": "break-glass access",
    "reading": "unusual reading",
}
PURPOSES = {
    **dict(Purpose.choices),
    "lead": "Claimed lead",
    "referral": "Referral",
    "audit": "Audit",
    "break_glass": "Break-glass",
    "reason": "A reason in words",
}


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event as a list shows it."""

    uuid: UUID
    occurred_at: datetime
    who: str
    who_uuid: UUID | None
    via: str
    act: str
    allowed: bool
    object_kind: str
    object_uuid: UUID | None
    shown: int
    purpose: str
    search_uuid: UUID | None
    closed: bool  # about a record in a compartment for which the reader is not cleared: no id, and no page of its own


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events, the newest first; the id leads on, None where the list ends."""

    lines: tuple[EventLine, ...]
    next_after: UUID | None


def events_for(
    user: User,
    *,
    person: User | None = None,
    act: str = "",
    first: date | None = None,
    last: date | None = None,
    after: UUID | None = None,
) -> EventPage:
    """A page of the record: of one account, one act, between two days (both included, UTC) when given."""
    require(user, Permission.VIEW_AUDIT)
    found = Event.objects.all()
    if person is not None:
        found = found.filter(Q(actor_id=person.pk) if person.kind == User.Kind.PERSON else Q(actor_id=person.pk) | Q(via_id=person.pk))
    if act in Act.values:
        found = found.filter(act=act)
    if first:
        found = found.filter(occurred_at__gte=datetime.combine(first, time(), UTC))
    if last:
        found = found.filter(occurred_at__lt=datetime.combine(last + timedelta(days=1), time(), UTC))
    return _page(found, after)


def looks_at(user: User, object_uuid: UUID, after: UUID | None = None) -> EventPage:
    """Everybody who opened, listed or changed a record, or took what hangs on a lead, newest first: the skeletons, never the words.

    Whoever may see the lead, tombstone or subject (by a grant or through the broken glass too) may ask who else did. Auditors and
    privacy officers ask about any other record, unless it lies in a compartment for which they are not cleared. Of a person, looks
    at all records that are shown as one with theirs, and at one that was, for as long as it was. Raises `NotFound`.
    """
    require(user, Permission.WHO_LOOKED)
    with through_service(service_actor("leads")):
        ids = ids_of(object_uuid)
        shared = shared_with(ids)
        hanging = hanging_on(Lead.objects.filter(uuid=object_uuid))
    if not _is_in_sight(ids[0]) and (closed_among(ids) or not can(user, Permission.VIEW_AUDIT)):
        raise NotFound
    page = looks_at_all([*ids, *hanging], after, shared=open_among(shared))
    if not (page.lines or after or names_for(user, [object_uuid])):
        raise NotFound
    return page


def _is_in_sight(object_uuid: UUID) -> bool:
    """Whether the user at work sees the lead, the person, or what is left of a destroyed lead."""
    return (
        Lead.objects.filter(uuid=object_uuid).exists()
        or Subject.objects.filter(uuid=object_uuid).exists()
        or Tombstone.objects.filter(lead_uuid=object_uuid).exists()
    )


def hanging_on(leads: Iterable[Lead]) -> list[UUID]:
    """The ids of what hangs on the leads: referrals, their packets, files. Whoever took a packet has looked at its lead.

    Call inside `through_service` of leads: who asks may see none of it.
    """
    found = list(leads)
    referrals = Referral.objects.filter(lead__in=found)
    return [
        *referrals.values_list("uuid", flat=True),
        *Packet.objects.filter(referral__in=referrals).values_list("uuid", flat=True),
        *Attachment.objects.filter(lead__in=found).values_list("uuid", flat=True),
    ]


def open_among(shared: Iterable[Shared]) -> list[Shared]:
    """Without what lies in a compartment for which the reader at work is not cleared: that it was shown as one is told to nobody."""
    found = list(shared)
    closed = closed_among(each.uuid for each in found)
    return [each for each in found if each.uuid not in closed]


def looks_at_all(
    objects: Sequence[UUID], after: UUID | None = None, *, acts: Sequence[str] | None = None, shared: Sequence[Shared] = ()
) -> EventPage:
    """The same for several records together and for those of `shared` in their time, of the named acts alone when given.

    The caller has asked whether the reader may.
    """
    with connection.cursor() as cursor:
        asked: list[Any] = [list(objects), list(acts) if acts else None, after, PAGE_ROWS + 1]
        asked += [[each.uuid for each in shared], [each.since for each in shared], [each.until for each in shared]]
        query = "SELECT * FROM oversight_looks_at(%s::uuid[], %s::text[], %s, %s, %s::uuid[], %s::timestamptz[], %s::timestamptz[])"
        cursor.execute(query, asked)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    more = len(rows) > PAGE_ROWS
    rows = rows[:PAGE_ROWS]
    return EventPage(_lines(rows), rows[-1]["uuid"] if more else None)


def event_for(user: User, event_uuid: UUID) -> Event:
    """One event; raises `NotFound`, also when it is about a record in a compartment for which the reader is not cleared."""
    require(user, Permission.VIEW_AUDIT)
    found = Event.objects.filter(uuid=event_uuid).first()
    if found is None or closed_among([found.object_uuid, found.purpose_uuid, found.payload_scope]):
        raise NotFound
    return found


def account_for(user: User, account_uuid: UUID) -> User:
    """One account; raises `NotFound`."""
    require(user, Permission.VIEW_AUDIT)
    found = User.objects.filter(uuid=account_uuid).first()
    if found is None:
        raise NotFound
    return found


def record_called(user: User, text: str) -> UUID | None:
    """The id of the record that a lead number or an id means, None where the text is neither; raises `NotFound`.

    An auditor sees no lead: the number is looked up by the service actor of retention, and nothing but the id comes back. One in a
    compartment for which the reader is not cleared is no lead at all.
    """
    require(user, Permission.VIEW_AUDIT)
    cleaned = text.strip()
    try:
        return UUID(cleaned)
    except ValueError:
        number = normalize(cleaned)
    if not (number.startswith("L-") and (cleaned.upper().startswith("L-") or any(character.isdigit() for character in cleaned))):
        return None  # a name may have eight letters too
    with through_service(service_actor("retention")):  # its acts outlive a lead that was archived or destroyed
        found = (
            Lead.objects.filter(number=number).values_list("uuid", flat=True).first()
            or ArchivePackage.objects.filter(lead_number=number).values_list("lead_uuid", flat=True).first()
            or Tombstone.objects.filter(lead_number=number).values_list("lead_uuid", flat=True).first()
        )
    if found is None or closed_among([found]):
        message = "No lead has this number."
        raise NotFound(message)
    return found


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change that no event tells of."""

    change: Change
    who: str


def untold_changes_for(user: User) -> list[ChangeLine]:
    """Changes of watched tables in whose transaction no event stands, the newest first. Raises `Forbidden`."""
    require(user, Permission.VIEW_AUDIT)
    newest = Untold.objects.order_by("-pk").values_list("pk", flat=True)[:UNTOLD_SHOWN]
    found = list(Change.objects.filter(pk__in=list(newest)).order_by("-pk"))
    accounts = {each.pk: each.label for each in User.objects.filter(pk__in={change.actor_id for change in found if change.actor_id})}
    return [ChangeLine(change, accounts.get(change.actor_id or 0, "")) for change in found]


def line_of(event: Event) -> EventLine:
    """One event as a list shows it."""
    return lines_of([event])[0]


def lines_of(events: Iterable[Event]) -> tuple[EventLine, ...]:
    """Events as a list shows them, in their order."""
    return _lines([{"shown": len(event.result_uuids), **{name: getattr(event, name) for name in _SKELETON}} for event in events])


_SKELETON = (
    "uuid",
    "occurred_at",
    "actor_id",
    "via_id",
    "act",
    "allowed",
    "object_kind",
    "object_uuid",
    "purpose_kind",
    "purpose_uuid",
)


def _page(found: QuerySet[Event], after: UUID | None) -> EventPage:
    border = Event.objects.filter(uuid=after).values_list("occurred_at", "id").first() if after else None
    if border:
        moment, key = border
        found = found.filter(Q(occurred_at__lt=moment) | Q(occurred_at=moment, id__lt=key)).filter(occurred_at__lte=moment)
    counted = found.annotate(shown=Func(F("result_uuids"), function="cardinality", output_field=IntegerField()))
    rows = list(counted.order_by("-occurred_at", "-id").values(*_SKELETON, "shown")[: PAGE_ROWS + 1])
    more = len(rows) > PAGE_ROWS
    rows = rows[:PAGE_ROWS]
    return EventPage(_lines(rows), rows[-1]["uuid"] if more else None)


def _lines(rows: Sequence[Any]) -> tuple[EventLine, ...]:
    accounts = {user.pk: user for user in User.objects.filter(pk__in=_account_ids(rows))}
    closed = closed_among(row[name] for row in rows for name in ("object_uuid", "purpose_uuid"))
    return tuple(_line(row, accounts, closed) for row in rows)


def _account_ids(rows: Iterable[Any]) -> set[int]:
    return {row[name] for row in rows for name in ("actor_id", "via_id") if row[name] is not None}


def _line(row: Any, accounts: dict[int, User], closed: frozenset[UUID]) -> EventLine:
    actor, via = accounts.get(row["actor_id"]), accounts.get(row["via_id"])
    is_closed = not closed.isdisjoint((row["object_uuid"], row["purpose_uuid"]))
    return EventLine(
        uuid=row["uuid"],
        occurred_at=row["occurred_at"],
        who=actor.label if actor else "nobody signed in",
        who_uuid=actor.uuid if actor else None,
        via=via.label if via else "",
        act=str(Act(row["act"]).label),
        allowed=row["allowed"],
        object_kind=OBJECTS.get(row["object_kind"], row["object_kind"].replace("_", " ")),
        object_uuid=None if is_closed else row["object_uuid"],
        shown=0 if is_closed else row["shown"],
        purpose=PURPOSES.get(row["purpose_kind"], row["purpose_kind"].replace("_", " ")),
        search_uuid=row["purpose_uuid"] if row["purpose_kind"] in Purpose.values and not is_closed else None,
        closed=is_closed,
    )
