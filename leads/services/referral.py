"""Referring a lead to a field office: the proposal, the approval, the packet, the recall."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from access.models import Office, User
from access.permissions import Permission
from access.policy import can, require
from access.selectors import offices_on
from audit.acts import Act
from audit.services import record
from foundation.calendar import add_business_days
from foundation.errors import Conflict, InvalidInput
from leads.clocks import ACCEPT_DAYS
from leads.looking import Look, look_at, route_of
from leads.models import Claim, Finding, Lead, QualitySample, Referral
from leads.packet.body import address_words, evidence_against
from leads.packet.organization import place_of
from leads.picture import Picture, SignView, Wish, load
from leads.routing.addresses import rank_addresses
from leads.routing.route import Route
from leads.sealing import read_bytes, read_words, seal_words
from leads.selectors.interest import Interest, interests_of
from leads.services.packet_files import chosen_files
from leads.services.packets import do_not_rely_after
from leads.services.quality import is_referral_drawn, sample_referral, settle_referral_sample
from leads.services.sending import Sending, send_referral
from leads.services.transition import MOVED_ON, LeadMove, freeze, move_lead
from leads.staleness import no_longer_holds
from leads.states import LEAD_MOVES, REFERRAL_MOVES, LeadState, ReferralState

DRAWN = "Drawn by chance: a share of all referrals goes to a second person before it is sent."
FALLEN = "No finding stands any more, and evidence answers what there was: there is nothing to refer. Close the lead, or hold it."
DIGEST_MOVED = "What is known has changed since you looked. Look again before you refer."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """An approval that waits for a supervisor. `changed`: what stands now is not what was asked for."""

    by: User
    at: datetime
    words: str
    wish: Wish | None
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a referral would be, before anybody sends it."""

    lead: Lead
    picture: Picture
    address: str
    office: Office | None
    reason: str
    weak_address: bool
    candidates: tuple[Office, ...]
    refused: str  # why there is nothing to refer at all; empty where there is
    stops: tuple[SignView, ...]
    overridden: tuple[SignView, ...]
    needs_approval: bool
    approval_because: str
    must_ask: bool  # the approval of a second person is still missing: ask for review instead of referring
    sentences: tuple[str, ...]
    accept_due_on: date
    do_not_rely_after: date
    digest: str
    interests: tuple[Interest, ...]
    asking: Asking | None  # the approval that is under way
    look: Look


def propose_referral(*, user: User, lead: Lead, now: datetime) -> Proposal:
    """Judge the lead again and say where it would go, what stops it, and what its packet would say first.

    Raises `Forbidden`. Nothing is written.
    """
    require(user, Permission.REFER_LEAD)
    look = look_at(lead, now)
    today = now.date()
    chosen = route_of(lead, look, today)
    offices = tuple(offices_on(today).exclude(kind=Office.Kind.HEADQUARTERS))
    overridden = tuple(sign for sign in look.picture.stop_signs if sign.blocking and sign.overridden_by)
    because = _approval_because(lead, look, overridden)
    return Proposal(
        lead=lead,
        picture=look.picture,
        address=place_of(lead.organization) if lead.organization else _address(look, chosen, today),
        office=next((office for office in offices if office.code == chosen.office_code), None),
        reason=chosen.reason,
        weak_address=chosen.weak,
        candidates=offices,
        refused=_refused(lead, look),
        stops=tuple(sign for sign in look.picture.stop_signs if sign.stops),
        overridden=overridden,
        needs_approval=bool(because),
        approval_because=because,
        must_ask=bool(because) and not (lead.state == LeadState.IN_REVIEW and can(user, Permission.APPROVE_REFERRAL)),
        sentences=_sentences(look, overridden),
        accept_due_on=add_business_days(today, ACCEPT_DAYS),
        do_not_rely_after=do_not_rely_after(look.judged, today),
        digest=_digest(look.picture, chosen),
        interests=interests_of(lead, apart_from=None, now=now),
        asking=_asking(lead, look),
        look=look,
    )


def _refused(lead: Lead, look: Look) -> str:
    """Why it is not to be referred. A lead that a rule opened does not become a tip when its finding falls."""
    if not any(move.action == "refer" for move in LEAD_MOVES.actions_from(lead.state)):
        return f"The lead is now “{LeadState(lead.state).label.lower()}”."
    if lead.subject_id is None:
        return ""
    fallen = look.picture.fallen or (look.picture.tip and Finding.objects.filter(lead=lead).exists())
    return FALLEN if fallen else ""


def _address(look: Look, chosen: Route, today: date) -> str:
    found = (choice.address for choice in rank_addresses(look.judged.snapshot.addresses, today) if choice.fact_id == chosen.address_fact_id)
    return next((address_words(address) for address in found), "")


def _approval_because(lead: Lead, look: Look, overridden: tuple[SignView, ...]) -> str:
    """Why a second person must agree; empty when nobody need."""
    if look.picture.protected:
        return "The record is handled in a compartment: a supervisor must agree."
    if overridden:
        return "A stop sign was overridden: a supervisor must agree."
    if look.picture.risk.band == "high":
        return "The risk is high: a supervisor must agree."
    if is_referral_drawn(lead) or _is_sample(lead):
        return DRAWN
    return ""


def _is_sample(lead: Lead) -> bool:
    """Whether the approval under way was asked for because the referral was drawn."""
    return lead.state == LeadState.IN_REVIEW and QualitySample.objects.filter(lead=lead, kind="referral", verdict="").exists()


def _sentences(look: Look, overridden: tuple[SignView, ...]) -> tuple[str, ...]:
    """What the packet says first: all that speaks against the lead."""
    against = [each["sentence"] for each in evidence_against(look.picture)]
    passed = [f"{sign.sentence} Overridden by {sign.overridden_by}." for sign in overridden]
    open_signs = [sign.sentence for sign in look.picture.stop_signs if sign.stops]
    return (*against, *passed) or tuple(open_signs) or ("Nothing on record speaks against the lead.",)


def _digest(picture: Picture, chosen: Route) -> str:
    passed = sorted((sign.key, sign.overridden_by) for sign in picture.stop_signs if sign.blocking)
    text = json.dumps([picture.evaluation_digest, chosen.office_code, chosen.address_fact_id, passed])
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def ask_review(*, actor: User, lead: Lead, reason: str, now: datetime, version: int | None = None, wish: Wish | None = None) -> Lead:
    """Ask a supervisor to approve the referral. `wish`: the office and the files, kept so that the supervisor need not choose again.

    Raises `Conflict` where the supervisor could only refuse: there is nothing to refer.
    """
    require(actor, Permission.REFER_LEAD)
    _check_version(lead, version)
    look = look_at(lead, now)
    if refused := _refused(lead, look):
        raise Conflict(refused)
    drawn = is_referral_drawn(lead)
    decision = freeze(lead=lead, picture=replace(look.picture, wish=wish))
    moved = move_lead(actor=actor, move=LeadMove(lead=lead, action="ask_review", reason=reason, decision=decision), now=now)
    leading = look.judged.leading
    if drawn:
        sample_referral(
            lead=moved, rule_id=leading.rule_id if leading else "", rule_version=str(leading.rule_version) if leading else "", now=now
        )
    return moved


@transaction.atomic
def decline_review(*, actor: User, lead: Lead, reason: str, now: datetime, finding_is_wrong: bool, version: int | None = None) -> Lead:
    """Send a lead that waits for approval back to the desk, with a reason.

    Of a referral that was drawn, only a wrong finding disagrees with the rule; what is wrong with address, office or files does not.
    """
    require(actor, Permission.APPROVE_REFERRAL)
    _check_version(lead, version)
    decision = freeze(lead=lead, picture=look_at(lead, now).picture)
    verdict = QualitySample.Verdict.DISAGREE if finding_is_wrong else QualitySample.Verdict.AGREE
    settle_referral_sample(actor=actor, lead=lead, verdict=verdict, now=now)
    lease = now + timedelta(hours=settings.CLAIM_LEASE_HOURS)  # whoever asked has it again, for as long as after a claim
    Claim.objects.filter(lead=lead, released_at=None).update(until=lease)
    return move_lead(actor=actor, move=LeadMove(lead=lead, action="decline_review", reason=reason, decision=decision), now=now)


@transaction.atomic
def refer_lead(
    *,
    actor: User,
    lead: Lead,
    office: Office,
    reason: str,
    now: datetime,
    digest: str | None = None,
    version: int | None = None,
    files: Collection[UUID] = (),
) -> Referral:
    """Send the lead to an office with its packet. `digest` is that of the proposal which the person saw.

    `files` are the ids of the lead's files that go along: the office gets a copy of each, the packet names it with its digest.
    Raises `Conflict` while a stop sign stands that nobody passed by name, when what is known has changed since, when
    the approval of a supervisor is missing (or would be one's own), and `InvalidInput` for an office that is none.
    """
    _check_version(lead, version)
    proposal = propose_referral(user=actor, lead=lead, now=now)
    _check(actor, proposal, office, digest)
    look = proposal.look
    decision = freeze(lead=lead, picture=look.picture)
    approved_by = _approving(actor, lead, now)
    sending = Sending(
        lead=lead,
        look=look,
        office=office,
        reason=reason.strip() or proposal.reason,
        sent_by=_asked_by(lead) if approved_by else actor,
        approved_by=approved_by,
        decision=decision,
        compartments=lead.access_class.compartments,
        files=chosen_files(lead, files),
    )
    move_lead(actor=actor, move=LeadMove(lead=lead, action="refer", reason=reason, office_id=office.pk, decision=decision), now=now)
    referral = send_referral(sending, now)
    Claim.objects.filter(lead=lead, released_at=None).update(released_at=now)
    Lead.objects.filter(pk=lead.pk).update(evaluation_digest=look.picture.evaluation_digest)
    return referral


def _check_version(lead: Lead, version: int | None) -> None:
    if version is not None and version != lead.version:
        raise Conflict(MOVED_ON)


def _check(actor: User, proposal: Proposal, office: Office, digest: str | None) -> None:
    if digest is not None and digest != proposal.digest:
        raise Conflict(DIGEST_MOVED)
    if proposal.stops and not proposal.refused:
        message = f"A stop sign stands: {proposal.stops[0].sentence} Refresh it, or override it by name with a reason."
        raise Conflict(message)
    if proposal.refused:
        raise Conflict(proposal.refused)
    if office.pk not in {candidate.pk for candidate in proposal.candidates}:
        message = "Choose one of the listed offices."
        raise InvalidInput(message, field="office")
    if proposal.needs_approval:
        _check_approval(actor, proposal)


def _check_approval(actor: User, proposal: Proposal) -> None:
    if not can(actor, Permission.APPROVE_REFERRAL):
        raise Conflict(proposal.approval_because)
    if proposal.lead.state != LeadState.IN_REVIEW:
        message = f"{proposal.approval_because} Ask for approval first: one person does not do both."
        raise Conflict(message)
    asked_by = _asked_by(proposal.lead)
    if asked_by == actor or actor.label in {sign.overridden_by for sign in proposal.overridden}:
        message = "You asked for this approval or overrode a sign yourself: somebody else must agree."
        raise Conflict(message)


def _asking(lead: Lead, look: Look) -> Asking | None:
    if lead.state != LeadState.IN_REVIEW:
        return None
    asked = lead.transitions.filter(action="ask_review").select_related("actor", "decision").latest("pk")
    seen = load(read_bytes(lead.uuid, asked.decision.sealed)) if asked.decision else None
    return Asking(
        by=asked.actor,
        at=asked.occurred_at,
        words=read_words(lead.uuid, asked.reason_sealed),
        wish=seen.wish if seen else None,
        changed=seen is not None and seen.evaluation_digest != look.picture.evaluation_digest,
    )


def _approving(actor: User, lead: Lead, now: datetime) -> User | None:
    """The supervisor who sends what somebody else asked for, and so agrees with it; None where nobody asked."""
    if lead.state != LeadState.IN_REVIEW:
        return None
    settle_referral_sample(actor=actor, lead=lead, verdict=QualitySample.Verdict.AGREE, now=now)
    return actor


def _asked_by(lead: Lead) -> User:
    """Who asked for the approval under way."""
    return lead.transitions.filter(action="ask_review").select_related("actor").latest("pk").actor


@transaction.atomic
def recall_referral(*, actor: User, referral: Referral, reason: str, now: datetime, version: int | None = None) -> Referral:
    """Take a referral back; the office sees at once that it must not act on the packet."""
    require(actor, Permission.RECALL_REFERRAL)
    if version is not None and version != referral.version:
        raise Conflict(MOVED_ON)
    REFERRAL_MOVES.move(action="recall", source=referral.state, reason=reason)
    lead = Lead.objects.select_related("subject", "access_class").get(pk=referral.lead_id)
    decision = freeze(lead=lead, picture=look_at(lead, now).picture)
    move_lead(actor=actor, move=LeadMove(lead=lead, action="recall", reason=reason, decision=decision), now=now)
    changed = Referral.objects.filter(pk=referral.pk, version=referral.version).update(
        state=ReferralState.RECALLED,
        answer_sealed=seal_words(lead.uuid, reason.strip()),
        answered_at=now,
        version=F("version") + 1,
        **no_longer_holds(now, "Headquarters has recalled this referral. Do not act on its packet."),
    )
    if not changed:
        raise Conflict(MOVED_ON)
    record(
        Act.REFERRAL_RECALLED,
        object_kind="referral",
        object_uuid=referral.uuid,
        payload={"reason": reason.strip()},
        scope=lead.uuid,
        occurred_at=now,
    )
    referral.refresh_from_db()
    return referral
