"""Forgetting people who never got a lead, or have none any more, once nobody needs what is known of them (docs/adr/0033).

Page by page in the order of ids, a transaction each; a killed worker loses one page, and whoever comes next begins anew: who is
gone is not met again. What went is an event with its counts; what is kept, and why, is counted when the walk is over.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import DatabaseError, transaction

from access.context import acting_as
from access.selectors import class_for, service_actor
from audit.log.destruction import record_destruction
from retention.models import ForgettingNight
from retention.removal import people
from retention.removal.destroy import database_now
from retention.removal.people import Person
from subjects.matching.pool import one_writer

PAGE_PEOPLE = 200  # of whom all may go: while they do, no row is linked
LIVES = (people.EMPTIED, people.ANSWERED, people.WAITING)
Marks = tuple[int, ...]


@dataclass(slots=True)
class _Walk:
    """What was counted so far, by set of compartments."""

    now: datetime
    gone: int = 0
    kept: defaultdict[Marks, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    oldest: dict[Marks, date] = field(default_factory=dict)

    def keep(self, person: Person) -> None:
        self.kept[person.marks][person.why_kept] += 1
        self.oldest[person.marks] = min(person.since, self.oldest.get(person.marks, date.max))


def forget_people(*, now: datetime, page: int = PAGE_PEOPLE) -> int:
    """Look at everybody without a lead and forget whom nobody needs; returns how many went. Run it as often as you like."""
    service, walk, after = service_actor("retention"), _Walk(now), 0
    while True:
        with acting_as(service):
            roots = people.next_page(after, page)
            if roots:
                after = roots[-1]
                _work_page(roots, walk)
            else:
                _close(walk)
        if not roots:
            return walk.gone


def _work_page(roots: list[int], walk: _Walk) -> None:
    seen = people.look_at(roots, now=walk.now)
    ripe = [person for person in seen if not person.why_kept]
    if ripe:  # once more where nobody can change it any more: rows are linked by one at a time, judgements lock their person
        one_writer()
        people.lock(ripe)
        sure = people.look_at([person.root for person in ripe], now=walk.now)
        unsure = {person.root for person in ripe}
        seen = [person for person in seen if person.root not in unsure] + sure
    gone: defaultdict[Marks, Counter[str]] = defaultdict(Counter)
    for life in LIVES:
        for person in _forget([each for each in seen if not each.why_kept and each.life == life], walk.now):
            gone[person.marks][life] += 1
    for person in seen:
        if person.why_kept:
            walk.keep(person)
    for marks, counts in gone.items():
        night = _night(marks, walk.now)
        night.gone = dict(Counter(night.gone) + counts)
        night.removed_at = database_now()
        night.save(update_fields=["gone", "removed_at"])
        walk.gone += counts.total()


def _forget(ripe: list[Person], now: datetime) -> list[Person]:
    """Those who went. One of whom the database says that somebody needs them after all stays, and the others go without."""
    if not ripe:
        return []
    try:
        with transaction.atomic():
            people.forget(ripe, now=now)
    except DatabaseError:
        if len(ripe) > 1:
            return [person for each in ripe for person in _forget([each], now)]
        ripe[0].why_kept = people.REFUSED
        return []
    record_destruction(
        object_kind="people without a lead",
        results=[identity for person in ripe for identity in person.uuids],
        fields=[ripe[0].life],
        payload={"people": len(ripe)},
        occurred_at=now,
    )
    return ripe


def _close(walk: _Walk) -> None:
    """Write down who is kept, and that the night is over."""
    on = walk.now.date()
    classes = {class_for(audience="records", compartments=marks): marks for marks in (*walk.kept, ())}
    classes |= {night.access_class_id: tuple(night.access_class.compartments) for night in _nights(on)}
    for marks in classes.values():
        night = _night(marks, walk.now)
        night.kept, night.oldest_on, night.finished_at = dict(walk.kept[marks]), walk.oldest.get(marks), walk.now
        night.save(update_fields=["kept", "oldest_on", "finished_at"])


def _nights(on: date) -> list[ForgettingNight]:
    return list(ForgettingNight.objects.select_related("access_class").filter(on=on))


def _night(marks: Marks, now: datetime) -> ForgettingNight:
    wanted = class_for(audience="records", compartments=marks)
    ForgettingNight.objects.get_or_create(on=now.date(), access_class_id=wanted)
    return ForgettingNight.objects.select_for_update().get(on=now.date(), access_class_id=wanted)
