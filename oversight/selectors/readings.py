"""Unusual reading as the pages show it: about others, with its reason in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from access.models import User
from access.permissions import Permission
from access.policy import require
from audit.keys import KeyDestroyed, existing_key, named_scope
from audit.models import Event
from foundation.crypto import unseal
from foundation.errors import NotFound
from oversight import reading_sql as rules
from oversight.models import UnusualReading
from oversight.selectors.closed import closed_among
from oversight.selectors.events import EventLine, lines_of
from oversight.selectors.paging import page_of

PAGE_ROWS = 50
Kind = UnusualReading.Kind


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One finding as the list shows it."""

    reading: UnusualReading
    who: str
    why: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """Findings in the order of their list; the id leads on, None where the list ends."""

    lines: tuple[ReadingLine, ...]
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class ReadingDetail:
    """One finding with its events; `words` is what the reviewer wrote, empty before the review.

    No record, and no words, where it lies in a compartment for which the reader is not cleared.
    """

    line: ReadingLine
    record_uuid: UUID | None
    events: tuple[EventLine, ...]
    words: str


def readings_for(user: User, *, reviewed: bool = False, after: UUID | None = None) -> ReadingPage:
    """What was found about others and waits for a review, the oldest day first; or what was reviewed, the newest first.

    Raises `Forbidden`.
    """
    require(user, Permission.VIEW_AUDIT)
    found = UnusualReading.objects.select_related("reader", "reviewed_by").exclude(reader=user)
    found = found.exclude(verdict="") if reviewed else found.filter(verdict="")
    rows, more = page_of(found, by="day", newest_first=reviewed, after=after, rows=PAGE_ROWS)
    return ReadingPage(tuple(_line(each) for each in rows), rows[-1].uuid if more else None)


def waiting_for(user: User) -> int:
    """How many findings about others wait for a review."""
    return UnusualReading.objects.exclude(reader=user).filter(verdict="").count()


def reading_for(user: User, reading_uuid: UUID) -> ReadingDetail:
    """One finding about somebody else, with its events; raises `NotFound`."""
    require(user, Permission.VIEW_AUDIT)
    found = UnusualReading.objects.select_related("reader", "reviewed_by").exclude(reader=user).filter(uuid=reading_uuid).first()
    if found is None:
        raise NotFound
    events = Event.objects.filter(uuid__in=found.events).order_by("-occurred_at", "-id")
    lines = lines_of(events)
    closed = closed_among([found.record_uuid]) or any(line.closed for line in lines)
    return ReadingDetail(_line(found), None if closed else found.record_uuid, lines, "" if closed else _opened(found))


def scope_of(reading: UnusualReading) -> UUID:
    """Words about reading share a key of the year in which it was done."""
    return named_scope(f"readings {reading.day:%Y}")


def _opened(reading: UnusualReading) -> str:
    if not reading.words_sealed:
        return ""
    try:
        return unseal(existing_key(scope_of(reading)), bytes(reading.words_sealed), reading.uuid.bytes).decode()
    except KeyDestroyed:
        return ""


def _line(reading: UnusualReading) -> ReadingLine:
    reviewer = reading.reviewed_by.label if reading.reviewed_by else ""
    return ReadingLine(reading, reading.reader.label, why_of(reading), reviewer)


def why_of(reading: UnusualReading) -> str:
    """The reason in a sentence."""
    looks = f"{reading.looks} look{'s' if reading.looks != 1 else ''}"
    sentences: dict[str, str] = {
        Kind.NAMESAKE: f"{looks} at records of people with the reader’s own surname.",
        Kind.SAME_ADDRESS: f"{looks} at records of people who live, or lived, where the reader lives.",
        Kind.OUTSIDE_CLAIMS: f"{reading.looks} people (or leads) opened whom the reader neither held nor worked on.",
        Kind.REPEATS: f"{looks} at one record within {rules.WITHIN_DAYS} days, without any act.",
        Kind.ODD_HOURS: f"{looks} at night (22:00 to 05:00) or on a day off.",
        Kind.READERS: f"{looks} of somebody who may read everybody's: a second person looks at each such day.",
        Kind.IN_ONE_HOUR: f"{reading.looks:,} different records opened within one hour.",
        Kind.OUT_IN_A_DAY: f"{reading.looks:,} records taken out in files or by programs in one day.",
    }
    return sentences[reading.kind]
