"""Decisions of people on a lead. Each freezes what the person saw, and a closing settles its matters for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.policy import require
from access.selectors import service_actor
from audit.acts import Act
from audit.services import record
from foundation.errors import Conflict, InvalidInput
from leads.bulk import array_of
from leads.judging import Judged, sign_key
from leads.looking import Look, look_at, override_digest
from leads.models import Claim, Correction, Finding, Lead, Notice, Referral, StopSignOverride, Wait
from leads.planning import WITHDRAWN, settled_sentence
from leads.rules.overtaken import relied_upon
from leads.sealing import seal_words
from leads.services.evaluation_store import OPEN_REFERRALS, make_leads
from leads.services.in_order import hold_leads, hold_subject
from leads.services.notices import last_to, tell_each
from leads.services.returning import give_back, holders_of
from leads.services.transition import MOVED_ON, LeadMove, freeze, move_lead
from leads.services.waiting import place_waits
from leads.staleness import no_longer_holds
from leads.states import CLOSED_STATES, CloseReason, ReferralState
from subjects.models import Subject

BY_HAND = {"why": "Opened by hand", "risk": "low", "rules": array_of(())}  # columns of a lead that no rule opens
_BY_THE_SYSTEM = frozenset({CloseReason.JOINED, CloseReason.LEGACY})


def _same(lead: Lead, version: int | None) -> None:
    if version is not None and version != lead.version:
        raise Conflict(MOVED_ON)


@transaction.atomic
def hold_lead(
    *, actor: User, lead: Lead, reason: str, now: datetime, until: date | None = None, waits_for: str = "", version: int | None = None
) -> Lead:
    """Put a lead on hold until a day or until something happens (`waits_for`: `decision`, `refresh:SOURCE`), whichever comes first."""
    require(actor, Permission.DECIDE_LEAD)
    _same(lead, version)
    if until is not None and until <= now.date():
        message = "The day must lie ahead."
        raise InvalidInput(message, field="until")
    decision = freeze(lead=lead, picture=look_at(lead, now).picture)
    moved = move_lead(actor=actor, move=LeadMove(lead=lead, action="hold", reason=reason, hold_until=until, decision=decision), now=now)
    if waits_for:
        place_waits(actor=actor, leads=[moved], waits_for=waits_for, now=now)
    return moved


@transaction.atomic
def unhold_lead(*, actor: User, lead: Lead, now: datetime, reason: str = "", version: int | None = None) -> Lead:
    """Take a lead off hold; it goes back to whoever held it, or into the queue."""
    _same(lead, version)
    holders = holders_of([lead], now)
    moved = move_lead(actor=actor, move=LeadMove(lead=lead, action="unhold", reason=reason), now=now)
    give_back(actor=actor, holders=holders, now=now)
    moved.refresh_from_db(fields=["state", "state_since", "clock_due_on", "version"])
    return moved


@transaction.atomic
def close_lead(*, actor: User, lead: Lead, close_reason: str, reason: str, now: datetime, version: int | None = None) -> Lead:
    """Close a lead with a reason from the list and words. A correction answers the same evidence whenever it comes back.

    An office that still holds the referral is told not to act on it.
    """
    require(actor, Permission.DECIDE_LEAD)
    _same(lead, version)
    if close_reason not in CloseReason.values or close_reason in _BY_THE_SYSTEM:
        message = "Choose why the lead is closed."
        raise InvalidInput(message, field="close_reason")
    look = look_at(lead, now)
    decision = freeze(lead=lead, picture=look.picture)
    move = LeadMove(lead=lead, action="close", reason=reason, close_reason=close_reason, decision=decision)
    moved = move_lead(actor=actor, move=move, now=now)
    settle(actor=actor, lead=moved, look=look, reason=CloseReason(close_reason), now=now)
    end_work(moved, now)
    return moved


def settle(*, actor: User, lead: Lead, look: Look, reason: CloseReason, now: datetime) -> int:
    """Write a correction for each matter that the lead still alleges; returns how many. Runs in the closing transaction.

    `look` is what the person saw: what the correction rests on. It takes the place of one that no longer answers the matter.
    """
    return settle_many(actor=actor, leads=[lead], looks={lead.pk: look}, reason=reason, now=now)


def settle_many(*, actor: User, leads: Sequence[Lead], looks: Mapping[int, Look], reason: CloseReason, now: datetime) -> int:
    """The same for many leads with three queries."""
    subject_of = {lead.pk: lead.subject_id for lead in leads if lead.subject_id is not None}
    by_pk = {lead.pk: lead for lead in leads if lead.pk in subject_of}
    order = ("subject_id", "rule_id", "matter_key")
    newest = Finding.objects.filter(subject_id__in=subject_of.values()).order_by(*order, "-pk").distinct(*order)
    matters = {(each.lead_id, each.matter_key, each.evidence_digest) for each in newest if each.lead_id in by_pk and each.holds}
    rows = [
        Correction(
            lead=by_pk[pk],
            access_class_id=by_pk[pk].access_class_id,
            subject_id=subject_of[pk],
            matter_key=matter_key,
            evidence_digest=evidence_digest,
            code=reason.value,
            sentence=settled_sentence(reason, now.date()),
            relied=list(_relied_upon(looks[pk].judged, matter_key, evidence_digest)),
            decided_on=now.date(),
            decided_by=actor,
        )
        for pk, matter_key, evidence_digest in sorted(matters)
    ]
    keys, digests = {row.matter_key for row in rows}, {row.evidence_digest for row in rows}
    replaced = Correction.objects.filter(lead_id__in=by_pk, matter_key__in=keys, evidence_digest__in=digests, withdrawn_at=None)
    replaced.update(withdrawn_at=now)
    Correction.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _relied_upon(judged: Judged, matter_key: str, evidence_digest: str) -> tuple[str, ...]:
    """What speaks for the person in every verdict on the matter that the correction answers, and the places known."""
    verdicts = (each for each in judged.evaluation.verdicts if each.claim is not None and each.matter_key == matter_key)
    codes = [{every.code for every in each.rebuttals} for each in verdicts if each.claim and each.claim.evidence_digest == evidence_digest]
    shared = set.intersection(*codes) if codes else set()
    return relied_upon((code for code in shared if not code.startswith("settled_")), judged.snapshot)


def withdraw_settled(lead_ids: Sequence[int], now: datetime) -> None:
    """Take back what people settled of the matters of these leads; what came from a lead that is archived stays settled."""
    own = Finding.objects.filter(lead=OuterRef("lead"), matter_key=OuterRef("matter_key"))
    Correction.objects.filter(Exists(own), lead_id__in=lead_ids, withdrawn_at=None).update(withdrawn_at=now)


def end_work(lead: Lead, now: datetime) -> None:
    """End the claim of a closed lead, and tell the office that holds its packet."""
    end_work_of([lead.pk], now)


def end_work_of(lead_ids: Sequence[int], now: datetime) -> None:
    """The same for many leads."""
    Claim.objects.filter(lead_id__in=lead_ids, released_at=None).update(released_at=now)
    Wait.objects.filter(lead_id__in=lead_ids, ended_at=None).update(ended_at=now)
    Referral.objects.filter(lead_id__in=lead_ids, state__in=OPEN_REFERRALS).update(
        state=ReferralState.RECALLED,
        answered_at=now,
        version=F("version") + 1,
        **no_longer_holds(now, WITHDRAWN),
    )


@transaction.atomic
def reopen_lead(*, actor: User, lead: Lead, reason: str, now: datetime, version: int | None = None) -> Lead:
    """Open a closed lead again: its corrections are withdrawn, and it stays open until something else becomes known."""
    require(actor, Permission.DECIDE_LEAD)
    _same(lead, version)
    hold_leads([lead.pk], with_subjects=True)  # a judgement may be opening another
    if lead.subject_id and Lead.objects.filter(subject_id=lead.subject_id).exclude(state__in=CLOSED_STATES).exists():
        message = "This person has another open lead: work on that one."
        raise Conflict(message)
    withdraw_settled([lead.pk], now)
    look = look_at(lead, now)
    decision = freeze(lead=lead, picture=look.picture)
    moved = move_lead(actor=actor, move=LeadMove(lead=lead, action="reopen_by_hand", reason=reason, decision=decision), now=now)
    if lead.subject is not None:
        Lead.objects.filter(pk=lead.pk).update(evaluation_digest=look.judged.digest)
    tell_each(last_to("close", [lead.pk]), Notice.Kind.REOPENED, now=now, because=f"Opened again by {actor.label}.", actor=actor)
    return moved


@transaction.atomic
def open_lead(*, actor: User, subject: Subject, reason: str, now: datetime) -> Lead:
    """Open a lead by hand for a person without one. Raises `Conflict` when one is open."""
    require(actor, Permission.OPEN_LEAD)
    if not reason.strip():
        message = "Say why: a reason is needed."
        raise InvalidInput(message, field="reason")
    hold_subject(subject.pk)  # a judgement may be opening one
    if Lead.objects.filter(subject=subject).exclude(state__in=CLOSED_STATES).exists():
        message = "This person already has an open lead."
        raise Conflict(message)
    with through_service(service_actor("leads")):  # retention dates and the first move are the system's to write
        (lead,) = make_leads(actor=service_actor("leads"), subjects=[subject], now=now, values=[BY_HAND])
    # what the person saw: the lead stays with the desk until something else becomes known
    judged = look_at(lead, now).judged
    Lead.objects.filter(pk=lead.pk).update(evaluation_digest=judged.digest, blocking_signs=len(judged.blocking))
    record(Act.LEAD_OPENED, object_kind="lead", object_uuid=lead.uuid, payload={"reason": reason.strip()}, scope=lead.uuid, occurred_at=now)
    return lead


@transaction.atomic
def override_stop_sign(*, actor: User, lead: Lead, key: str, reason: str, now: datetime) -> StopSignOverride:
    """Take responsibility, by name, for passing one stop sign on the evidence of today; new evidence asks again.

    Raises `Conflict` when the sign no longer stands, `InvalidInput` without a reason.
    """
    require(actor, Permission.OVERRIDE_STOP_SIGN)
    if not reason.strip():
        message = "Say why the sign may be passed: your name stands on the packet."
        raise InvalidInput(message, field="reason")
    hold_leads([lead.pk])
    look = look_at(lead, now)
    sign = next((each for each in look.judged.blocking if sign_key(each) == key), None)
    if sign is None:
        message = "This stop sign no longer stands. Look again."
        raise Conflict(message)
    try:
        with transaction.atomic():
            row = StopSignOverride.objects.create(
                lead=lead,
                access_class_id=lead.access_class_id,
                code=key,
                evaluation_digest=override_digest(look.judged, sign),
                user=actor,
                reason_sealed=seal_words(lead.uuid, reason.strip()),
                occurred_at=now,
            )
    except IntegrityError as error:
        message = "This stop sign has already been overridden."
        raise Conflict(message) from error
    decision = freeze(lead=lead, picture=look.picture)
    record(
        Act.STOP_SIGN_OVERRIDDEN,
        object_kind="lead",
        object_uuid=lead.uuid,
        results=[decision.uuid],
        payload={"sign": key, "sentence": sign.sentence, "reason": reason.strip()},
        scope=lead.uuid,
        occurred_at=now,
    )
    return row
