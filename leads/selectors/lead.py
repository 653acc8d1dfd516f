"""One lead as one reader may see it: the picture, what can be done, its history, notes and frozen decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from access.models import User
from access.permissions import Permission
from access.policy import Decision as Allowed
from access.policy import can
from foundation.errors import NotFound
from leads.looking import look_at, route_of
from leads.models import Claim, Decision, Finding, Lead, Note, Referral, SystemCheck, Transition, Wait
from leads.numbers import normalize
from leads.picture import OUTCOME_WORDS, Picture, load, rule_title
from leads.routing.areas import OfficeKind
from leads.routing.route import Route, route
from leads.sealing import read_all, read_bytes
from leads.selectors.history import Event, history_for
from leads.selectors.in_hand import reader_marks
from leads.services.waiting import wait_words
from leads.states import LEAD_MOVES, WORKABLE, CloseReason, LeadState, ReferralState
from subjects.models import Subject

__all__ = (
    "ActionView",
    "DecisionView",
    "Event",
    "FindingView",
    "LeadDetail",
    "NoteView",
    "close_reasons",
    "decision_for",
    "history_for",
    "lead_detail_for",
    "lead_for",
    "notes_for",
)

_BY_HAND = ("research", "release", "hold", "unhold", "ask_review", "decline_review", "refer", "recall", "close", "reopen_by_hand")
_BY_THE_SYSTEM = frozenset({CloseReason.JOINED, CloseReason.LEGACY})


@dataclass(frozen=True, slots=True)
class ActionView:
    """Something that can be done with the lead, or the reason why this person cannot."""

    action: str
    label: str
    allowed: bool
    reason: str
    needs_reason: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """One answer of a rule, as it was recorded."""

    rule_title: str
    rule_version: str
    outcome: str
    outcome_words: str
    sentence: str
    holds_from: date | None
    as_of: date
    recorded_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note, opened."""

    uuid: UUID
    author: str
    mine: bool
    written_at: datetime
    text: str
    audience: str
    audience_label: str
    replaced: bool


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision as it was seen."""

    lead: Lead
    picture: Picture
    seen_at: datetime
    who: str
    action: str
    label: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDetail:
    """All that the lead's page shows above its tabs."""

    lead: Lead
    picture: Picture
    subject: Subject | None
    claim: Claim | None
    mine: bool
    actions: tuple[ActionView, ...]
    referrals: tuple[Referral, ...]
    open_referral: Referral | None
    other_leads: tuple[Lead, ...]
    findings: tuple[FindingView, ...]
    ero: Route  # which ERO office has the place, for a lead that is referred there
    proposed_office: str  # where a referral would go by the best address; empty: unroutable
    waits_for: str  # on hold: what would wake it before its day, in words
    checked: bool  # whether somebody entered a check by hand

    @property
    def named(self) -> list[UUID]:
        """The ids of the other records that the page names: person or organization, referrals, further leads."""
        about = [each.uuid for each in (self.subject, self.lead.organization) if each is not None]
        return [*about, *(each.uuid for each in self.referrals), *(each.uuid for each in self.other_leads)]


def lead_for(user: User, number: str) -> Lead:  # the database knows who asks; the name says whose view it is
    """The lead with that number, as typed, with `reader_marks`. Raises `NotFound` for none and for one out of sight alike."""
    found = (
        Lead.objects.select_related("subject__access_class", "organization", "office", "access_class")
        .annotate(**reader_marks(user, timezone.now()), checked=Exists(SystemCheck.objects.filter(lead=OuterRef("pk"))))
        .filter(number=normalize(number))
        .first()
    )
    if found is None:
        raise NotFound
    return found


def is_as_left(user: User, number: str, version: int, *, claimed: bool) -> bool:
    """Whether nothing has moved the lead since that version; `claimed`: and the user still holds it."""
    found = Lead.objects.filter(number=number, version=version)
    if claimed:
        found = found.filter(Exists(Claim.objects.filter(lead=OuterRef("pk"), user=user, released_at=None)))
    return found.exists()


def lead_detail_for(user: User, number: str, *, now: datetime) -> LeadDetail:
    """The lead's page: judged on what is known now, source ages counted to `now`."""
    lead = lead_for(user, number)
    lasts = Q() if lead.state == LeadState.IN_REVIEW else Q(until__gt=now)  # no lease ends while a supervisor has it
    claim = Claim.objects.filter(lasts, lead=lead, released_at=None).select_related("user").first()
    look = look_at(lead, now)
    referrals = tuple(Referral.objects.filter(lead=lead).select_related("office", "packet", "outcome").order_by("-pk"))
    others = Lead.objects.filter(subject_id=lead.subject_id).exclude(pk=lead.pk) if lead.subject_id else Lead.objects.none()
    return LeadDetail(
        lead=lead,
        picture=look.picture,
        subject=lead.subject,
        claim=claim,
        mine=bool(claim and claim.user_id == user.pk),
        actions=_actions(user, lead, claim),
        referrals=referrals,
        open_referral=next((each for each in referrals if each.state in (ReferralState.SENT, ReferralState.ACCEPTED)), None),
        other_leads=tuple(others.order_by("-pk")[:20]),
        findings=_findings(lead),
        ero=route_of(lead, look, now.date(), OfficeKind.ERO),
        proposed_office=route(look.judged.snapshot.addresses, now.date()).office_name,
        waits_for=_waits_for(lead),
        checked=vars(lead)["checked"],
    )


def _waits_for(lead: Lead) -> str:
    wait = Wait.objects.filter(lead=lead, ended_at=None).first() if lead.state == LeadState.ON_HOLD else None
    return wait_words(wait.kind, wait.source) if wait else ""


def _actions(user: User, lead: Lead, claim: Claim | None) -> tuple[ActionView, ...]:
    found = []
    for move in LEAD_MOVES.actions_from(lead.state):
        if move.action in _BY_HAND:
            waits = move.action == "refer" and lead.state == LeadState.IN_REVIEW
            decision = _may_approve(user, lead) if waits else can(user, Permission(move.permission))
            found.append(ActionView(move.action, move.label, bool(decision), decision.reason, move.needs_reason))
    may_claim = can(user, Permission.CLAIM_LEAD)
    if lead.state in WORKABLE:
        taken = claim is not None and claim.user_id != user.pk
        reason = f"{claim.user.label} has claimed it." if claim is not None and taken else may_claim.reason
        found.append(ActionView("claim", "Claim", bool(may_claim) and not taken, reason, needs_reason=False))
        may_assign = can(user, Permission.ASSIGN_LEAD)
        found.append(ActionView("assign", "Assign", bool(may_assign), may_assign.reason, needs_reason=True))
    return tuple(found)


def _may_approve(user: User, lead: Lead) -> Allowed:
    """Whether the user is the second person whom a lead with a supervisor waits for."""
    if not can(user, Permission.APPROVE_REFERRAL):
        return Allowed(allowed=False, reason="It waits for a supervisor.")
    asked = lead.transitions.filter(action="ask_review").order_by("-pk").values_list("actor_id", flat=True).first()
    if asked == user.pk:
        return Allowed(allowed=False, reason="You asked for this approval: somebody else must agree.")
    return Allowed(allowed=True)


def _findings(lead: Lead) -> tuple[FindingView, ...]:
    rows = list(Finding.objects.filter(lead=lead).order_by("-pk")[:200])
    seen: set[tuple[str, str]] = set()
    found = []
    for row in rows:
        matter = (row.rule_id, row.matter_key)
        found.append(
            FindingView(
                rule_title=rule_title(row.rule_id),
                rule_version=row.rule_version,
                outcome=row.outcome,
                outcome_words=OUTCOME_WORDS[row.outcome],
                sentence=row.sentence,
                holds_from=row.holds_from,
                as_of=row.as_of,
                recorded_at=row.recorded_at,
                current=matter not in seen,
            )
        )
        seen.add(matter)
    return tuple(found)


def notes_for(user: User, lead: Lead) -> tuple[NoteView, ...]:
    """The notes that the user may read, newest first; replaced versions stay and say so."""
    rows = list(Note.objects.filter(lead=lead).select_related("author").order_by("-written_at", "-pk"))
    replaced = {row.replaces_id for row in rows}
    texts = read_all(lead.uuid, [row.sealed for row in rows])
    return tuple(
        NoteView(
            uuid=row.uuid,
            author=row.author.label,
            mine=row.author_id == user.pk,
            written_at=row.written_at,
            text=text,
            audience=row.audience,
            audience_label=str(row.get_audience_display()),
            replaced=row.pk in replaced,
        )
        for row, text in zip(rows, texts, strict=True)
    )


def decision_for(user: User, decision_uuid: UUID) -> DecisionView:  # as in `lead_for`
    """What was seen when a decision was taken. Raises `NotFound`, and `KeyDestroyed` once the lead is destroyed."""
    row = Decision.objects.select_related("lead").filter(uuid=decision_uuid).first()
    if row is None:
        raise NotFound
    move = Transition.objects.filter(decision=row).select_related("actor").first()
    reason = read_all(row.lead.uuid, [move.reason_sealed])[0] if move else ""
    return DecisionView(
        lead=row.lead,
        picture=load(read_bytes(row.lead.uuid, row.sealed)),
        seen_at=move.occurred_at if move else row.recorded_at,
        who=move.actor.label if move else "",
        action=move.action if move else "",
        label=action_label(move.action) if move else "Stop sign overridden",
        words=reason,
    )


def action_label(action: str) -> str:
    """The desk's words for a move."""
    return next((move.label for move in LEAD_MOVES.moves if move.action == action), action.replace("_", " "))


def state_label(state: str) -> str:
    """The desk's words for a state."""
    return str(LeadState(state).label)


def close_reasons() -> list[tuple[str, str]]:
    """The reasons that a person may choose."""
    return [(reason.value, str(reason.label)) for reason in CloseReason if reason not in _BY_THE_SYSTEM]
