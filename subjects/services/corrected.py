"""Rows of records that are somebody's already, and that tell another number, name or birth date than before.

A record stays where it is unless what it says now speaks against all else that is known of the person: then the machine's
link ends and the resolver looks at the row as if it came for the first time. Where it is the row that made the person, and no
other row flags them, the person stays with it, and the records that no longer fit go instead. What a person decided (a word on
a record, one taken away by hand, a merge) is never undone here. A row that stays and now carries a number of somebody else
makes a doubt about the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ingest.facts import IdentifierKind
from ingest.states import RowState
from subjects.matching.decide import candidate, speaks_against
from subjects.matching.records import FINDING, TELLING, Doubt, Known, Number, Person, Record
from subjects.matching.resolver import Resolver
from subjects.matching.stated import stated_person
from subjects.models import IdentifierFact, IdentityLink, NameFact, SubjectRedirect
from subjects.services.let_go import let_go, newest_line
from subjects.services.lines import Line
from subjects.services.possible import kept_apart

BY_MACHINE = ("new", "identifier", "scored")
RecordId = tuple[str, int]


@dataclass(slots=True)
class _Told:
    """What some records tell of a person: names with birth dates, and numbers that find people."""

    people: list[Person] = field(default_factory=list)
    numbers: set[Number] = field(default_factory=set)

    def is_what(self, row: Record) -> bool:
        """Whether the row tells the same."""
        return self.numbers == set(row.numbers) and (row.person is None or row.person in self.people)

    def speaks_against(self, row: Record) -> bool:
        """Whether the row cannot be about the same person, as far as a machine may say."""
        known = Known(0, self.people, {number for number in self.numbers if number.kind in TELLING})
        kinds = frozenset(str(number.kind) for number in self.numbers & set(row.numbers))
        return speaks_against(candidate(row, known, kinds))

    def spoke_against(self, rest: _Told) -> bool:
        """Whether this could not be about the same person as the rest, whichever of its names is taken."""
        return bool(self.people) and all(rest.speaks_against(_row(person, self.numbers)) for person in self.people)


@dataclass(slots=True)
class Corrected:
    """`records` are nobody's any more, `replaced` are their rows that wait behind the new ones, `left` are the subjects that
    lost a record; `doubts` are about rows that stay."""

    records: set[RecordId] = field(default_factory=set)
    replaced: list[int] = field(default_factory=list)
    left: set[int] = field(default_factory=set)
    doubts: list[Doubt] = field(default_factory=list)


def let_corrected_go(lines: Sequence[Line], linked: Mapping[RecordId, int], resolver: Resolver, now: datetime) -> Corrected:
    """Look at new rows of linked records before they are taken for their subjects'. The caller holds `one_writer`."""
    found = Corrected()
    here = [(line, linked[line.record]) for line in lines if not line.stored and line.record in linked]
    if not here:
        return found
    told = _told({subject for _, subject in here})
    changed = [(line, subject) for line, subject in here if not told[subject][line.record].is_what(line.as_record(0))]
    against = [(line, subject) for line, subject in changed if _is_against(line, told[subject])]
    if against:
        _part(against, told, resolver, found, now)
    _note_doubts([(line, subject) for line, subject in changed if line.record not in found.records], told, resolver, found)
    return found


def _is_against(line: Line, told: Mapping[RecordId, _Told]) -> bool:
    """Whether the row speaks against the rest of what is known, and what its record told before did not."""
    rest = _without(line.record, told)
    return rest.speaks_against(line.as_record(0)) and not told[line.record].spoke_against(rest)


def _part(
    against: Sequence[tuple[Line, int]],
    told: Mapping[int, Mapping[RecordId, _Told]],
    resolver: Resolver,
    found: Corrected,
    now: datetime,
) -> None:
    subjects = {subject for _, subject in against}
    links = _free_links(subjects)
    going: dict[int, IdentityLink] = {}
    for line, subject in against:
        link = links.get(line.record)
        if link is None:
            continue
        rest = [other for record, other in links.items() if other.subject_id == subject and record != line.record]
        if link.decision == "new" and not _flagged(rest):
            row = line.as_record(0)
            _tells_no_more(line, now)
            going |= {other.pk: other for other in rest if told[subject][other.source, other.record_key].speaks_against(row)}
        else:
            going[link.pk] = link
            found.records.add(line.record)
    old = [line for link in going.values() for line in newest_line(link.source, link.record_key, RowState.APPLIED)]
    let_go(going.values(), old, now)
    resolver.forget()
    resolver.ask_again(key for line in old for key in line.keys)
    found.replaced = [line.row_id for line in old if line.record in found.records]
    found.left = {link.subject_id for link in going.values()}


def _tells_no_more(line: Line, now: datetime) -> None:
    """What the record told before is not to bring back the records that go: the new row, written later, tells it all anew."""
    for model in (NameFact, IdentifierFact):
        standing = model._default_manager.filter(source=line.source, record_key=line.record_key, superseded_at=None, retracted_at=None)
        standing.update(superseded_at=now)


def _free_links(subjects: Iterable[int]) -> dict[RecordId, IdentityLink]:
    """The links that the machine may end: a person neither made them nor moved them in a merge."""
    links = IdentityLink.objects.filter(subject_id__in=subjects, closed_at=None, decision__in=BY_MACHINE)
    merged: set[int] = set()
    for redirect in SubjectRedirect.objects.filter(to_subject_id__in=subjects, closed_at=None):
        merged.update(redirect.moved.get("subjects_identitylink.subject_id", ()))
    return {(link.source, link.record_key): link for link in links.exclude(pk__in=merged)}


def _flagged(links: Iterable[IdentityLink]) -> bool:
    lines = (line for link in links for line in newest_line(link.source, link.record_key, RowState.APPLIED))
    return any(line.outline.flagged for line in lines)


def _note_doubts(
    kept: Sequence[tuple[Line, int]], told: Mapping[int, Mapping[RecordId, _Told]], resolver: Resolver, found: Corrected
) -> None:
    """Whoever else holds a number that a row brings anew."""
    rows = [(line, subject, set(line.as_record(0).numbers) - told[subject][line.record].numbers) for line, subject in kept]
    rows = [row for row in rows if row[2]]
    apart = kept_apart([line for line, _, _ in rows])
    resolver.pool.load((number.key for _, _, brought in rows for number in brought), ())
    for line, subject, brought in rows:
        row = line.as_record(0, apart.get(line.record, frozenset()))
        found.doubts += resolver.others(row, brought, subject)


def _told(subjects: set[int]) -> dict[int, defaultdict[RecordId, _Told]]:
    """What stands of these subjects, by record."""
    found: dict[int, defaultdict[RecordId, _Told]] = {subject: defaultdict(_Told) for subject in subjects}
    standing = {"subject_id__in": subjects, "superseded_at": None, "retracted_at": None}
    names = NameFact.objects.filter(**standing).values_list(
        "subject_id", "source", "record_key", "family_name", "given_name", "date_of_birth", "date_of_birth_text", "citizenship_iso3"
    )
    for subject, source, key, family, given, born, text, citizenship in names:
        found[subject][source, key].people.append(stated_person(family, given, born, text, citizenship))
    numbers = IdentifierFact.objects.filter(**standing, kind__in=FINDING)
    for subject, source, key, kind, index in numbers.values_list("subject_id", "source", "record_key", "kind", "blind_index"):
        found[subject][source, key].numbers.add(Number(IdentifierKind(kind), index))
    return found


def _without(record: RecordId, told: Mapping[RecordId, _Told]) -> _Told:
    rest = _Told()
    for other, each in told.items():
        if other != record:
            rest.people += each.people
            rest.numbers |= each.numbers
    return rest


def _row(person: Person, numbers: set[Number]) -> Record:
    return Record(0, flagged=False, numbers=tuple(numbers), person=person, blocks=())
