"""What the demonstration's people read in the last days: among much work examples of unusual reading."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from access.context import acting_as
from access.models import User
from access.selectors import service_actor
from audit.acts import Act
from audit.context import Work
from audit.services import record
from foundation.calendar import is_business_day
from leads.models import Claim, Lead
from leads.states import OPEN_STATES
from oversight.models import UnusualReading
from oversight.reading_sql import AT_NIGHT, MANY_OUTSIDE, REPEATED
from oversight.readings import DESK_ZONE, find_unusual, readings_for, review_reading

NAMESAKE = "MFANO"  # of the scripted cast, and of one analyst
DAYS = 6  # of work, looked through


def play_reading(*, now: datetime) -> int:
    """Play the looks of the last days, then the nightly search for what is unusual; returns how many findings there are.

    Plays nothing when the nights have found something already.
    """
    service = service_actor("audit")
    with acting_as(service):
        known = UnusualReading.objects.count()
    if known:
        return known
    days = _days_of_work(now)
    with acting_as(service_actor("leads")):
        found = Lead.objects.filter(access_class__compartments=[]).order_by("pk")
        untouched = found.filter(state__in=OPEN_STATES).exclude(pk__in=Claim.objects.values("lead_id"))
        free = list(untouched.values_list("uuid", flat=True)[: MANY_OUTSIDE + 2])
        namesakes = list(found.filter(subject__family_name=NAMESAKE).values_list("uuid", flat=True)[:2])
    _look("mfano", namesakes, days[1])
    _look("lindqvist", free[:-2], days[2])
    for day in days[:3]:
        _look("mfano", free[-1:] * (REPEATED // 3), day + timedelta(hours=2))
    _look("lindqvist", free[-2:-1] * (AT_NIGHT + 1), days[3].replace(hour=23))
    _read_the_record("ferreira", days[2])
    for day in reversed(days):
        with acting_as(service, Work(clock=day + timedelta(days=1), view="history")):
            find_unusual(actor=service, day=day.date(), now=day + timedelta(days=1))
    _review_one(days[0])
    with acting_as(service):
        return UnusualReading.objects.count()


def _days_of_work(now: datetime) -> list[datetime]:
    """Ten in the morning at headquarters of the last working days that are over, the newest first."""
    zone = ZoneInfo(DESK_ZONE)
    day = now.astimezone(zone).date()
    found: list[datetime] = []
    while len(found) < DAYS:
        day -= timedelta(days=1)
        if is_business_day(day):
            found.append(datetime.combine(day, time(10), zone))
    return found


def _look(username: str, leads: Iterable[UUID], start: datetime) -> None:
    user = User.objects.get(username=username)
    for place, lead in enumerate(leads):
        when = start + timedelta(minutes=3 * place)
        with acting_as(user, Work(actor_id=user.pk, clock=when, view="lead_page")):
            record(Act.VIEW, object_kind="lead", object_uuid=lead)


def _read_the_record(username: str, start: datetime) -> None:
    user = User.objects.get(username=username)
    for place, view in enumerate(("audit_desk", "audit_actor", "audit_object")):
        with acting_as(user, Work(actor_id=user.pk, clock=start + timedelta(minutes=5 * place), view=view)):
            record(Act.LIST, object_kind="event")


def _review_one(now: datetime) -> None:
    """A privacy officer has looked at the night's work."""
    user = User.objects.get(username="haddad")
    with acting_as(user, Work(actor_id=user.pk, clock=now, view="audit_reading")):
        lines = [line for line in readings_for(user) if line.reading.kind == UnusualReading.Kind.ODD_HOURS]
        if lines:
            words = "Covered the late shift for a colleague; the supervisor confirms it."
            review_reading(actor=user, reading_uuid=lines[0].reading.uuid, verdict="explained", words=words, now=now)
