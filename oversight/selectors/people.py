"""From a name that the auditor types to who looked at the person and who received what. The auditor sees no case content on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import cleared_for, service_actor
from audit.acts import Act
from audit.models import Event
from audit.selectors import words_of
from foundation.errors import NotFound
from leads.models import Lead, Referral
from oversight.selectors.events import EventPage, hanging_on, looks_at_all, open_among
from oversight.selectors.one_person import Shared, ids_of, shared_with
from subjects.models import Subject
from subjects.search.selectors import GOOD, find
from subjects.search.terms import Terms

MOST_PEOPLE = 20
LEFT = (Act.DISCLOSED, Act.EXPORT, Act.DOWNLOAD, Act.PRINT, Act.API_READ)  # acts after which somebody holds a copy


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody whom a name may mean: nothing of them but what was typed, and the numbers of their leads."""

    uuid: UUID
    fits: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """Something of a person's record that came into somebody's hands; the event is None for a referral."""

    at: datetime
    what: str
    by: str
    to: str
    event_uuid: UUID | None


@dataclass(frozen=True, slots=True)
class PersonLooks:
    """One person at the auditor's desk."""

    numbers: tuple[str, ...]
    page: EventPage
    received: tuple[Received, ...]
    opened: tuple[UUID, ...]  # the events whose words were opened for it
    more_received: bool


def people_called(user: User, name: str) -> list[Called]:
    """The people whom `name` fits, the best first; those in a compartment only for whoever is cleared. Raises `Forbidden`."""
    require(user, Permission.VIEW_AUDIT)
    cleared = cleared_for(user)
    with through_service(service_actor("leads")):
        hits = [hit for hit in find(Terms(name=name)).hits if _may_know(hit.subject, cleared)][:MOST_PEOPLE]
        numbers: dict[int, list[str]] = {}
        for lead in _leads([hit.subject for hit in hits], cleared):
            numbers.setdefault(lead.subject_id or 0, []).append(lead.number)
    return [
        Called(hit.subject.uuid, "fits well" if hit.fit.score >= GOOD else "fits in part", tuple(numbers.get(hit.subject.pk, ())))
        for hit in hits
    ]


def looks_at_person(user: User, subject_uuid: UUID, after: UUID | None = None) -> PersonLooks:
    """Who looked at the person, or at a lead, referral, packet or file about them, and who received what. Raises `NotFound`."""
    require(user, Permission.VIEW_AUDIT)
    cleared = cleared_for(user)
    with through_service(service_actor("leads")):
        ids = ids_of(subject_uuid)
        subjects = list(Subject.objects.select_related("access_class").filter(uuid__in=ids))
        if not subjects or not all(_may_know(subject, cleared) for subject in subjects):
            raise NotFound
        leads = _leads(subjects, cleared)
        referrals = list(Referral.objects.filter(lead__in=leads).select_related("office", "sent_by").order_by("-sent_at"))
        objects = [*ids, *(lead.uuid for lead in leads), *hanging_on(leads)]
        shared = shared_with(ids)
        sent = [Received(each.sent_at, "referral with a packet", each.sent_by.label, each.office.name, None) for each in referrals]
    shared = _with_leads(open_among(shared), cleared)
    left = looks_at_all(objects, acts=[act.value for act in LEFT], shared=shared)
    told = {event.uuid: words_of(event) or {} for event in Event.objects.filter(uuid__in=_ids(left), act=Act.DISCLOSED)}
    taken = [
        Received(line.occurred_at, line.act, line.who, str(told.get(line.uuid, {}).get("recipient", "")) or line.who, line.uuid)
        for line in left.lines
        if line.allowed
    ]
    received = tuple(sorted([*sent, *taken], key=lambda each: each.at, reverse=True))
    numbers = tuple(lead.number for lead in leads)
    return PersonLooks(numbers, looks_at_all(objects, after, shared=shared), received, tuple(told), left.next_after is not None)


def _with_leads(shared: list[Shared], cleared: frozenset[int]) -> list[Shared]:
    """With the leads of each, and what hangs on them: their pages showed the person too."""
    found = list(shared)
    with through_service(service_actor("leads")):
        for each in shared:
            leads = _leads(list(Subject.objects.filter(uuid=each.uuid)), cleared)
            found += [Shared(uuid, each.since, each.until) for uuid in (*(lead.uuid for lead in leads), *hanging_on(leads))]
    return found


def _ids(page: EventPage) -> list[UUID]:
    return [line.uuid for line in page.lines]


def _leads(subjects: list[Subject], cleared: frozenset[int]) -> list[Lead]:
    found = Lead.objects.filter(subject__in=subjects).select_related("access_class").order_by("pk")
    return [lead for lead in found if cleared.issuperset(lead.access_class.compartments)]


def _may_know(subject: Subject, cleared: frozenset[int]) -> bool:
    """Whether somebody so cleared may know that the person is on record at all."""
    return cleared.issuperset(subject.access_class.compartments)
