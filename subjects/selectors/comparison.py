"""What each source says about one element, side by side, and whether they agree."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rapidfuzz.distance import JaroWinkler

from foundation.templatetags.desk import format_date
from ingest.facts import IdentifierKind
from ingest.sources.registry import SOURCES
from subjects import words
from subjects.models import AddressFact, FactBase, IdentifierFact, NameFact
from subjects.search.names import romanized
from subjects.selectors.facts import SubjectFacts, kind_of

SPELLING = 0.85  # above it two texts are one name written differently
MASK = "••••"
# somebody has one for each filing, visit or line: several of them contradict nothing
SEVERAL = frozenset(
    {
        IdentifierKind.RECEIPT,
        IdentifierKind.VISA_FOIL,
        IdentifierKind.I94,
        IdentifierKind.TECS_ID,
        IdentifierKind.PHONE,
        IdentifierKind.EMAIL,
    }
)


@dataclass(frozen=True, slots=True)
class Value:
    """One statement: its text, what makes it the same as another one, and which fact holds it."""

    text: str
    same: str
    kind: str
    fact: uuid.UUID
    as_of: date


@dataclass(frozen=True, slots=True)
class Element:
    """One row: the values of each source in the order of the columns; `tone` is for the mark beside the word."""

    label: str
    best: str
    cells: tuple[tuple[Value, ...], ...]
    agreement: str  # yes | spelling | day and month swapped | several | differs | one source
    tone: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table: `sources` are (code, name) in the order of the columns."""

    sources: tuple[tuple[str, str], ...] = ()
    elements: tuple[Element, ...] = ()


@dataclass(slots=True)
class _Row:
    label: str
    values: dict[str, list[Value]] = field(default_factory=dict)
    spelled: bool = False
    several: bool = False
    days: set[date] = field(default_factory=set)  # of a row of whole dates

    def add(self, fact: FactBase, text: str, same: str = "") -> None:
        """Keep what a source says once, its newest statement; `same` where the text alone does not tell it from another."""
        known = self.values.setdefault(fact.source, [])
        if text and all(value.same != (same or text) for value in known):
            known.append(Value(text, same or text, kind_of(fact), fact.uuid, fact.as_of))


def facts_by_source(facts: SubjectFacts) -> Comparison:
    """Compare names, life data, numbers (masked), the newest stay, status and address of each source."""
    rows = [row for row in (*_biographic(facts.names), *_numbers(facts), *_newest(facts)) if any(row.values.values())]
    order = {code: place for place, code in enumerate(SOURCES)}
    codes = sorted({code for row in rows for code, values in row.values.items() if values}, key=lambda code: (order.get(code, 99), code))
    return Comparison(
        sources=tuple((code, words.source_name(code)) for code in codes),
        elements=tuple(_element(row, codes) for row in rows),
    )


def _element(row: _Row, codes: list[str]) -> Element:
    cells = tuple(tuple(row.values.get(code, ())) for code in codes)
    newest = max((cell[0] for cell in cells if cell), key=lambda value: value.as_of)
    agreement = _agreement([value.same for cell in cells for value in cell], len([cell for cell in cells if cell]), spelled=row.spelled)
    if agreement == "differs" and row.several:
        agreement = "several"
    if agreement == "differs" and row.days and _swapped(row.days):
        agreement = "day and month swapped"
    tone = {"yes": "good", "spelling": "caution", "day and month swapped": "caution", "differs": "bad"}.get(agreement, "quiet")
    return Element(row.label, newest.text, cells, agreement, tone)


def _swapped(days: set[date]) -> bool:
    """Whether all these dates are one date with day and month in one or the other order."""
    return len(days) == 2 and len({(day.year, frozenset((day.day, day.month))) for day in days}) == 1


def _agreement(texts: list[str], sources: int, *, spelled: bool) -> str:
    if len(set(texts)) == 1:
        return "yes" if sources > 1 else "one source"
    keys = {romanized(text) if spelled else text for text in texts}
    if len(keys) == 1:
        return "spelling"
    first, *others = sorted(keys, key=len)
    alike = spelled and all(JaroWinkler.similarity(first, other) >= SPELLING for other in others)
    return "spelling" if alike else "differs"


def _citizenship(fact: NameFact) -> str:
    return words.country(fact.citizenship_iso3) if fact.citizenship_iso3 else words.raw_country(fact.source, fact.citizenship)


_BIOGRAPHIC: tuple[tuple[str, bool, Callable[[NameFact], str]], ...] = (
    ("Last name", True, lambda fact: fact.family_name),
    ("First and middle names", True, lambda fact: fact.given_name),
    ("Name in its own script", True, lambda fact: fact.full_name_source_script),
    ("Date of birth", False, lambda fact: format_date(fact.date_of_birth) if fact.date_of_birth else fact.date_of_birth_text),
    ("Sex", False, lambda fact: words.SEX.get(fact.sex, "")),
    ("Country of birth", False, lambda fact: words.raw_country(fact.source, fact.country_of_birth)),
    ("Citizenship", False, _citizenship),
    ("Citizen or permanent resident", False, lambda fact: words.yes_no(fact.us_person)),
)


def _biographic(names: Iterable[NameFact]) -> list[_Row]:
    rows = []
    for label, spelled, text in _BIOGRAPHIC:
        row = _Row(label, spelled=spelled)
        for fact in names:
            if fact.kind == "primary":
                row.add(fact, text(fact))
                if label == "Date of birth" and fact.date_of_birth:
                    row.days.add(fact.date_of_birth)
        rows.append(row)
    return rows


def _numbers(facts: SubjectFacts) -> list[_Row]:
    rows: dict[str, _Row] = {}
    for fact in facts.identifiers:
        label = words.identifier_words(fact.kind)
        row = rows.setdefault(fact.kind, _Row(label[:1].upper() + label[1:], several=fact.kind in SEVERAL))
        row.add(fact, f"{MASK}{fact.last_four}", _number(fact, facts.identifiers))
    ordered = [*(kind for kind in words.SHOWN_FIRST if kind in rows), *sorted(kind for kind in rows if kind not in words.SHOWN_FIRST)]
    return [rows[kind] for kind in ordered]


def _number(fact: IdentifierFact, others: Iterable[IdentifierFact]) -> str:
    """Which number it is, beyond its last four; one without its issuer is taken for the like one that names it."""
    if fact.country:
        return str(fact.blind_index)
    like = (each for each in others if each.country and (each.kind, each.last_four) == (fact.kind, fact.last_four))
    return str(next(like, fact).blind_index)


def _newest(facts: SubjectFacts) -> list[_Row]:
    """Of kinds that come again and again, what each source said last."""
    rows = [_Row("Last arrival"), _Row("Class of admission"), _Row("Admitted until"), _Row("Last departure"), _Row("SEVIS status")]
    arrival, admitted_as, until, departure, status = rows
    for stay in _last_of_each_source(facts.admissions):
        arrival.add(stay, format_date(stay.arrived_on))
        admitted_as.add(stay, stay.class_of_admission)
        until.add(stay, admitted_until(stay))
    for left in _last_of_each_source(facts.departures):
        departure.add(left, format_date(left.departed_on))
    for state in _last_of_each_source(facts.statuses):
        status.add(state, words.sevis_status(state.class_of_admission, state.status, state.reason_code, state.effective_on))
    address = _Row("Address", spelled=True)
    for place in _last_of_each_source(facts.addresses):
        address.add(place, one_line(place))
    return [*rows, address]


def _last_of_each_source(facts: Iterable[Any]) -> list[Any]:
    last: dict[str, Any] = {}
    for fact in facts:
        last.setdefault(fact.source, fact)
    return list(last.values())


def admitted_until(stay: Any) -> str:
    """`10 Jul 2026`, `duration of status`, or what the source wrote."""
    if stay.admit_until:
        return format_date(stay.admit_until)
    return "duration of status" if stay.duration_of_status else str(stay.admit_until_text)


def one_line(place: AddressFact) -> str:
    """An address in one line."""
    town = " ".join(part for part in (place.state, place.postal_code) if part)
    return ", ".join(part for part in (place.line, place.city, town) if part)
