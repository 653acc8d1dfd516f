"""What a field office answers: accept, return, outcome, and the two questions whether a packet still holds.

An office sees its referral and never the lead: the lead moves through a named service actor, in the officer's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from access.context import through_service
from access.models import User
from access.permissions import Permission
from access.selectors import service_actor
from audit.acts import Act
from audit.keys import index_key
from audit.services import record
from foundation.crypto import blind_index
from foundation.errors import Conflict, InvalidInput
from ingest.facts import EncounterKind
from leads.looking import Look, look_at
from leads.models import Lead, Notice, Outcome, Referral
from leads.sealing import seal_words
from leads.selectors.in_hand import require_office
from leads.services.deciding import settle
from leads.services.evaluation import evaluate_subjects
from leads.services.in_order import hold_leads
from leads.services.notices import tell_each
from leads.services.transition import MOVED_ON, LeadMove, freeze, move_lead
from leads.states import CLOSED_STATES, OUTCOME_CLOSES, REFERRAL_MOVES, CloseReason, OutcomeCode, ReferralState, ReturnReason
from subjects.models import EncounterFact, Subject

YES = "Nothing that is known today changes what the packet says."
CHANGED = "What is known has changed since the packet was made. Ask headquarters before you act."
NO = "Do not act on this packet."


@dataclass(frozen=True, slots=True)
class Safety:
    """An answer without content: yes, no or changed; when it was asked, and up to which day the facts reach."""

    answer: str
    words: str
    asked_at: datetime
    as_of: date | None


def checked(referral: Referral, version: int | None, action: str = "", reason: str = "") -> None:
    """Raise `Conflict` when the referral has moved on, or when the named move cannot be made from where it stands."""
    if version is not None and version != referral.version:
        raise Conflict(MOVED_ON)
    if action:
        REFERRAL_MOVES.move(action=action, source=referral.state, reason=reason)


def change_referral(referral: Referral, **changes: Any) -> None:
    """Write the referral if nobody was faster; raises `Conflict`."""
    found = Referral.objects.filter(pk=referral.pk, version=referral.version, state=referral.state)
    if not found.update(version=F("version") + 1, **changes):
        raise Conflict(MOVED_ON)


def locked_lead(referral: Referral) -> Lead:
    """The lead, locked after its subject and before its referral: the order of the evaluation (`leads.services.in_order`)."""
    with through_service(service_actor("leads")):
        hold_leads([referral.lead_id], with_subjects=True)
        return Lead.objects.select_related("subject", "access_class").get(pk=referral.lead_id)


@transaction.atomic
def accept_referral(*, actor: User, referral: Referral, now: datetime, version: int | None = None) -> Referral:
    """Accept a referral for the office; the lead follows."""
    require_office(actor, Permission.ANSWER_REFERRAL, referral)
    checked(referral, version, "accept")
    lead = locked_lead(referral)
    change_referral(referral, state=ReferralState.ACCEPTED, accepted_by=actor, accepted_at=now, assigned_to=referral.assigned_to or actor)
    with through_service(service_actor("leads")):
        move_lead(actor=actor, move=LeadMove(lead=lead, action="accept"), now=now)
    record(Act.REFERRAL_ANSWERED, object_kind="referral", object_uuid=referral.uuid, payload={"answer": "accepted"}, occurred_at=now)
    referral.refresh_from_db()
    return referral


@transaction.atomic
def take_referral(*, actor: User, referral: Referral, now: datetime) -> Referral:
    """Take a referral as one's own inside the office."""
    require_office(actor, Permission.ANSWER_REFERRAL, referral)
    if referral.state not in (ReferralState.SENT, ReferralState.ACCEPTED):
        message = "This referral is no longer open."
        raise Conflict(message)
    change_referral(referral, assigned_to=actor)
    record(Act.REFERRAL_ANSWERED, object_kind="referral", object_uuid=referral.uuid, payload={"answer": "taken"}, occurred_at=now)
    referral.refresh_from_db()
    return referral


@transaction.atomic
def return_referral(
    *, actor: User, referral: Referral, return_reason: str, words: str, now: datetime, version: int | None = None
) -> Referral:
    """Send a referral back with a reason from the list and words; the desk sees it as returned."""
    require_office(actor, Permission.ANSWER_REFERRAL, referral)
    if return_reason not in ReturnReason.values:
        message = "Choose why the referral is returned."
        raise InvalidInput(message, field="return_reason")
    label = str(ReturnReason(return_reason).label)
    reason = f"{label}. {words.strip()}" if words.strip() else label
    checked(referral, version, "return", reason)
    with through_service(service_actor("leads")):
        move_lead(actor=actor, move=LeadMove(lead=locked_lead(referral), action="return", reason=reason), now=now)
        tell_each({(referral.lead_id, referral.sent_by_id)}, Notice.Kind.RETURNED, now=now, because=f"{label}.")
    sealed = seal_words(referral.lead_uuid, reason)
    change_referral(referral, state=ReferralState.RETURNED, return_reason=return_reason, answer_sealed=sealed, answered_at=now)
    record(
        Act.REFERRAL_ANSWERED,
        object_kind="referral",
        object_uuid=referral.uuid,
        payload={"answer": "returned", "reason": reason},
        scope=referral.lead_uuid,
        occurred_at=now,
    )
    referral.refresh_from_db()
    return referral


@transaction.atomic
def report_outcome(
    *,
    actor: User,
    referral: Referral,
    code: str,
    occurred_on: date,
    now: datetime,
    disposition: str = "",
    remarks: str = "",
    version: int | None = None,
) -> Outcome:
    """Report what the office found: a fact, judged at once; the lead closes on it or goes back to the desk.

    The same form sent twice makes one outcome; another one raises `Conflict`. `occurred_on` may not lie ahead.
    """
    require_office(actor, Permission.REPORT_OUTCOME, referral)
    _check_said(code, occurred_on, now)
    said = _said_before(referral, code, occurred_on)
    if said is not None:
        record(Act.VIEW, object_kind="referral", object_uuid=referral.uuid)
        return said
    checked(referral, version, "report")
    lead = locked_lead(referral)
    change_referral(referral, state=ReferralState.REPORTED, answered_at=now)
    outcome = _outcome(actor, referral, code, occurred_on, disposition, remarks.strip(), now)
    with through_service(service_actor("leads")):
        _follow(actor, lead, outcome, now)
    record(
        Act.OUTCOME_REPORTED,
        object_kind="referral",
        object_uuid=referral.uuid,
        results=[outcome.uuid],
        payload={"code": code, "on": occurred_on.isoformat(), "disposition": disposition},
        scope=referral.lead_uuid,
        occurred_at=now,
    )
    referral.refresh_from_db()
    return outcome


def _check_said(code: str, occurred_on: date, now: datetime) -> None:
    if code not in OutcomeCode.values:
        message = "Choose what the office found."
        raise InvalidInput(message, field="code")
    if occurred_on > now.date():
        raise InvalidInput("The day lies ahead.", field="occurred_on")


def _said_before(referral: Referral, code: str, occurred_on: date) -> Outcome | None:
    found = Outcome.objects.filter(referral=referral).first()
    if found is not None and (found.code, found.occurred_on) != (code, occurred_on):
        message = "An outcome of this referral is already on record. Write to headquarters to correct it."
        raise Conflict(message)
    return found


def _outcome(actor: User, referral: Referral, code: str, occurred_on: date, disposition: str, remarks: str, now: datetime) -> Outcome:
    try:
        with transaction.atomic():
            return Outcome.objects.create(
                referral=referral,
                access_class_id=referral.access_class_id,
                code=code,
                occurred_on=occurred_on,
                disposition=disposition[:10],
                remarks_sealed=seal_words(referral.lead_uuid, remarks) if remarks else None,
                reported_by=actor,
                reported_at=now,
            )
    except IntegrityError as error:
        raise Conflict(MOVED_ON) from error


def _follow(actor: User, lead: Lead, outcome: Outcome, now: datetime) -> None:
    """The lead follows the outcome, and its subject is judged again with the outcome among the facts."""
    if lead.subject is not None:
        _as_fact(lead.subject, outcome, now)
    if lead.state not in CLOSED_STATES:
        label = str(OutcomeCode(outcome.code).label)
        closes = OUTCOME_CLOSES.get(OutcomeCode(outcome.code))
        look = look_at(lead, now)
        decision = freeze(lead=lead, picture=look.picture)
        action = "close_on_outcome" if closes else "continue_after_outcome"
        move = LeadMove(lead=lead, action=action, reason=label, close_reason=closes.value if closes else "", decision=decision)
        move_lead(actor=actor, move=move, now=now)
        if closes:
            settle(actor=actor, lead=lead, look=look, reason=CloseReason(closes), now=now)
    if lead.subject_id is not None:
        evaluate_subjects(actor=service_actor("leads"), subject_ids=[lead.subject_id], now=now)


def _as_fact(subject: Subject, outcome: Outcome, now: datetime) -> None:
    EncounterFact.objects.create(
        subject=subject,
        access_class_id=subject.access_class_id,
        source="manual",
        as_of=now.date(),
        record_key=blind_index(index_key(), "outcome", str(outcome.uuid)),
        known_at=now,
        event_number=f"OUTCOME-{outcome.uuid.hex[:12].upper()}",
        kind=EncounterKind.OUTCOME.value,
        occurred_on=outcome.occurred_on,
        agency="field office",
        disposition=outcome.code,
        departed_on=outcome.occurred_on if outcome.code == OutcomeCode.DEPARTED else None,
    )


@transaction.atomic
def acknowledge_out_of_date(*, actor: User, referral: Referral, now: datetime) -> Referral:
    """Confirm to have read that the packet is out of date or recalled."""
    require_office(actor, Permission.ANSWER_REFERRAL, referral)
    if referral.out_of_date_since is None:
        message = "The packet is not out of date."
        raise Conflict(message)
    change_referral(referral, acknowledged_by=actor, acknowledged_at=now)
    record(Act.REFERRAL_ANSWERED, object_kind="referral", object_uuid=referral.uuid, payload={"answer": "acknowledged"}, occurred_at=now)
    referral.refresh_from_db()
    return referral


@transaction.atomic
def safe_to_act(*, actor: User, referral: Referral, now: datetime) -> Safety:
    """Judge the lead again on the newest facts, through the service actor; the answer has no content.

    `yes`: the packet still says what is known. `changed`: it does not. `no`: recalled, closed, or beyond its last day.
    """
    require_office(actor, Permission.ANSWER_REFERRAL, referral)
    with through_service(service_actor("leads")):
        lead = Lead.objects.select_related("subject").get(pk=referral.lead_id)
        look = look_at(lead, now)
    answer, words = _answer(referral, lead, look, now)
    as_of = min(look.judged.snapshot.sources.values(), default=None)
    record(Act.VIEW, object_kind="referral", object_uuid=referral.uuid, fields=[f"safe to act: {answer}"], occurred_at=now)
    return Safety(answer, words, now, as_of)


def _answer(referral: Referral, lead: Lead, look: Look, now: datetime) -> tuple[str, str]:
    if referral.state not in (ReferralState.SENT, ReferralState.ACCEPTED) or lead.state in CLOSED_STATES:
        return "no", NO
    if now.date() > referral.packet.do_not_rely_after:
        return "no", f"{NO} Its last day has passed."
    if lead.subject_id is not None and not look.picture.carries:
        return "no", NO
    if not look.says_what(referral) or referral.out_of_date_since is not None:
        return "changed", CHANGED
    return "yes", YES
