"""How many people could not be judged, and since when: figures only, so that everybody who works here may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from access.models import User
from access.permissions import Permission
from access.policy import can, require
from leads.models import UnderJudgement


@dataclass(frozen=True, slots=True)
class NotJudged:
    """People over whom judging broke off, each by itself."""

    people: int
    since: datetime | None


def not_judged_for(user: User) -> NotJudged:
    """The people whom the rules could not judge so far. Raises `Forbidden`."""
    if not can(user, Permission.HANDLE_EXTRACT):
        require(user, Permission.VIEW_RULE_BOOK)
    found = UnderJudgement.objects.filter(alone=True).aggregate(people=Count("pk"), since=Min("since"))
    return NotJudged(found["people"], found["since"])
