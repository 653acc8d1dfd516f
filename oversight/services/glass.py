"""Break-glass: two hours' sight of one lead for a reason, known to the privacy officers at once, reviewed by one of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import UUID

from django.contrib.auth.models import Permission as DjangoPermission
from django.db import transaction
from django.urls import reverse

from access.context import through_service
from access.models import Compartment, User
from access.permissions import Permission
from access.policy import require
from access.reference import PROTECTED
from access.selectors import people_with, service_actor
from audit.acts import Act
from audit.keys import data_key
from audit.services import record
from foundation.calendar import add_business_days
from foundation.crypto import seal
from foundation.errors import Conflict, Forbidden, InvalidInput
from foundation.headquarters import desk_day
from foundation.mail import send_link
from leads.models import Lead, LeadGrant
from leads.numbers import normalize
from oversight.models import BreakGlass
from oversight.selectors.glass import opening_for
from subjects.search.names import tokens

logger = logging.getLogger(__name__)
SUBJECT = "LeadTrac: break-glass"
OPENED = "Somebody opened a record by break-glass. Look at it; the review is due within one working day:"
OVERDUE = "A review of a break-glass access is overdue:"
OPEN_FOR = timedelta(hours=2)
REVIEW_WORKING_DAYS = 1
NOTHING = "Nothing can be opened with this. Check the number, or ask your supervisor."
NOT_CLEARED = "The record is in a compartment now: a privacy officer who is cleared for it reviews this."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a lead number, or a name together with the case number of the older system."""

    number: str = ""
    name: str = ""
    case_number: str = ""


@transaction.atomic
def open_glass(*, actor: User, wanted: Wanted, reason: str, now: datetime) -> str:
    """Give `actor` sight of a lead for two hours from `now` (aware) and return its number; already in sight: nothing is opened.

    Raises `InvalidInput`, in the same words whether there is no such lead or it is of a protected person
    (8 USC 1367; 8 CFR 208.6).
    """
    require(actor, Permission.USE_BREAK_GLASS)
    if not reason.strip():
        raise InvalidInput("Say why you must see this record now.", field="reason")
    lead = _find(wanted)
    if lead is None:
        raise InvalidInput(NOTHING)
    if Lead.objects.filter(pk=lead.pk).exists():
        record(Act.PAGE, object_kind="lead", object_uuid=lead.uuid)
        return lead.number
    glass = _kept(actor, lead, reason.strip(), now)
    _grant(actor, lead, now)  # the database opens what is on the list, and nothing else
    record(
        Act.BREAK_GLASS,
        object_kind="lead",
        object_uuid=lead.uuid,
        results=[glass.uuid],
        payload={"reason": reason.strip(), "until": glass.until.isoformat()},
        scope=lead.uuid,
    )
    transaction.on_commit(lambda: _write_to(actor, OPENED))
    return lead.number


def remind_of_reviews(*, actor: User, now: datetime) -> int:
    """Write to the privacy officers when a review is overdue at `now` (aware); returns how many are. `actor` is a service."""
    require(actor, Permission.SERVICE)
    overdue: int = BreakGlass.objects.filter(verdict="", review_due_on__lt=desk_day(now)).count()
    if overdue:
        transaction.on_commit(lambda: _write_to(actor, OVERDUE))
    return overdue


def _write_to(but: User, text: str) -> None:
    """A mail to each privacy officer, except to whoever did it: it names nobody and no lead."""
    for person in people_with(Permission.REVIEW_BREAK_GLASS):
        if person.pk == but.pk:
            continue
        try:
            send_link(person.email, subject=SUBJECT, text=text, path=reverse("break_glass_list"))
        except (SMTPException, OSError) as error:
            # an error of the mail server names the addresses: its kind is enough for the log
            logger.error("a mail about break-glass could not be sent; the opening stands on the list (%s)", type(error).__name__)  # noqa: TRY400


@transaction.atomic
def review_glass(*, actor: User, glass_uuid: UUID, verdict: str, words: str, now: datetime) -> None:
    """Say whether an opening was justified, and why.

    Raises `NotFound`, `InvalidInput`, `Forbidden` (protected now, and the actor not cleared), `Conflict` when it was reviewed before.
    """
    line = opening_for(actor, glass_uuid, now=now)
    if line.closed:
        raise Forbidden(NOT_CLEARED)
    if verdict not in BreakGlass.Verdict.values:
        raise InvalidInput("Choose whether the access was justified.", field="verdict")
    if not words.strip():
        raise InvalidInput("Say what you found.", field="words")
    lead_uuid = line.glass.lead_uuid
    sealed = seal(data_key(lead_uuid, purpose="lead"), words.strip().encode(), line.glass.uuid.bytes)
    changed = BreakGlass.objects.filter(pk=line.glass.pk, verdict="").update(
        verdict=verdict, review_sealed=sealed, reviewed_by=actor, reviewed_at=now
    )
    if not changed:
        raise Conflict("Somebody has reviewed this access before you.")
    record(
        Act.BREAK_GLASS_REVIEWED,
        object_kind="break_glass",
        object_uuid=line.glass.uuid,
        results=[lead_uuid],
        payload={"verdict": verdict, "words": words.strip()},
        scope=lead_uuid,
    )


def _find(wanted: Wanted) -> Lead | None:
    """The lead that is meant, whoever may see it, unless it or its person is protected. The same questions whatever is found."""
    with through_service(service_actor("leads")):
        found = Lead.objects.select_related("access_class", "subject__access_class")
        if wanted.number:
            lead = found.filter(number=normalize(wanted.number)).first()
        else:
            lead = found.filter(legacy_number=wanted.case_number.strip()).exclude(legacy_number="").first()
            if lead is not None and not _is_called(lead, wanted.name):
                lead = None
        return None if lead is None or _is_protected(lead) else lead


def _is_called(lead: Lead, name: str) -> bool:
    asked = set(tokens(name))
    return bool(asked) and lead.subject is not None and asked <= set(lead.subject.name_key.split())


def _is_protected(lead: Lead) -> bool:
    protected = Compartment.objects.get(code=PROTECTED).pk
    classes = [lead.access_class, *([lead.subject.access_class] if lead.subject else [])]
    return any(protected in entry.compartments for entry in classes)


def _grant(actor: User, lead: Lead, now: datetime) -> None:
    permission = DjangoPermission.objects.get(content_type__app_label="leads", codename="view_lead")
    values = {"kind": "break_glass", "granted_by": actor, "reason": "break-glass", "granted_at": now, "until": now + OPEN_FOR}
    held = LeadGrant.objects.filter(user=actor, permission=permission, content_object_id=lead.pk)
    if not held.update(**values):  # an older opening of the same lead is over; `update_or_create` would ask for the hidden lead
        LeadGrant.objects.create(user=actor, permission=permission, content_object=lead, **values)


def _kept(actor: User, lead: Lead, reason: str, now: datetime) -> BreakGlass:
    glass = BreakGlass(
        user=actor,
        lead_uuid=lead.uuid,
        lead_number=lead.number,
        opened_at=now,
        until=now + OPEN_FOR,
        review_due_on=add_business_days(desk_day(now), REVIEW_WORKING_DAYS),
    )
    glass.reason_sealed = seal(data_key(lead.uuid, purpose="lead"), reason.encode(), glass.uuid.bytes)
    BreakGlass.objects.bulk_create([glass])
    return glass
