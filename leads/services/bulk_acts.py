"""The acts themselves, for a batch of locked leads: a fixed number of statements whatever the size, and how each is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from access.models import User
from leads.looking import look_at_many
from leads.models import BulkItem, BulkRun, Claim, Lead, LeadGrant, Notice, Wait
from leads.services.assigning import give_sight
from leads.services.bulk_rules import ANOTHER_OPEN
from leads.services.deciding import end_work_of, settle_many, withdraw_settled
from leads.services.notices import News, tell
from leads.services.transition import LeadMove, freeze_many, move_leads
from leads.services.waiting import place_waits
from leads.states import CLOSED_STATES, CloseReason, LeadState

Left = dict[int, str]  # lead id to the reason why it was left as it was
UNDONE = "The act on many leads was undone by the person who ordered it."


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that may be worked on, all in one transaction, with who holds each lead."""

    run: BulkRun
    actor: User
    reason: str
    rows: list[tuple[BulkItem, Lead]]
    claims: Mapping[int, Claim]
    now: datetime

    @property
    def leads(self) -> list[Lead]:
        """The leads of the rows."""
        return [lead for _, lead in self.rows]


def _close(batch: Batch) -> Left:
    looks = look_at_many(batch.leads, batch.now)
    decisions = freeze_many([(lead, looks[lead.pk].picture) for lead in batch.leads])
    reason = CloseReason(batch.run.close_reason)
    move_leads(
        actor=batch.actor,
        moves=[
            LeadMove(lead=lead, action="close", reason=batch.reason, close_reason=reason.value, decision=decisions[lead.pk])
            for lead in batch.leads
        ],
        now=batch.now,
    )
    settle_many(actor=batch.actor, leads=batch.leads, looks=looks, reason=reason, now=batch.now)
    end_work_of([lead.pk for lead in batch.leads], batch.now)
    return {}


def _reopen(batch: Batch) -> Left:
    """Open what was closed: corrections are withdrawn, and whoever held a lead holds it again."""
    subjects = [lead.subject_id for lead in batch.leads if lead.subject_id]
    busy = set(Lead.objects.filter(subject_id__in=subjects).exclude(state__in=CLOSED_STATES).values_list("subject_id", flat=True))
    left = {lead.pk: ANOTHER_OPEN for lead in batch.leads if lead.subject_id in busy}
    rows = [(item, lead) for item, lead in batch.rows if lead.pk not in left]
    leads = [lead for _, lead in rows]
    withdraw_settled([lead.pk for lead in leads], batch.now)
    looks = look_at_many(leads, batch.now)
    decisions = freeze_many([(lead, looks[lead.pk].picture) for lead in leads])
    moves = [LeadMove(lead=lead, action="reopen_by_hand", reason=UNDONE, decision=decisions[lead.pk]) for lead in leads]
    move_leads(actor=batch.actor, moves=moves, now=batch.now)
    for lead in leads:
        lead.state, lead.version = LeadState.REOPENED, lead.version + 1
        lead.evaluation_digest = looks[lead.pk].judged.digest if lead.subject_id else lead.evaluation_digest
    Lead.objects.bulk_update(leads, ["evaluation_digest"])
    _give_back(batch, rows)
    return left


def _snooze(batch: Batch) -> Left:
    looks = look_at_many(batch.leads, batch.now)
    decisions = freeze_many([(lead, looks[lead.pk].picture) for lead in batch.leads])
    moves = [
        LeadMove(lead=lead, action="hold", reason=batch.reason, hold_until=batch.run.hold_until, decision=decisions[lead.pk])
        for lead in batch.leads
    ]
    move_leads(actor=batch.actor, moves=moves, now=batch.now)
    if batch.run.waits_for:
        place_waits(actor=batch.actor, leads=batch.leads, waits_for=batch.run.waits_for, now=batch.now)
    return {}


def _wake(batch: Batch) -> Left:
    """Take off hold; whoever still holds the claim goes on with the research."""
    Wait.objects.filter(lead__in=batch.leads, ended_at=None).update(ended_at=batch.now)
    moves = [LeadMove(lead=lead, action="unhold", reason=UNDONE) for lead in batch.leads]
    move_leads(actor=batch.actor, moves=moves, now=batch.now)
    for lead in batch.leads:
        lead.state, lead.version = LeadState.QUEUED, lead.version + 1
    held = [lead for lead in batch.leads if lead.pk in batch.claims]
    move_leads(actor=batch.actor, moves=[LeadMove(lead=lead, action="research") for lead in held], now=batch.now)
    return {}


def _assign(batch: Batch) -> Left:
    assignee = batch.run.assignee
    assert assignee is not None  # noqa: S101  # checked when the run was started
    Claim.objects.filter(lead__in=batch.leads, released_at=None).update(released_at=batch.now)
    give_sight(actor=batch.actor, user=assignee, leads=batch.leads, reason=batch.reason)
    _claim([(lead, assignee) for lead in batch.leads], f"Assigned by {batch.actor.label}.", batch.now)
    waiting = [lead for lead in batch.leads if lead.state not in (LeadState.IN_RESEARCH, LeadState.ON_HOLD)]
    move_leads(actor=batch.actor, moves=[LeadMove(lead=lead, action="research") for lead in waiting], now=batch.now)
    news = News(user_id=assignee.pk, kind=Notice.Kind.ASSIGNED, count=len(batch.leads), because=f"Assigned by {batch.actor.label}.")
    tell([news], now=batch.now, actor=batch.actor)
    return {}


def _unassign(batch: Batch) -> Left:
    """Whoever had a lead before has it again; the others go back to the queue."""
    Claim.objects.filter(lead__in=batch.leads, released_at=None).update(released_at=batch.now)
    LeadGrant.objects.filter(content_object__in=batch.leads, user=batch.run.assignee, granted_by=batch.actor, kind="assignment").delete()
    free = [lead for item, lead in batch.rows if item.was_held_by_id is None and lead.state == LeadState.IN_RESEARCH]
    move_leads(actor=batch.actor, moves=[LeadMove(lead=lead, action="release") for lead in free], now=batch.now)
    _give_back(batch, [(item, lead) for item, lead in batch.rows if lead not in free])
    return {}


def _give_back(batch: Batch, rows: list[tuple[BulkItem, Lead]]) -> None:
    """A new claim for whoever held each lead before the run."""
    before = User.objects.in_bulk({item.was_held_by_id for item, _ in rows if item.was_held_by_id})
    pairs = [(lead, before[item.was_held_by_id]) for item, lead in rows if item.was_held_by_id]
    _claim(pairs, "Given back: an act on many leads was undone.", batch.now)
    waiting = [lead for lead, _ in pairs if lead.state not in (LeadState.IN_RESEARCH, LeadState.ON_HOLD)]
    move_leads(actor=batch.actor, moves=[LeadMove(lead=lead, action="research") for lead in waiting], now=batch.now)


def _claim(pairs: list[tuple[Lead, User]], why: str, now: datetime) -> None:
    until = now + timedelta(hours=settings.CLAIM_LEASE_HOURS)
    Claim.objects.bulk_create(
        Claim(lead=lead, access_class_id=lead.access_class_id, user=user, claimed_at=now, until=until, why=why) for lead, user in pairs
    )


@dataclass(frozen=True, slots=True)
class BulkAct:
    """How an act is done, and how it is taken back."""

    do: Callable[[Batch], Left]
    take_back: Callable[[Batch], Left]


ACTS: dict[str, BulkAct] = {
    BulkRun.Kind.CLOSE.value: BulkAct(_close, _reopen),
    BulkRun.Kind.SNOOZE.value: BulkAct(_snooze, _wake),
    BulkRun.Kind.ASSIGN.value: BulkAct(_assign, _unassign),
}
