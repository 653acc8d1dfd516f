"""The states of a lead and of a referral, and every move between them, as one table each (domain.md 6)."""

from __future__ import annotations

from django.db import models

from access.permissions import Permission as P
from foundation.states import Move, StateTable


class LeadState(models.TextChoices):
    """Where a lead stands."""

    NEW = "new", "New"
    AUTO_CLOSED = "auto_closed", "Closed automatically"
    QUEUED = "queued", "In the queue"
    IN_RESEARCH = "in_research", "In research"
    ON_HOLD = "on_hold", "On hold"
    IN_REVIEW = "in_review", "With a supervisor"
    REFERRED = "referred", "Referred"
    ACCEPTED = "accepted", "Accepted by the office"
    RETURNED = "returned", "Returned by the office"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Reopened"


CLOSED_STATES = (LeadState.CLOSED, LeadState.AUTO_CLOSED)
WORKABLE = frozenset({LeadState.QUEUED, LeadState.IN_RESEARCH, LeadState.ON_HOLD, LeadState.RETURNED, LeadState.REOPENED})
OPEN_STATES = tuple(state for state in LeadState if state not in CLOSED_STATES)
REFERRED_STATES = frozenset({LeadState.REFERRED, LeadState.ACCEPTED})


class CloseReason(models.TextChoices):
    """Why a lead is closed (domain.md 6)."""

    DEPARTED = "departed", "Departed"
    IN_STATUS = "in_status", "In lawful status or adjusted"
    PENDING_BENEFIT = "pending_benefit", "Authorized while a filing is pending"
    NO_VIABLE_ADDRESS = "no_viable_address", "All leads exhausted, no viable address"
    ARRESTED = "arrested", "Arrested"
    WRONG_PERSON = "wrong_person", "Wrong person or identity error"
    DUPLICATE = "duplicate", "Duplicate subject"
    DATA_ERROR = "data_error", "Data error at the source"
    DECEASED = "deceased", "Deceased"
    US_PERSON = "us_person", "U.S. citizen or lawful permanent resident"
    IN_CUSTODY = "in_custody", "In custody or in proceedings"
    REFERRED_TO_ERO = "referred_to_ero", "Referred to ERO"
    NEVER_ARRIVED = "never_arrived", "No-show who never arrived"
    CORRECTED_RECORD = "corrected_record", "SEVIS record corrected"
    OUT_OF_SCOPE = "out_of_scope", "Class out of scope"
    TRANSFERRED = "transferred", "Transferred to another unit"
    ORGANIZATION_CASE = "organization_case", "Organization case opened"
    JOINED = "joined", "Joined to another lead of the same person"
    NO_VIOLATION = "no_violation", "No violation found"
    LEGACY = "legacy", "Closed in the legacy system"


CLEARED_REASONS = (
    CloseReason.DEPARTED,
    CloseReason.IN_STATUS,
    CloseReason.PENDING_BENEFIT,
    CloseReason.WRONG_PERSON,
    CloseReason.DATA_ERROR,
    CloseReason.US_PERSON,
    CloseReason.CORRECTED_RECORD,
    CloseReason.NO_VIOLATION,
    CloseReason.NEVER_ARRIVED,
    CloseReason.OUT_OF_SCOPE,
)  # "no violation": leave default search, always show the clearing evidence first


def part_to(state: str) -> str:
    """The action by which a lead that was joined to another stands again where it stood."""
    return f"part_{state}"


JOIN = "join"
JOINED_AND_PARTED = (JOIN, *(part_to(state) for state in OPEN_STATES))


LEAD_MOVES = StateTable(
    [
        Move("queue", frozenset({LeadState.NEW}), LeadState.QUEUED, P.SERVICE, label="Put in the queue"),
        Move("auto_close", frozenset(OPEN_STATES), LeadState.AUTO_CLOSED, P.SERVICE, needs_reason=True, label="Close on evidence"),
        Move("reopen", frozenset(CLOSED_STATES), LeadState.REOPENED, P.SERVICE, needs_reason=True, label="Reopen on new evidence"),
        Move("reopen_by_hand", frozenset(CLOSED_STATES), LeadState.REOPENED, P.DECIDE_LEAD, needs_reason=True, label="Reopen"),
        Move("research", WORKABLE - {LeadState.IN_RESEARCH}, LeadState.IN_RESEARCH, P.CLAIM_LEAD, label="Take into research"),
        Move("release", frozenset({LeadState.IN_RESEARCH}), LeadState.QUEUED, P.CLAIM_LEAD, label="Release to the queue"),
        Move("hold", WORKABLE - {LeadState.ON_HOLD}, LeadState.ON_HOLD, P.DECIDE_LEAD, needs_reason=True, label="Hold"),
        Move("unhold", frozenset({LeadState.ON_HOLD}), LeadState.QUEUED, P.DECIDE_LEAD, label="Take off hold"),
        Move("ask_review", WORKABLE, LeadState.IN_REVIEW, P.REFER_LEAD, needs_reason=True, label="Ask for approval"),
        Move(
            "decline_review",
            frozenset({LeadState.IN_REVIEW}),
            LeadState.IN_RESEARCH,
            P.APPROVE_REFERRAL,
            needs_reason=True,
            label="Send back",
        ),
        Move("refer", WORKABLE | {LeadState.IN_REVIEW}, LeadState.REFERRED, P.REFER_LEAD, label="Refer"),
        Move("recall", REFERRED_STATES, LeadState.IN_RESEARCH, P.RECALL_REFERRAL, needs_reason=True, label="Recall"),
        Move("accept", frozenset({LeadState.REFERRED}), LeadState.ACCEPTED, P.ANSWER_REFERRAL, label="Accept"),
        Move("transfer", REFERRED_STATES, LeadState.REFERRED, P.ANSWER_REFERRAL, needs_reason=True, label="Transfer"),
        Move("return", REFERRED_STATES, LeadState.RETURNED, P.ANSWER_REFERRAL, needs_reason=True, label="Return"),
        Move("close", WORKABLE | REFERRED_STATES, LeadState.CLOSED, P.DECIDE_LEAD, needs_reason=True, label="Close"),
        Move("close_on_outcome", REFERRED_STATES, LeadState.CLOSED, P.REPORT_OUTCOME, needs_reason=True, label="Close on the outcome"),
        Move(JOIN, frozenset(OPEN_STATES), LeadState.AUTO_CLOSED, P.SERVICE, needs_reason=True, label="Joined to another lead"),
        *(  # a split gives a joined lead back as it was
            Move(part_to(state), frozenset({LeadState.AUTO_CLOSED}), state, P.SERVICE, needs_reason=True, label="Taken apart again")
            for state in OPEN_STATES
        ),
        Move("continue_after_outcome", REFERRED_STATES, LeadState.RETURNED, P.REPORT_OUTCOME, needs_reason=True, label="Back to the desk"),
    ]
)


class ReferralState(models.TextChoices):
    """Where a referral stands."""

    SENT = "sent", "Sent"
    ACCEPTED = "accepted", "Accepted"
    RETURNED = "returned", "Returned"
    REPORTED = "reported", "Outcome reported"
    RECALLED = "recalled", "Recalled"
    TRANSFERRED = "transferred", "Transferred"


TAKES_FILES = (ReferralState.SENT, ReferralState.ACCEPTED, ReferralState.REPORTED)  # an outcome's paper may come after the outcome

REFERRAL_MOVES = StateTable(
    [
        Move("accept", frozenset({ReferralState.SENT}), ReferralState.ACCEPTED, P.ANSWER_REFERRAL, label="Accept"),
        Move(
            "return",
            frozenset({ReferralState.SENT, ReferralState.ACCEPTED}),
            ReferralState.RETURNED,
            P.ANSWER_REFERRAL,
            needs_reason=True,
            label="Return",
        ),
        Move(
            "transfer",
            frozenset({ReferralState.SENT, ReferralState.ACCEPTED}),
            ReferralState.TRANSFERRED,
            P.ANSWER_REFERRAL,
            needs_reason=True,
            label="Transfer",
        ),
        Move("report", frozenset({ReferralState.ACCEPTED}), ReferralState.REPORTED, P.REPORT_OUTCOME, label="Report the outcome"),
        Move(
            "recall",
            frozenset({ReferralState.SENT, ReferralState.ACCEPTED}),
            ReferralState.RECALLED,
            P.RECALL_REFERRAL,
            needs_reason=True,
            label="Recall",
        ),
    ]
)


class ReturnReason(models.TextChoices):
    """Why an office sends a referral back."""

    BETTER_ADDRESS = "better_address", "Needs a better address"
    WRONG_OFFICE = "wrong_office", "Belongs to another office"
    RESOURCES = "resources", "Declined for resources"
    OUT_OF_DATE = "out_of_date", "The packet is out of date"
    NOT_ENOUGH = "not_enough", "Not enough to act on"


class OutcomeCode(models.TextChoices):
    """What the office found (domain.md 6)."""

    ARRESTED = "arrested", "Located and arrested"
    LOCATED = "located", "Located, not arrested"
    NOT_LOCATED = "not_located", "Not located"
    DEPARTED = "departed", "Departed"
    IN_STATUS = "in_status", "In lawful status"
    WRONG_PERSON = "wrong_person", "Wrong person"
    DECEASED = "deceased", "Deceased"
    US_PERSON = "us_person", "U.S. citizen or lawful permanent resident"


OUTCOME_CLOSES = {
    OutcomeCode.ARRESTED: CloseReason.ARRESTED,
    OutcomeCode.DEPARTED: CloseReason.DEPARTED,
    OutcomeCode.IN_STATUS: CloseReason.IN_STATUS,
    OutcomeCode.WRONG_PERSON: CloseReason.WRONG_PERSON,
    OutcomeCode.DECEASED: CloseReason.DECEASED,
    OutcomeCode.US_PERSON: CloseReason.US_PERSON,
}  # the others go back to the desk
