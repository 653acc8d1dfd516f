"""Off hold: a lead goes back to whoever held it when the hold began, for another lease."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from access.models import User
from access.permissions import Permission
from access.policy import can
from leads.models import Claim, Lead
from leads.services.assigning import is_cleared
from leads.services.transition import LeadMove, move_leads
from leads.services.workload import away_until
from leads.states import LeadState

WHY = "Off hold: it was yours before."


def holders_of(leads: Sequence[Lead], now: datetime) -> dict[int, User]:
    """Who gets each lead back when it comes off hold, by the lead's id; asked while it is still on hold.

    The holder is whoever has the claim, or had it when the hold began and lost it to the lease alone: who released a lead gave
    it up. Nobody for a person who is away, has left, or may no longer see or work on it.
    """
    newest = Claim.objects.filter(lead__in=[lead.pk for lead in leads]).order_by("lead_id", "-pk").distinct("lead_id")
    found = [claim for claim in newest.select_related("user", "lead__access_class") if _lasted(claim)]
    here: dict[int, bool] = {}
    holders = {}
    for claim in found:
        user = claim.user
        if user.pk not in here:
            here[user.pk] = bool(can(user, Permission.CLAIM_LEAD)) and away_until(user, now.date()) is None
        if here[user.pk] and is_cleared(user, claim.lead, now):
            holders[claim.lead_id] = user
    return holders


def _lasted(claim: Claim) -> bool:
    """Whether a claim is open, or lasted into the hold and ended by the lease alone."""
    if claim.released_at is None:
        return True
    return claim.released_at >= claim.until and claim.released_at >= claim.lead.state_since


def give_back(*, actor: User, holders: Mapping[int, User], now: datetime) -> None:
    """Claim each lead for its holder and put it into research. Runs in the transaction that took it off hold; the caller records it."""
    if not holders:
        return
    until = now + timedelta(hours=settings.CLAIM_LEASE_HOURS)
    leads = list(Lead.objects.filter(pk__in=holders, state=LeadState.QUEUED).order_by("pk"))
    held = Claim.objects.filter(lead__in=leads, released_at=None)
    kept = set(held.values_list("lead_id", flat=True))
    held.update(until=until)
    Claim.objects.bulk_create(
        Claim(lead=lead, access_class_id=lead.access_class_id, user=holders[lead.pk], claimed_at=now, until=until, why=WHY)
        for lead in leads
        if lead.pk not in kept
    )
    move_leads(actor=actor, moves=[LeadMove(lead=lead, action="research") for lead in leads], now=now)
