"""What the desks of auditors and privacy officers count: acts and refusals of a week, openings by break-glass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Q

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.models import Event
from oversight.selectors.glass import counts_for

DAYS = 7


@dataclass(frozen=True, slots=True)
class Acts:
    """How often each act happened between two days (both included, UTC), and how many of them were refused."""

    first: date
    last: date
    by_act: tuple[tuple[str, int, int], ...]


def acts_for(user: User, today: date) -> Acts:
    """The acts of the last seven days, the most frequent first; one statement. Raises `Forbidden`."""
    require(user, Permission.VIEW_AUDIT)
    first = today - timedelta(days=DAYS - 1)
    since, until = (datetime.combine(day, time(), UTC) for day in (first, today + timedelta(days=1)))
    rows = Event.objects.filter(occurred_at__gte=since, occurred_at__lt=until).order_by().values_list("act")
    counted = rows.annotate(number=Count("pk"), refused=Count("pk", filter=Q(allowed=False))).order_by("-number", "act")
    return Acts(first, today, tuple(counted))


def glass_counts_for(user: User, *, now: datetime) -> dict[str, int]:
    """Openings by break-glass, by what became of their review. Raises `Forbidden`."""
    return counts_for(user, now=now)
