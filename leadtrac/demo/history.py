"""What the demonstration's people did before you came: the real services, played on a past clock.

Each scene asks for as many examples as are still missing, so that a second run adds nothing. Sight, permissions, stop signs
and the audit log hold as they do at the desk.
"""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.context import acting_as
from access.models import Office, User
from access.selectors import service_actor
from audit.context import Work
from foundation.errors import Conflict, DomainError
from leads.models import Lead, Referral
from leads.picture import Wish
from leads.services.answer import accept_referral, report_outcome, return_referral
from leads.services.attachments import attach_file, examine
from leads.services.deciding import close_lead, hold_lead
from leads.services.evaluation import evaluate_touched
from leads.services.notes import write_note
from leads.services.referral import ask_review, propose_referral, recall_referral, refer_lead
from leads.services.triage import claim_lead
from leads.states import CloseReason, LeadState, OutcomeCode, ReferralState, ReturnReason
from leadtrac.demo.backlog import work_off

OFFICES = {"HSI-BOS": ("brandt", "moreau"), "HSI-LOS": ("ishikawa", "delgado")}
ANALYSTS = ("osei", "lindqvist")
LONG_ENOUGH_DAYS = 35
SEARCHED_FOR_AN_OFFICE = 400  # leads looked at before a scene of an office is given up
NOTES = (
    "Checked the newest address: same as on the last school report.",
    "Called the school. The international office confirms the withdrawal, no forwarding address.",
    "Carrier manifest asked for; the name-only departure of August is not this person.",
    "No filing found under either spelling of the name.",
)
CLOSINGS = (
    (CloseReason.DEPARTED, "Departure confirmed by the carrier; the record lacked the document number."),
    (CloseReason.IN_STATUS, "Extension approved before the stay ended, shown in the service center's record."),
    (CloseReason.NO_VIABLE_ADDRESS, "Three addresses checked, all left; nothing newer in any source."),
    (CloseReason.DATA_ERROR, "The admit-until date was mistyped at the port; corrected by the source."),
    (CloseReason.CORRECTED_RECORD, "The school corrected the record: the termination was entered for the wrong student."),
)
OUTCOMES = (OutcomeCode.ARRESTED, OutcomeCode.NOT_LOCATED, OutcomeCode.DEPARTED, OutcomeCode.IN_STATUS, OutcomeCode.WRONG_PERSON)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many examples of each scene the desk should show."""

    claimed: int = 9
    held: int = 5
    closed: int = 14
    waiting: int = 4  # referrals of each office, not yet answered
    accepted: int = 3
    returned: int = 2
    reported: int = 4
    recalled: int = 1
    in_review: int = 3


class Player:
    """Plays scenes as the demonstration's people at past moments. Counts the acts that succeeded."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.random = random.Random(20261122)  # noqa: S311  # a played history, no secret
        self.users = {user.username: user for user in User.objects.filter(demonstration=True)}
        self.acts = 0
        with acting_as(service_actor("leads")):
            since = (now - timedelta(days=LONG_ENOUGH_DAYS)).date()  # a lead is worked on after it was opened, not before
            queued = Lead.objects.filter(state=LeadState.QUEUED, legacy_number="", record_created_on__lte=since).order_by("pk")
            waiting = list(queued.values_list("pk", flat=True))
        self.random.shuffle(waiting)
        self._waiting = deque(waiting)
        self._sorted: defaultdict[str, deque[Lead]] = defaultdict(deque)

    @contextmanager
    def at_desk(self, username: str, days_ago: float) -> Iterator[tuple[User, datetime]]:
        """Somebody at work some days ago; what the rules refuse is simply not played."""
        when = self.now - timedelta(days=days_ago, minutes=self.random.randint(0, 300))
        user = self.users[username]
        try:
            with acting_as(user, Work(actor_id=user.pk, clock=when, view="history")):
                yield user, when
                self.acts += 1
        except DomainError:
            return

    def deal(self) -> Lead | None:
        """A queued lead that no scene has used yet: first those that suit no office of ours, then fresh ones."""
        if self._sorted[""]:
            return self._sorted[""].popleft()
        return self._fresh() or next((leads.popleft() for leads in self._sorted.values() if leads), None)

    def deal_for(self, office: Office) -> Lead | None:
        """A queued lead that may be referred to `office` at once; what does not suit is kept for other scenes."""
        for _ in range(SEARCHED_FOR_AN_OFFICE):
            if self._sorted[office.code]:
                return self._sorted[office.code].popleft()
            lead = self._fresh()
            if lead is None:
                return None
            self._sorted[self._office_of(lead)].append(lead)
        return None

    def _fresh(self) -> Lead | None:
        while self._waiting:
            with acting_as(service_actor("leads")):
                lead = Lead.objects.select_related("subject").filter(pk=self._waiting.popleft(), state=LeadState.QUEUED).first()
            if lead is not None:
                return lead
        return None

    def _office_of(self, lead: Lead) -> str:
        """The office of the demonstration to which the lead may be referred now, or an empty string."""
        user = self.users[ANALYSTS[0]]
        with acting_as(user, Work(actor_id=user.pk, clock=self.now, view="history")):
            proposal = propose_referral(user=user, lead=lead, now=self.now)
        if proposal.office is None or proposal.stops or proposal.needs_approval or proposal.office.code not in OFFICES:
            return ""
        return proposal.office.code

    def analyst(self) -> str:
        """One of the analysts."""
        return self.random.choice(ANALYSTS)


def play_history(*, now: datetime, wanted: Wanted | None = None) -> int:
    """Play what is missing of the history up to `now` (aware); returns how many acts were played."""
    player = Player(now)
    wanted = wanted or Wanted()
    for office in OFFICES:
        _referrals(player, office, wanted)
    _each(player, wanted.closed - _count(state=LeadState.CLOSED, legacy_number=""), _close)
    _each(player, wanted.held - _count(state=LeadState.ON_HOLD, transitions__action="hold"), _hold)
    _reviews(player, wanted.in_review - _count(state=LeadState.IN_REVIEW))
    _each(player, wanted.claimed - _count(state=LeadState.IN_RESEARCH), _research)
    worked_off = work_off(now=now)
    evaluate_touched(actor=service_actor("leads"), now=now)
    return player.acts + worked_off


def _count(**conditions: object) -> int:
    with acting_as(service_actor("leads")):
        return Lead.objects.filter(**conditions).distinct().count()


def _each(player: Player, missing: int, scene: Callable[[Player, Lead], None]) -> None:
    goal = player.acts + max(missing, 0)
    while player.acts < goal:
        lead = player.deal()
        if lead is None:
            return
        scene(player, lead)


def _research(player: Player, lead: Lead) -> None:
    with player.at_desk(player.analyst(), days_ago=0.3) as (user, when):
        claim_lead(actor=user, lead=lead, now=when)
        if player.random.random() < 0.6:
            words = player.random.choice(NOTES)
            write_note(actor=user, lead=lead, text=words, audience="hq", now=when + timedelta(minutes=20))
            _attach(user, lead, words, when + timedelta(minutes=21))


def _attach(user: User, lead: Lead, words: str, when: datetime) -> None:
    content = f"SIMULATED. Record of the conversation.\n\n{words}\n".encode()
    file = examine(name="record of the conversation.txt", content=content, size=len(content))
    attach_file(actor=user, lead=lead, file=file, audience="hq", now=when, about="What was said, in full")


def _hold(player: Player, lead: Lead) -> None:
    with player.at_desk(player.analyst(), days_ago=6) as (user, when):
        claim_lead(actor=user, lead=lead, now=when)
        until = (player.now + timedelta(days=player.random.randint(5, 40))).date()
        hold_lead(actor=user, lead=lead, reason="Waiting for the service center's answer on the receipt.", until=until, now=when)


def _close(player: Player, lead: Lead) -> None:
    reason, words = player.random.choice(CLOSINGS)
    with player.at_desk(player.analyst(), days_ago=player.random.randint(2, 30)) as (user, when):
        claim_lead(actor=user, lead=lead, now=when)
        write_note(actor=user, lead=lead, text=player.random.choice(NOTES), audience="hq", now=when)
        close_lead(actor=user, lead=lead, close_reason=reason, reason=words, now=when + timedelta(minutes=12))


def _reviews(player: Player, missing: int) -> None:
    """Approvals asked for: leads of high risk that nothing blocks."""
    with acting_as(service_actor("leads")):
        waiting = Lead.objects.filter(state=LeadState.QUEUED, risk="high", legacy_number="").order_by("pk")
        high = deque(waiting.select_related("subject", "organization", "office", "access_class"))
    goal = player.acts + max(missing, 0)
    while high and player.acts < goal:
        _review(player, high.popleft())


def _review(player: Player, lead: Lead) -> None:
    with player.at_desk(player.analyst(), days_ago=1) as (user, when):
        proposal = propose_referral(user=user, lead=lead, now=when)
        if proposal.office is None or proposal.stops:
            message = "Nothing to ask for yet."
            raise Conflict(message)
        claim_lead(actor=user, lead=lead, now=when)
        wish = Wish(proposal.office.code, "", ())
        ask_review(actor=user, lead=lead, reason=f"{proposal.office.name}: {proposal.reason}", now=when, wish=wish)


def _referrals(player: Player, office_code: str, wanted: Wanted) -> None:
    """Referrals of one office in every state; each is looked up before one is played."""
    office = Office.objects.get(code=office_code)
    goals = (
        (ReferralState.REPORTED, wanted.reported, 20),
        (ReferralState.RETURNED, wanted.returned, 3),
        (ReferralState.RECALLED, wanted.recalled, 8),
        (ReferralState.ACCEPTED, wanted.accepted, 5),
        (ReferralState.SENT, wanted.waiting, 1),
    )
    for state, goal, days_ago in goals:
        with acting_as(service_actor("leads")):
            missing = goal - Referral.objects.filter(office=office, state=state).count()
        while missing > 0:
            lead = player.deal_for(office)
            if lead is None:
                return
            referral = _send(player, lead, office, days_ago)
            if referral is not None:
                _answer(player, referral, state, OFFICES[office_code], days_ago)
                missing -= 1


def _send(player: Player, lead: Lead, office: Office, days_ago: int) -> Referral | None:
    referral = None
    with player.at_desk(player.analyst(), days_ago=days_ago) as (user, when):
        claim_lead(actor=user, lead=lead, now=when)
        lead.refresh_from_db()
        referral = refer_lead(actor=user, lead=lead, office=office, reason="Address confirmed by two sources.", now=when)
    return referral  # noqa: RET504  # None when the desk refused: `at_desk` plays on


def _answer(player: Player, referral: Referral, state: str, officers: tuple[str, ...], days_ago: int) -> None:
    officer = player.random.choice(officers)
    if state == ReferralState.RECALLED:
        with player.at_desk(player.analyst(), days_ago=days_ago - 1) as (user, when):
            recall_referral(actor=user, referral=referral, reason="A filing came in after sending.", now=when)
        return
    if state in (ReferralState.ACCEPTED, ReferralState.REPORTED):
        with player.at_desk(officer, days_ago=days_ago - 1) as (user, when):
            accept_referral(actor=user, referral=referral, now=when)
            referral.refresh_from_db()
    if state == ReferralState.RETURNED:
        with player.at_desk(officer, days_ago=days_ago - 1) as (user, when):
            words = "The building was sold in spring; nobody of that name on the lease."
            return_referral(actor=user, referral=referral, return_reason=ReturnReason.BETTER_ADDRESS, words=words, now=when)
    if state == ReferralState.REPORTED:
        code = OUTCOMES[player.random.randrange(len(OUTCOMES))]
        with player.at_desk(officer, days_ago=days_ago - 6) as (user, when):
            report_outcome(actor=user, referral=referral, code=code, occurred_on=when.date(), now=when)
