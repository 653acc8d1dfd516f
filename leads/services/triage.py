"""Triage at the desk: claim, release, deal, assign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from access.models import User
from access.permissions import Permission
from access.policy import can, require
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.models import Claim, Lead, Notice
from leads.rules.words import day
from leads.services.assigning import give_sight, is_cleared
from leads.services.checks import enter_check, take_back_check
from leads.services.deciding import close_lead, hold_lead, open_lead, override_stop_sign, reopen_lead, unhold_lead
from leads.services.in_order import hold_claims, hold_leads
from leads.services.notes import write_note
from leads.services.notices import last_to, tell_each
from leads.services.returning import give_back, holders_of
from leads.services.transition import MOVED_ON, LeadMove, move_lead, move_leads
from leads.services.workload import refuse_if_away, refuse_if_full
from leads.states import WORKABLE, LeadState

__all__ = (
    "Dealt",
    "assign_lead",
    "claim_lead",
    "close_lead",
    "deal_next",
    "drop_expired_grants",
    "end_expired_holds",
    "enter_check",
    "hold_lead",
    "open_lead",
    "override_stop_sign",
    "release_expired_claims",
    "release_lead",
    "reopen_lead",
    "take_back_check",
    "unhold_lead",
    "write_note",
)

_WAITING = (LeadState.QUEUED.value, LeadState.RETURNED.value, LeadState.REOPENED.value)
_DEAL = """
SELECT lead.id FROM unnest((SELECT access_classes())::int[]) AS c (class_id), unnest(%(states)s::text[]) AS s (state),
    LATERAL (SELECT id, clock_due_on, risk_points FROM leads_lead
        WHERE class_id = c.class_id AND state = s.state {where}
          AND NOT EXISTS (SELECT 1 FROM leads_claim claim WHERE claim.lead_id = leads_lead.id AND claim.released_at IS NULL)
        ORDER BY {order}, id LIMIT 5) lead
ORDER BY {order}, lead.id LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Dealt:
    """A lead that was dealt, and why this one."""

    lead: Lead
    why: str


@transaction.atomic
def claim_lead(*, actor: User, lead: Lead, now: datetime, why: str = "") -> Claim:
    """Take a lead for `CLAIM_LEASE_HOURS`; it goes into research. One's own claim is prolonged.

    Raises `Conflict` when somebody else holds it, or when nobody can work on it just now. A lead with a supervisor stays with
    whoever asked, also after the lease; only who may approve can take it then.
    """
    require(actor, Permission.CLAIM_LEAD)
    if lead.state not in WORKABLE and lead.state != LeadState.IN_REVIEW:
        message = f"This lead cannot be claimed: it is now “{LeadState(lead.state).label.lower()}”."
        raise Conflict(message)
    _hold(lead)
    until = now + timedelta(hours=settings.CLAIM_LEASE_HOURS)
    claim = _prolonged(actor, lead, now, until) or _new_claim(actor, lead, now, until, why)
    if lead.state in WORKABLE - {LeadState.IN_RESEARCH, LeadState.ON_HOLD}:
        move_lead(actor=actor, move=LeadMove(lead=lead, action="research"), now=now)
    record(Act.LEAD_CLAIMED, object_kind="lead", object_uuid=lead.uuid, occurred_at=now)
    return claim


def _hold(lead: Lead) -> None:
    """Lock the lead before its claim, as everybody does who ends both. Raises `Conflict` when it has moved on meanwhile."""
    if hold_leads([lead.pk]).get(lead.pk) != lead.state:
        raise Conflict(MOVED_ON)


def _prolonged(actor: User, lead: Lead, now: datetime, until: datetime) -> Claim | None:
    """One's own open claim with a new end; an expired one of somebody else is closed on the way."""
    held = Claim.objects.filter(lead=lead, released_at=None).select_related("user").select_for_update(of=("self",)).first()
    if held is None:
        return None
    if held.user_id == actor.pk:
        held.until = max(held.until, until)
        held.save(update_fields=["until"])
        return held
    if held.until > now:
        message = f"{held.user.label} has claimed this lead until {day(held.until.date())}, {held.until:%H:%M} UTC."
        raise Conflict(message)
    if lead.state == LeadState.IN_REVIEW and not can(actor, Permission.APPROVE_REFERRAL):
        message = f"{held.user.label} has asked a supervisor about this lead and keeps it until the answer."
        raise Conflict(message)
    held.released_at = now
    held.save(update_fields=["released_at"])
    return None


def _new_claim(actor: User, lead: Lead, now: datetime, until: datetime, why: str) -> Claim:
    try:
        with transaction.atomic():
            return Claim.objects.create(
                lead=lead, access_class_id=lead.access_class_id, user=actor, claimed_at=now, until=until, why=why[:200]
            )
    except IntegrityError as error:
        message = "Somebody else has just claimed this lead."
        raise Conflict(message) from error


@transaction.atomic
def release_lead(*, actor: User, lead: Lead, now: datetime) -> None:
    """Give a lead back to the queue; a supervisor may release anybody's. Raises `Conflict` when it is not claimed."""
    require(actor, Permission.CLAIM_LEAD)
    _hold(lead)
    claim = Claim.objects.filter(lead=lead, released_at=None).first()
    if claim is None:
        message = "Nobody has claimed this lead any more."
        raise Conflict(message)
    if claim.user_id != actor.pk and not can(actor, Permission.ASSIGN_LEAD):
        message = "Somebody else has claimed this lead; a supervisor may release it."
        raise Forbidden(message)
    claim.released_at = now
    claim.save(update_fields=["released_at"])
    if lead.state == LeadState.IN_RESEARCH:
        move_lead(actor=actor, move=LeadMove(lead=lead, action="release"), now=now)
    record(Act.LEAD_RELEASED, object_kind="lead", object_uuid=lead.uuid, occurred_at=now)


@transaction.atomic
def release_expired_claims(*, actor: User, now: datetime) -> int:
    """End every lease whose time is over and put its lead back into the queue; returns how many.

    A lead that waits for a supervisor stays with whoever asked, however long that takes.
    """
    require(actor, Permission.SERVICE)
    over = Claim.objects.filter(released_at=None, until__lte=now).exclude(lead__state=LeadState.IN_REVIEW)
    expired = hold_claims(over)
    if not expired:
        return 0
    Claim.objects.filter(pk__in=[claim.pk for claim in expired]).update(released_at=now)
    idle = [claim.lead for claim in expired if claim.lead.state == LeadState.IN_RESEARCH]
    move_leads(actor=actor, moves=[LeadMove(lead=lead, action="release") for lead in idle], now=now)
    record(Act.LEAD_RELEASED, object_kind="lead", results=[claim.lead.uuid for claim in expired], occurred_at=now)
    return len(expired)


@transaction.atomic
def end_expired_holds(*, actor: User, now: datetime) -> int:
    """Put every lead whose hold was to end by today back to its holder, or into the queue; returns how many."""
    require(actor, Permission.SERVICE)
    over = list(Lead.objects.filter(state=LeadState.ON_HOLD, hold_until__lte=now.date()).order_by("pk").select_for_update(no_key=True))
    holders = holders_of(over, now)
    reason = "The day until which it was held has come."
    concerned = last_to("hold", [lead.pk for lead in over]) | {(pk, user.pk) for pk, user in holders.items()}
    tell_each(concerned, Notice.Kind.WOKEN, now=now, because=reason)
    move_leads(actor=actor, moves=[LeadMove(lead=lead, action="unhold", reason=reason) for lead in over], now=now)
    give_back(actor=actor, holders=holders, now=now)
    if over:
        record(Act.LEAD_MOVED, object_kind="lead", results=[lead.uuid for lead in over], payload={"action": "unhold"}, occurred_at=now)
    return len(over)


@transaction.atomic
def deal_next(*, actor: User, now: datetime) -> Dealt | None:
    """Claim for the actor the lead that most needs somebody, and say why: overdue ones first, then the highest risk.

    Two people who ask at once get two leads. None when nothing waits. Raises `Conflict` with the reason when the person is
    away or has as many leads as the capacity allows.
    """
    require(actor, Permission.CLAIM_LEAD)
    today = now.date()
    refuse_if_full(actor, today)
    for where, order, words in (
        ("AND clock_due_on < %(today)s", "clock_due_on", "it has waited longest beyond its date"),
        ("", "risk_points DESC", "it has the highest risk of those that nobody works on"),
    ):
        for pk in _candidates(where, order, today):
            lead = Lead.objects.filter(pk=pk, state__in=_WAITING).select_for_update(skip_locked=True, no_key=True).first()
            if lead is not None and not Claim.objects.filter(lead=lead, released_at=None).exists():
                due = f", due {day(lead.clock_due_on)}" if lead.clock_due_on else ""
                why = f"Dealt to you because {words}{due}."
                claim_lead(actor=actor, lead=lead, now=now, why=why)
                return Dealt(lead, why)
    return None


def _candidates(where: str, order: str, today: date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_DEAL.format(where=where, order=order), {"states": list(_WAITING), "today": today})
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def assign_lead(*, actor: User, lead: Lead, user: User, reason: str, now: datetime) -> None:
    """Give a lead to a person: a grant of sight, and the claim. Whoever held it before loses the claim, not the history."""
    require(actor, Permission.ASSIGN_LEAD)
    if not reason.strip():
        message = "Say why: the person sees it."
        raise InvalidInput(message, field="reason")
    if not can(user, Permission.CLAIM_LEAD):
        message = "This person's role does not work on leads."
        raise InvalidInput(message, field="user")
    if not is_cleared(user, lead, now):
        message = "This person is not cleared for this lead."
        raise InvalidInput(message, field="user")
    if lead.state not in WORKABLE:
        message = f"This lead cannot be assigned: it is now “{LeadState(lead.state).label.lower()}”."
        raise Conflict(message)
    refuse_if_away(user, now.date())
    _hold(lead)
    Claim.objects.filter(lead=lead, released_at=None).update(released_at=now)
    give_sight(actor=actor, user=user, leads=[lead], reason=reason)
    _new_claim(user, lead, now, now + timedelta(hours=settings.CLAIM_LEASE_HOURS), f"Assigned by {actor.label}.")
    if lead.state not in (LeadState.IN_RESEARCH, LeadState.ON_HOLD):
        move_lead(actor=actor, move=LeadMove(lead=lead, action="research"), now=now)
    tell_each({(lead.pk, user.pk)}, Notice.Kind.ASSIGNED, now=now, because=f"Assigned by {actor.label}.", actor=actor)
    record(
        Act.LEAD_ASSIGNED,
        object_kind="lead",
        object_uuid=lead.uuid,
        payload={"to": str(user.uuid), "reason": reason},
        scope=lead.uuid,
        occurred_at=now,
    )


@transaction.atomic
def drop_expired_grants(*, actor: User, now: datetime) -> int:
    """Delete the grants of sight that ended before `now` (aware), whoever's they are; returns how many. They show nothing before."""
    require(actor, Permission.SERVICE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_drop_grants(%s)", [now])
        (gone,) = cursor.fetchone()
    if gone:
        record(Act.ROWS_EXPIRED, object_kind="grant", payload={"rows": gone})
    return int(gone)
