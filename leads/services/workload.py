"""Who can take how much, and who is away: what dealing and assigning respect."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from access.models import User
from access.permissions import Permission
from access.policy import can, require
from access.selectors import class_for
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.models import Absence, Capacity, Claim, Notice
from leads.rules.words import day
from leads.services.in_order import hold_claims
from leads.services.notices import tell_each
from leads.services.transition import LeadMove, move_leads
from leads.states import LeadState

MOST = 1_000


@transaction.atomic
def set_capacity(*, actor: User, user: User, most: int, now: datetime) -> Capacity:
    """Say how many leads a person can have at a time. Raises `InvalidInput`."""
    require(actor, Permission.ASSIGN_LEAD)
    if not 0 <= most <= MOST:
        message = f"A number from 0 to {MOST:,}."
        raise InvalidInput(message, field="most")
    values = {"most": most, "set_by": actor, "set_at": now}
    found, _ = Capacity.objects.update_or_create(
        user=user, defaults=values, create_defaults={**values, "access_class_id": class_for(audience="hq")}
    )
    record(Act.USER_CHANGED, object_kind="user", object_uuid=user.uuid, fields=["capacity"], payload={"most": most}, occurred_at=now)
    return found


@transaction.atomic
def enter_absence(*, actor: User, user: User, from_on: date, until_on: date, now: datetime) -> Absence:
    """Enter days away, for oneself or, as a supervisor, for anybody. From the first day on the claims go back to the queue."""
    if actor.pk != user.pk:
        require(actor, Permission.ASSIGN_LEAD)
    if until_on < from_on:
        message = "The last day is before the first."
        raise InvalidInput(message, field="until_on")
    if until_on < now.date():
        message = "These days are over."
        raise InvalidInput(message, field="until_on")
    made = Absence.objects.create(
        access_class_id=class_for(audience="hq"), user=user, from_on=from_on, until_on=until_on, entered_by=actor, entered_at=now
    )
    payload = {"from": from_on.isoformat(), "until": until_on.isoformat()}
    record(Act.USER_CHANGED, object_kind="user", object_uuid=user.uuid, fields=["absence"], payload=payload, occurred_at=now)
    return made


@transaction.atomic
def cancel_absence(*, actor: User, absence: Absence, now: datetime) -> None:
    """The person is back sooner, or never left. Raises `Forbidden`."""
    if actor.pk != absence.user_id and not can(actor, Permission.ASSIGN_LEAD):
        message = "Only the person, or a supervisor, changes this."
        raise Forbidden(message)
    Absence.objects.filter(pk=absence.pk).update(canceled_at=now)
    record(Act.USER_CHANGED, object_kind="user", object_uuid=absence.user.uuid, fields=["absence canceled"], occurred_at=now)


def away_until(user: User, today: date) -> date | None:
    """The last day of the absence that covers `today`; None when the person is there."""
    covering = Absence.objects.filter(user=user, canceled_at=None, from_on__lte=today, until_on__gte=today)
    return covering.order_by("-until_on").values_list("until_on", flat=True).first()


def refuse_if_away(user: User, today: date) -> None:
    """Raise `Conflict` with the day of return when nothing may be given to the person."""
    until = away_until(user, today)
    if until is not None:
        message = f"{user.label} is away until {day(until)}: give it to somebody who is there."
        raise Conflict(message)


def refuse_if_full(user: User, today: date) -> None:
    """Raise `Conflict` with the reason when no lead is dealt to the person: away, or as many leads as the capacity allows."""
    until = away_until(user, today)
    if until is not None:
        message = f"You are entered as away until {day(until)}: no lead is dealt to you."
        raise Conflict(message)
    most = Capacity.objects.filter(user=user).values_list("most", flat=True).first()
    if most is None:
        return
    held = Claim.objects.filter(user=user, released_at=None).count()
    if held >= most:
        message = f"You have {held:,} of the {most:,} leads of your capacity: decide or release one first."
        raise Conflict(message)


@transaction.atomic
def release_absent(*, actor: User, now: datetime) -> int:
    """Put the leads of everybody who is away from today on back into the queue, and tell them; returns how many."""
    require(actor, Permission.SERVICE)
    today = now.date()
    away = Absence.objects.filter(canceled_at=None, from_on__lte=today, until_on__gte=today)
    claims = hold_claims(Claim.objects.filter(released_at=None, user_id__in=away.values("user_id")))
    if not claims:
        return 0
    Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(released_at=now)
    idle = [claim.lead for claim in claims if claim.lead.state == LeadState.IN_RESEARCH]
    move_leads(actor=actor, moves=[LeadMove(lead=lead, action="release") for lead in idle], now=now)
    tell_each({(claim.lead_id, claim.user_id) for claim in claims}, Notice.Kind.RELEASED, now=now, because="You are entered as away.")
    record(Act.LEAD_RELEASED, object_kind="lead", results=[claim.lead.uuid for claim in claims], occurred_at=now)
    return len(claims)
