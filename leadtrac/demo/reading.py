"""What the demonstration's people read in the last days: among much work examples of unusual reading."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings

from access.context import acting_as
from access.home import home_index
from access.models import User
from access.selectors import service_actor
from access.services.accounts import keep_home
from audit.acts import Act
from audit.context import Work
from audit.services import record
from foundation.calendar import is_business_day
from foundation.headquarters import DESK_ZONE
from ingest.facts import AddressKind
from leads.models import Claim, Lead
from leads.states import OPEN_STATES
from oversight.models import UnusualReading
from oversight.reading_sql import AT_NIGHT, IN_AN_HOUR, MANY_OUTSIDE, REPEATED, TAKEN_OUT
from oversight.selectors.readings import readings_for
from oversight.services.readings import find_bulk, find_unusual, review_reading
from subjects.models import AddressFact, Subject

NAMESAKE = "MFANO"  # of the scripted cast, and of one analyst
DAYS = 6  # of work, looked through
SOUGHT = 500  # leads among which somebody's neighbor is looked for
MOST_FILES = 90  # a small world is not taken out more often


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
    _look_at_a_neighbor("osei", days[1] + timedelta(hours=1))
    _read_the_record("ferreira", days[2])
    for day in reversed(days):
        with acting_as(service, Work(clock=day + timedelta(days=1), view="history")):
            find_unusual(actor=service, day=day.date(), now=day + timedelta(days=1))
    _view_in_bulk("lindqvist", now)
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


def _look_at_a_neighbor(username: str, start: datetime) -> None:
    """The reader lives in the house of a person whom they look at: an administrator has entered where."""
    with acting_as(service_actor("leads")):
        leads = Lead.objects.filter(access_class__compartments=[], state__in=OPEN_STATES).exclude(subject=None).order_by("pk")
        living = dict(leads.values_list("subject_id", "uuid")[:SOUGHT])
        homes = AddressFact.objects.filter(subject__in=living, kind=AddressKind.RESIDENCE).order_by("pk")
        home = next((each for each in homes if home_index(each.line, each.postal_code) is not None), None)
    if home is None:
        return
    administrator, user = User.objects.get(username="burke"), User.objects.get(username=username)
    with acting_as(administrator, Work(actor_id=administrator.pk, clock=start - timedelta(days=1), view="user_act")):
        words = "Entered from the personnel form."
        keep_home(actor=administrator, user=user, line=home.line, postal_code=home.postal_code, reason=words)
    _look(username, [living[home.subject_id]], start)


def _view_in_bulk(username: str, now: datetime) -> None:
    """In the last hour one person opened record after record, and took the queue out in file after file: what the alarm looks for."""
    with acting_as(service_actor("leads")):
        persons = Subject.objects.filter(access_class__compartments=[]).order_by("pk")
        people = list(persons.values_list("uuid", flat=True)[: IN_AN_HOUR + 9])
        queue = Lead.objects.filter(access_class__compartments=[]).order_by("pk")
        leads = list(queue.values_list("uuid", flat=True)[: settings.EXPORT_ROWS])
    user, service, start = User.objects.get(username=username), service_actor("audit"), now - timedelta(minutes=50)
    for place, person in enumerate(people):
        with acting_as(user, Work(actor_id=user.pk, clock=start + timedelta(seconds=15 * place), view="subject_detail")):
            record(Act.VIEW, object_kind="subject", object_uuid=person)
    files = -(-TAKEN_OUT // len(leads)) if leads else MOST_FILES + 1
    for place in range(files if files <= MOST_FILES else 0):
        with acting_as(user, Work(actor_id=user.pk, clock=start + timedelta(seconds=30 * place), view="queue_export")):
            record(Act.EXPORT, object_kind="export", object_uuid=uuid4(), results=leads)
    with acting_as(service, Work(clock=now, view="history")):
        find_bulk(actor=service, now=now)


def _read_the_record(username: str, start: datetime) -> None:
    user = User.objects.get(username=username)
    for place, view in enumerate(("audit_desk", "audit_actor", "audit_object")):
        with acting_as(user, Work(actor_id=user.pk, clock=start + timedelta(minutes=5 * place), view=view)):
            record(Act.LIST, object_kind="event")


def _review_one(now: datetime) -> None:
    """A privacy officer has looked at the night's work."""
    user = User.objects.get(username="haddad")
    with acting_as(user, Work(actor_id=user.pk, clock=now, view="audit_reading")):
        lines = [line for line in readings_for(user).lines if line.reading.kind == UnusualReading.Kind.ODD_HOURS]
        if lines:
            words = "Covered the late shift for a colleague; the supervisor confirms it."
            review_reading(actor=user, reading_uuid=lines[0].reading.uuid, verdict="explained", words=words, now=now)
