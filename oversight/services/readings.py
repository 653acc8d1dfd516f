"""Unusual reading: found each night in the events of the day before, and within minutes where it is bulk; reviewed by somebody else."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from access.home import home_index
from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.acts import Act
from audit.keys import data_key
from audit.services import record
from foundation.calendar import is_business_day
from foundation.crypto import seal
from foundation.errors import Conflict, InvalidInput
from foundation.headquarters import DESK_ZONE, desk_day
from oversight import reading_sql as rules
from oversight.models import UnusualReading
from oversight.selectors.readings import reading_for, scope_of
from subjects.search.names import romanized

EVENTS_KEPT = 50
PARTICLES = frozenset({"al", "bin", "da", "de", "del", "della", "der", "di", "dos", "du", "el", "ibn", "la", "le", "van", "von"})
Kind = UnusualReading.Kind
QUESTIONS: dict[str, str] = {
    Kind.NAMESAKE: rules.NAMESAKE,
    Kind.SAME_ADDRESS: rules.SAME_ADDRESS,
    Kind.OUTSIDE_CLAIMS: rules.OUTSIDE_CLAIMS,
    Kind.REPEATS: rules.REPEATS,
    Kind.ODD_HOURS: rules.AT_ODD_HOURS,
    Kind.READERS: rules.OF_THE_READERS,
    Kind.IN_ONE_HOUR: rules.IN_ONE_HOUR,
    Kind.OUT_IN_A_DAY: rules.OUT_IN_A_DAY,
}
RISING = (Kind.IN_ONE_HOUR, Kind.OUT_IN_A_DAY)  # found anew, beside what was found and perhaps reviewed, when the looks have doubled
_FOUND = """
INSERT INTO oversight_unusualreading (uuid, reader_id, kind, day, record_kind, record_uuid, looks, rise, events, found_at, verdict)
SELECT gen_random_uuid(), found.reader, %(kind)s, %(day)s, found.record_kind, found.record, found.looks, coalesce(known.rise + 1, 0),
    found.events[1:%(kept)s], %(now)s, ''
FROM ({question}) AS found (reader, record_kind, record, looks, events)
LEFT JOIN LATERAL (
    SELECT u.looks, u.rise FROM oversight_unusualreading u
    WHERE u.reader_id = found.reader AND u.kind = %(kind)s AND u.day = %(day)s AND u.record_uuid IS NOT DISTINCT FROM found.record
    ORDER BY u.rise DESC LIMIT 1) AS known ON true
WHERE known.looks IS NULL OR (%(rising)s AND found.looks >= 2 * known.looks)
ON CONFLICT DO NOTHING
RETURNING reader_id
"""


@transaction.atomic
def find_unusual(*, actor: User, day: date, now: datetime) -> int:
    """Look through the events of `day` (at headquarters); returns how many findings are new. A day may be looked at again.

    `actor` is the service actor `audit`; `now` (aware) is when it was found.
    """
    require(actor, Permission.SERVICE)
    given = _given(day, now)
    given |= _neighbors(given) | _namesakes(given)
    found = sum(len(_found(kind, question, given)) for kind, question in QUESTIONS.items())
    record(Act.READING_SEARCHED, object_kind="reading", payload={"day": day.isoformat(), "found": found})
    return found


def _neighbors(given: dict[str, Any]) -> dict[str, list[int]]:
    """Readers beside people whom they looked at and whose address is theirs."""
    homes = dict(User.objects.filter(home_index__isnull=False).values_list("pk", "home_index"))
    with connection.cursor() as cursor:
        cursor.execute(rules.ADDRESSES_LOOKED_AT, given)
        looked_at = cursor.fetchall()
    # an address that was entered after `homes` was read is compared the next time
    near = sorted({(reader, who) for reader, who, line, code in looked_at if reader in homes and home_index(line, code) == homes[reader]})
    return _pairs("neighbor", near)


def _namesakes(given: dict[str, Any]) -> dict[str, list[int]]:
    """Readers beside people whom they looked at and one of whose family names, now or before, has a word of theirs."""
    surnames = {user.pk: words for user in User.objects.filter(kind=User.Kind.PERSON) if (words := _surname(user))}
    with connection.cursor() as cursor:
        cursor.execute(rules.FAMILIES_LOOKED_AT, given | {"readers": list(surnames)})
        looked_at = cursor.fetchall()
    near = {(reader, who) for reader, who, family in looked_at if not surnames[reader].isdisjoint(romanized(family).split())}
    return _pairs("namesake", sorted(near))


def _pairs(name: str, near: list[tuple[int, int]]) -> dict[str, list[int]]:
    return {f"{name}_readers": [reader for reader, _ in near], f"{name}_subjects": [subject for _, subject in near]}


def _found(kind: str, question: str, given: dict[str, Any]) -> list[int]:
    """Keep what one question finds; returns whose reading is new."""
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.replace("{question}", question), {**given, "kind": str(kind), "rising": kind in RISING})
        return [reader for (reader,) in cursor.fetchall()]


@transaction.atomic
def find_bulk(*, actor: User, now: datetime) -> list[int]:
    """Look for bulk viewing in the hour and the day before `now` (aware), not only at night; returns whose reading is new.

    `actor` is the service actor `audit`. One finding a person, kind and day at headquarters, and another one each time the looks
    have doubled since the last: whoever reviewed the first is told that it went on. An hour belongs to the day in which it began.
    """
    require(actor, Permission.SERVICE)
    since = now - timedelta(hours=1)
    begun, today = (_given(desk_day(moment), now) for moment in (since, now))
    found = _found(Kind.IN_ONE_HOUR, rules.IN_ONE_HOUR, {**begun, "since": since, "until": now})
    if begun["day"] != today["day"]:  # what left just before midnight
        found += _found(Kind.OUT_IN_A_DAY, rules.OUT_IN_A_DAY, begun)
    found += _found(Kind.OUT_IN_A_DAY, rules.OUT_IN_A_DAY, {**today, "until": now})
    if found:
        record(Act.READING_SEARCHED, object_kind="reading", payload={"found": len(found)})
    return found


def _given(day: date, now: datetime) -> dict[str, Any]:
    zone = ZoneInfo(DESK_ZONE)
    since = datetime.combine(day, time(), zone)
    return {
        "day": day,
        "now": now,
        "zone": DESK_ZONE,
        "since": since,
        "until": datetime.combine(day + timedelta(days=1), time(), zone),
        "fortnight": since - timedelta(days=rules.WITHIN_DAYS - 1),
        "day_off": not is_business_day(day),
        "looking": list(rules.LOOK_ACTS),
        "reading": [*rules.LOOK_ACTS, "list"],
        "working": list(rules.WORK_ACTS),
        "many": rules.MANY_OUTSIDE,
        "many_of_supervisor": rules.MANY_OF_SUPERVISOR,
        "repeated": rules.REPEATED,
        "days": rules.ON_DAYS,
        "at_night": rules.AT_NIGHT,
        "in_an_hour": rules.IN_AN_HOUR,
        "taken_out": rules.TAKEN_OUT,
        "kept": EVENTS_KEPT,
    }


def _surname(user: User) -> frozenset[str]:
    """The words of the surname in plain letters, of one name alone its last part; an initial or a particle tells nothing."""
    name = user.last_name or (user.display_name.split() or [""])[-1]
    return frozenset(word for word in romanized(name).split() if len(word) > 1) - PARTICLES


@transaction.atomic
def review_reading(*, actor: User, reading_uuid: UUID, verdict: str, words: str, now: datetime) -> None:
    """Say whether reading was explained or needs following up, and why.

    Raises `NotFound` (also for one's own reading), `InvalidInput`, `Conflict` when it was reviewed before.
    """
    found = reading_for(actor, reading_uuid).line.reading
    if verdict not in UnusualReading.Verdict.values:
        raise InvalidInput("Choose what you found.", field="verdict")
    if not words.strip():
        raise InvalidInput("Say what you found.", field="words")
    sealed = seal(data_key(scope_of(found), purpose="audit payload"), words.strip().encode(), found.uuid.bytes)
    changed = UnusualReading.objects.filter(pk=found.pk, verdict="").update(
        verdict=verdict, words_sealed=sealed, reviewed_by=actor, reviewed_at=now
    )
    if not changed:
        raise Conflict("Somebody has reviewed this before you.")
    record(
        Act.READING_REVIEWED,
        object_kind="reading",
        object_uuid=found.uuid,
        results=[found.reader.uuid],
        payload={"verdict": str(UnusualReading.Verdict(verdict).label), "words": words.strip()},
        scope=scope_of(found),
    )
