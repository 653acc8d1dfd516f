"""Reading a search back, and finding the people that fit it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection

from access.models import User
from audit.keys import existing_key
from foundation.arrays import one_of
from foundation.crypto import unseal
from foundation.errors import NotFound
from subjects.identifiers import identifier_key
from subjects.models import IdentifierFact, NameFact, PersonSearch, Subject
from subjects.search.dates import Birth
from subjects.search.elsewhere import PLACES, stated
from subjects.search.names import forms
from subjects.search.scoring import NAME_DIFFERS, Fit, fit
from subjects.search.services import read_terms
from subjects.search.terms import Terms, readings
from subjects.words import country_code, identifier_words

CANDIDATES = 120  # read again and scored exactly
CANDIDATES_OF_A_DAY = 60  # the likest names among some hundred who were born that day or the next
CANDIDATES_OF_A_WORD = 40
SHOWN = 50
CERTAIN = 1.2  # a fit with name and date of birth that needs no look at namesakes born on other days
CLOSE = 0.96  # a fit of the name alone below which its words are also looked up as they are written, in two, as one
GOOD = 0.75  # below it even two words written as one may be mistyped
MOST_VARIANTS = 4
_UNREAD = ("touched_at", "evaluated_at", "next_change_on", "evaluated_as_of", "recorded_at")  # times cost more to read than names
_NAME_COLUMNS = ("name_key", "family_name", "given_name", "full_name_source_script")


@dataclass(frozen=True, slots=True)
class Hit:
    """One person that fits, and why."""

    subject: Subject
    fit: Fit
    numbers: tuple[IdentifierFact, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """The best fits first; `more` when others fit less well."""

    hits: tuple[Hit, ...]
    more: bool


def search_for(user: User, search_uuid: uuid.UUID, now: datetime) -> tuple[PersonSearch, Terms]:
    """The user's own search and its terms. Raises `NotFound` for another's, an expired or a missing one."""
    search = PersonSearch.objects.filter(uuid=search_uuid, owner=user, expires_at__gt=now).first()
    if search is None:
        message = "This search is over, or it is not yours. Search again."
        raise NotFound(message)
    return search, read_terms(unseal(existing_key(search.scope), bytes(search.sealed), search.uuid.bytes))


def find(terms: Terms) -> Results:
    """The people who fit the terms, as row-level security lets the user of the current context see them."""
    keys, words, born = number_keys(terms.number), terms.words, terms.born
    most = CANDIDATES_OF_A_DAY if words and born and born.is_whole else CANDIDATES
    hits = _scored(terms, list(dict.fromkeys([*stated(terms), *_candidates(words, born, keys, most)])), keys)
    if words and born and _best(hits) < CERTAIN:
        hits = _with(hits, terms, _candidates(words, None, ()), keys)
    if words and _best(hits) < CLOSE:
        hits = _with(hits, terms, _written(words), keys)
    if words and _best(hits) < GOOD:
        hits = _with(hits, terms, [found for joined in _neighbors_joined(words) for found in _candidates(joined, None, ())], keys)
    if _best(hits) >= CERTAIN:  # who else was born that day is not asked for any more
        hits = [hit for hit in hits if hit.fit.score >= CERTAIN or NAME_DIFFERS not in hit.fit.against]
    return Results(hits=tuple(hits[:SHOWN]), more=len(hits) > SHOWN)


def _with(hits: Sequence[Hit], terms: Terms, ids: Iterable[int], keys: Sequence[int]) -> list[Hit]:
    """The hits with those among `ids` that are not there yet."""
    known = {hit.subject.pk for hit in hits}
    return sorted([*hits, *_scored(terms, [found for found in dict.fromkeys(ids) if found not in known], keys)], key=_rank)


def _best(hits: Sequence[Hit]) -> float:
    return hits[0].fit.score if hits else 0.0


def number_keys(number: str) -> list[int]:
    """The blind indexes of everything that a typed number may be."""
    if not number.strip():
        return []
    return [identifier_key(kind, value, country) for kind, country, value in readings(number)]


def _candidates(words: tuple[str, ...], born: Birth | None, keys: Sequence[int], most: int = CANDIDATES) -> list[int]:
    """Ids from the definer function, the likeliest first. A single letter is an initial beside longer words."""
    long = [word for word in words if len(word) > 1] or list(words)
    initials = [word for word in words if word not in long]
    first, last = born.nearby() if born else (None, None)
    also = [born.swapped] if born and born.swapped else []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id FROM subjects_find(%s::text[], %s::text[], %s::date, %s::date, %s::date[], %s::bigint[], %s)",
            [long, initials, first, last, also, list(keys), most],
        )
        return list(dict.fromkeys(row[0] for row in cursor.fetchall()))


def _written(words: tuple[str, ...]) -> list[int]:
    """Ids of those whose name holds a typed word as it is written, or two of them as one, or one as two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject_id FROM subjects_written(%s::text[], %s)", [list(words), CANDIDATES_OF_A_WORD])
        return [row[0] for row in cursor.fetchall()]


def _neighbors_joined(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The typed words with two neighbors written as one, which may be mistyped besides."""
    return [(*words[:place], words[place] + words[place + 1], *words[place + 2 :]) for place in range(len(words) - 1)][:MOST_VARIANTS]


def _scored(terms: Terms, ids: Sequence[int], keys: Sequence[int]) -> list[Hit]:
    if not ids:
        return []
    named, numbers, elsewhere = _named(ids), _numbers(ids, keys), stated(terms, ids)
    words, born_between = terms.words, terms.born
    hits = []
    for subject in Subject.objects.filter(pk__in=one_of(ids)).defer(*_UNREAD):
        known, also = named[subject.pk], elsewhere.get(subject.pk, [])
        shown = forms(*(getattr(subject, column) for column in _NAME_COLUMNS))
        found = fit(
            typed=words,
            names=shown,
            aliases=tuple(name for name in dict.fromkeys(known.names) if name not in shown),
            born=born_between,
            births=tuple(known.births | ({subject.date_of_birth} if subject.date_of_birth else set())),
            narrowing=_narrowing(terms, known, subject),
            numbers=(
                *(identifier_words(number.kind) for number in numbers[subject.pk]),
                *(word for word in also if word not in PLACES),
            ),
            places=tuple(word for word in also if word in PLACES),
        )
        if found.reasons:
            hits.append(Hit(subject=subject, fit=found, numbers=tuple(numbers[subject.pk])))
    return sorted(hits, key=_rank)


@dataclass(slots=True)
class _Named:
    """All that sources state of a person's name, birth, citizenship and sex; countries by their ISO code."""

    names: list[str] = field(default_factory=list)
    births: set[date] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    birth_countries: set[str] = field(default_factory=set)
    sexes: set[str] = field(default_factory=set)


def _named(ids: Sequence[int]) -> dict[int, _Named]:
    found: dict[int, _Named] = defaultdict(_Named)
    columns = ("subject_id", "source", "date_of_birth", "citizenship_iso3", "country_of_birth", "sex", *_NAME_COLUMNS)
    for subject_id, source, born, country, birth_country, sex, *name in NameFact.objects.filter(
        subject_id__in=one_of(ids), retracted_at=None
    ).values_list(*columns):
        found[subject_id].names += forms(*name)
        found[subject_id].births.update({born} if born else ())
        found[subject_id].countries.add(country)
        found[subject_id].birth_countries.add(country_code(source, birth_country))
        found[subject_id].sexes.add(sex)
    return found


def _narrowing(terms: Terms, known: _Named, subject: Subject) -> tuple[tuple[str, bool], ...]:
    """The narrowing elements that were typed and that some source states, in words, each with whether it agrees."""
    elements = (
        ("citizenship", terms.citizenship, known.countries | {subject.citizenship}),
        ("country of birth", terms.birth_country, known.birth_countries),
        ("sex", terms.sex, known.sexes | {subject.sex}),
    )
    return tuple((element, typed in stated_) for element, typed, stated_ in elements if typed and stated_ - {""})


def _numbers(ids: Sequence[int], keys: Sequence[int]) -> dict[int, list[IdentifierFact]]:
    """The identifiers that were typed, one of each kind."""
    found: dict[int, list[IdentifierFact]] = defaultdict(list)
    if keys:
        for number in IdentifierFact.objects.filter(subject_id__in=ids, blind_index__in=list(keys), retracted_at=None).order_by("-as_of"):
            if all(number.kind != known.kind for known in found[number.subject_id]):
                found[number.subject_id].append(number)
    return found


def _rank(hit: Hit) -> tuple[float, str, int]:
    return (-round(hit.fit.score, 3), hit.subject.name_key, hit.subject.pk)
