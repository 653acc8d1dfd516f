"""What an office has before it and behind it, counted by the very conditions of its inbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q

from access.models import User
from access.permissions import Permission
from access.policy import require
from leads.clocks import ACT_DAYS
from leads.models import Outcome, Referral
from leads.selectors.referral import STATES
from leads.states import ReferralState


@dataclass(frozen=True, slots=True)
class OfficeFigures:
    """Referrals by tab of the inbox, what is late, what was found, and what was sent back, each by its code."""

    tabs: dict[str, int]
    answer_late: int
    outcome_late: int
    outcomes: dict[str, int]
    returned: dict[str, int]
    people: dict[str, int]  # open referrals by the officer who has them; "" nobody


def office_figures_for(user: User, today: date) -> OfficeFigures:
    """The figures of the user's own offices: row-level security counts no others. Four statements. Raises `Forbidden`."""
    require(user, Permission.ANSWER_REFERRAL)
    late = Q(state=ReferralState.SENT, accept_due_on__lt=today)
    silent = Q(state=ReferralState.ACCEPTED, accepted_at__date__lt=today - timedelta(days=ACT_DAYS))
    names = ("open", "sent", "accepted", "out_of_date", "done")
    wanted = {name: Count("pk", filter=STATES[name]) for name in names}
    found = Referral.objects.aggregate(**wanted, answer_late=Count("pk", filter=late), outcome_late=Count("pk", filter=silent))
    outcomes = Outcome.objects.values_list("code").annotate(number=Count("pk")).order_by("code")
    returned = Referral.objects.filter(state=ReferralState.RETURNED).values_list("return_reason").annotate(number=Count("pk"))
    held = Referral.objects.filter(STATES["open"]).values_list(F("assigned_to__display_name")).annotate(number=Count("pk"))
    return OfficeFigures(
        tabs={name: found[name] for name in names},
        answer_late=found["answer_late"],
        outcome_late=found["outcome_late"],
        outcomes=dict(outcomes),
        returned=dict(returned.order_by("return_reason")),
        people={name or "": number for name, number in held.order_by("assigned_to__display_name")},
    )
