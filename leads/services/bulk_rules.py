"""Which leads an act on many leaves out, and whose act it is. Data only."""

from __future__ import annotations

from access.permissions import Permission
from leads.models import BulkRun
from leads.states import CLOSED_STATES, WORKABLE, LeadState

PERMISSIONS = {
    BulkRun.Kind.CLOSE.value: Permission.DECIDE_LEAD,
    BulkRun.Kind.SNOOZE.value: Permission.DECIDE_LEAD,
    BulkRun.Kind.ASSIGN.value: Permission.ASSIGN_LEAD,
}
TAKEN = "Somebody else has claimed it."
CHANGED = "Somebody has changed it since."
OUT_OF_SIGHT = "It is no longer in sight of whoever ordered this."
NO_LONGER_ALLOWED = "Whoever ordered this may no longer do it."
ANOTHER_OPEN = "The person has another open lead."


def refused_states(kind: str) -> dict[str, str]:
    """The states in which the act is not done, each with the reason that the person reads."""
    words = {
        LeadState.NEW: "It is not in the queue yet.",
        LeadState.IN_REVIEW: "It waits for a supervisor.",
        LeadState.REFERRED: "An office has it: recall it first.",
        LeadState.ACCEPTED: "An office works on it: recall it first.",
    }
    found = {state.value: words.get(state, "It is closed.") for state in LeadState if state not in WORKABLE}
    if kind == BulkRun.Kind.SNOOZE:
        found[LeadState.ON_HOLD.value] = "It is on hold already."
    assert all(state in found for state in CLOSED_STATES)  # noqa: S101  # a lead is never closed twice
    return found
