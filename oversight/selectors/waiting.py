"""What waits for a privacy officer's word: the numbers beside the places of the navigation."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import QuerySet, Value

from access.models import User
from access.permissions import Permission
from access.policy import can
from oversight.models import BreakGlass, CompartmentMove


def waiting_for(user: User) -> Counter[str]:
    """By name of a page, how many openings and requests of others wait for the user there: one query for all."""
    asked: list[QuerySet[Any, Any]] = []
    if can(user, Permission.REVIEW_BREAK_GLASS):
        asked.append(BreakGlass.objects.filter(verdict="").exclude(user=user).order_by().values_list(Value("break_glass_list"), flat=True))
    if can(user, Permission.PROTECT_PERSON):
        moves = CompartmentMove.objects.filter(state=CompartmentMove.State.WAITING).exclude(asked_by=user)
        asked.append(moves.order_by().values_list(Value("compartment_moves"), flat=True))
    return Counter(asked[0].union(*asked[1:], all=True)) if asked else Counter()
