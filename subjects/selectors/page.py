"""Everything that the subject page shows, gathered once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from access.models import User
from access.permissions import Permission
from access.policy import can
from foundation.timeline import Timeline
from ingest.models import SourceRow
from ingest.selectors.work import newest_as_of
from ingest.sources.registry import SOURCES
from organizations.models import Organization
from subjects import words
from subjects.models import Associate, FactBase, IdentifierFact, IdentityLink, NameFact, Subject
from subjects.selectors.comparison import Comparison, facts_by_source
from subjects.selectors.described import TITLES, sentence_of
from subjects.selectors.facts import SubjectFacts, kind_of, standing, standing_facts
from subjects.selectors.subjects import associates_of
from subjects.selectors.timeline import timeline_of

NEWEST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class SourceAge:
    """How fresh a source that speaks of this person is, as `c-freshness` reads it: the day of its newest applied extract."""

    name: str
    date: date
    state: str


@dataclass(frozen=True, slots=True)
class Unreported:
    """How many records of the person a source no longer reports, and the day of the first full extract without them."""

    name: str
    since: date
    records: int


@dataclass(frozen=True, slots=True)
class Remark:
    """What could not be read in a row of a source, in words, and a fact of that row, whose page shows it."""

    source: str
    text: str
    fact: FactBase
    kind: str


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact in a list."""

    title: str
    text: str
    kind: str
    fact: FactBase


@dataclass(frozen=True, slots=True)
class SubjectPicture:
    """One person, as a page shows them."""

    subject: Subject
    facts: SubjectFacts
    as_of: date | None  # the newest day of which a source of theirs speaks
    today: date
    comparison: Comparison
    timeline: Timeline | None
    identifiers: list[IdentifierFact]
    aliases: list[NameFact]
    sources: list[SourceAge]
    unreported: list[Unreported]
    remarks: list[Remark]
    associates: list[Associate]
    organizations: list[tuple[Organization, str]]
    lines: list[FactLine]
    fact_count: int
    may_reveal: bool


def picture_of(user: User, subject: Subject, today: date) -> SubjectPicture:
    """Gather the page of `subject`, with the age of its sources on `today`; nineteen queries whatever the number of facts."""
    facts = standing_facts(user, subject)
    stated = facts.newest_by_source()
    everywhere = newest_as_of() if stated else {}
    newest = {code: max(day, everywhere.get(code, day)) for code, day in stated.items()}
    as_of = max(newest.values(), default=None)
    lines = fact_lines(facts)
    return SubjectPicture(
        subject=subject,
        facts=facts,
        as_of=as_of,
        today=today,
        comparison=facts_by_source(facts),
        timeline=timeline_of(facts, as_of) if as_of and _has_dates(facts) else None,
        identifiers=distinct_identifiers(facts.identifiers),
        aliases=_aliases(subject, facts.names),
        sources=_sources(newest, today),
        unreported=_unreported(subject),
        remarks=_remarks(facts),
        associates=associates_of(subject),
        organizations=_organizations(facts),
        lines=lines[:NEWEST_SHOWN],
        fact_count=len(lines),
        may_reveal=bool(can(user, Permission.REVEAL_IDENTIFIER)),
    )


def fact_lines(facts: SubjectFacts) -> list[FactLine]:
    """Every fact in a line, the newest statement first."""
    ordered = sorted(facts, key=lambda fact: (fact.as_of, kind_of(fact), fact.pk), reverse=True)
    return [FactLine(TITLES[kind_of(fact)], sentence_of(fact), kind_of(fact), fact) for fact in ordered]


def shown_identifiers(subject: Subject, most: int) -> list[IdentifierFact]:
    """At most `most` numbers of a person that still stand, each once; the kinds that the desk asks for first."""
    return distinct_identifiers(IdentifierFact.objects.filter(standing(), subject=subject).order_by("-as_of", "-pk"))[:most]


def distinct_identifiers(identifiers: Iterable[IdentifierFact]) -> list[IdentifierFact]:
    """Each number once, whatever how many sources state it; the kinds that the desk asks for first."""
    found: dict[int, IdentifierFact] = {}
    for fact in identifiers:
        found.setdefault(fact.blind_index, fact)
    order = {kind: place for place, kind in enumerate(words.SHOWN_FIRST)}
    return sorted(found.values(), key=lambda fact: (order.get(fact.kind, 99), fact.kind, -fact.as_of.toordinal(), fact.pk))  # type: ignore[call-overload]  # a StrEnum key equals its text


def _aliases(subject: Subject, names: Iterable[NameFact]) -> list[NameFact]:
    """Names that are not the one in the heading, each once."""
    seen = {(subject.family_name.upper(), subject.given_name.upper())}
    found = []
    for name in names:
        key = (name.family_name.upper(), name.given_name.upper())
        if key not in seen:
            seen.add(key)
            found.append(name)
    return found


def _unreported(subject: Subject) -> list[Unreported]:
    missing = IdentityLink.objects.filter(subject=subject, closed_at=None, unreported_since__isnull=False)
    found = missing.order_by("source", "unreported_since").values_list("source", "unreported_since").annotate(Count("pk"))
    return [Unreported(words.source_name(source), since, records) for source, since, records in found]


def _remarks(facts: SubjectFacts) -> list[Remark]:
    """What could not be read in the rows of the facts that stand, each once, by source."""
    of_row = {fact.source_row_id: fact for fact in facts if fact.source_row_id is not None}
    rows = SourceRow.objects.filter(pk__in=of_row).exclude(remarks="").order_by("source", "pk").values_list("pk", "remarks")
    found: dict[tuple[str, str], Remark] = {}
    for row, remarks in rows:
        fact = of_row[row]
        for text in remarks.splitlines():
            found.setdefault((fact.source, text), Remark(words.source_name(fact.source), text, fact, kind_of(fact)))
    return list(found.values())


def _sources(newest: dict[str, date], today: date) -> list[SourceAge]:
    """A source is stale when its newest extract is older than its own limit, whatever the others do."""
    found = []
    for code in [*(code for code in SOURCES if code in newest), *(code for code in newest if code not in SOURCES)]:
        limit = SOURCES[code].freshness_days if code in SOURCES else None
        stale = limit is not None and today - newest[code] > timedelta(days=limit)
        found.append(SourceAge(words.source_name(code), newest[code], "stale" if stale else "ok"))
    return found


def _organizations(facts: SubjectFacts) -> list[tuple[Organization, str]]:
    found: dict[int, tuple[Organization, str]] = {}
    for state in facts.statuses:
        if state.organization:
            found.setdefault(state.organization.pk, (state.organization, f"{state.class_of_admission} record, {state.status}"))
    for work in facts.employments:
        if work.organization:
            kind = words.EMPLOYMENTS.get(work.kind, "employer")
            found.setdefault(work.organization.pk, (work.organization, kind))
    return list(found.values())


def _has_dates(facts: SubjectFacts) -> bool:
    return bool(
        facts.admissions or facts.departures or facts.statuses or facts.filings or facts.visas or facts.encounters or facts.addresses
    )
