"""Reading a search back, and finding the people that fit it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from access.models import User
from audit.keys import existing_key
from foundation.crypto import unseal
from foundation.errors import NotFound
from subjects.identifiers import identifier_key
from subjects.models import IdentifierFact, NameFact, PersonSearch, Subject
from subjects.search.scoring import Fit, fit
from subjects.search.services import read_terms
from subjects.search.terms import Terms, readings
from subjects.words import identifier_words

CANDIDATES = 200  # read again and scored exactly
SHOWN = 50
CERTAIN = 1.2  # a fit with name and date of birth that needs no look at namesakes born on other days


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
    keys = number_keys(terms.number)
    ids = _candidates(terms, keys)
    hits = _scored(terms, ids, keys)
    if terms.born and terms.words and not (hits and hits[0].fit.score >= CERTAIN):
        others = [found for found in _call(terms, [], with_birth=False) if found not in set(ids)]
        hits = sorted([*hits, *_scored(terms, others, keys)], key=_rank)
    return Results(hits=tuple(hits[:SHOWN]), more=len(hits) > SHOWN)


def number_keys(number: str) -> list[int]:
    """The blind indexes of everything that a typed number may be."""
    if not number.strip():
        return []
    return [identifier_key(kind, value, country) for kind, country, value in readings(number)]


def _candidates(terms: Terms, keys: Sequence[int]) -> list[int]:
    return _call(terms, keys, with_birth=True)


def _call(terms: Terms, keys: Sequence[int], *, with_birth: bool) -> list[int]:
    born = terms.born if with_birth else None
    first, last = born.nearby() if born else (None, None)
    also = [born.swapped] if born and born.swapped else []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id FROM subjects_find(%s::text[], %s::date, %s::date, %s::date[], %s::bigint[], %s)",
            [list(terms.words), first, last, also, list(keys), CANDIDATES],
        )
        return list(dict.fromkeys(row[0] for row in cursor.fetchall()))


def _scored(terms: Terms, ids: Sequence[int], keys: Sequence[int]) -> list[Hit]:
    if not ids:
        return []
    names: dict[int, list[str]] = defaultdict(list)
    births: dict[int, set[date]] = defaultdict(set)
    countries: dict[int, set[str]] = defaultdict(set)
    facts = NameFact.objects.filter(subject_id__in=ids, retracted_at=None)
    for subject_id, key, born, country in facts.values_list("subject_id", "name_key", "date_of_birth", "citizenship_iso3"):
        names[subject_id].append(key)
        births[subject_id].update({born} if born else ())
        countries[subject_id].update({country} if country else ())
    numbers: dict[int, list[IdentifierFact]] = defaultdict(list)
    if keys:
        for number in IdentifierFact.objects.filter(subject_id__in=ids, blind_index__in=list(keys), retracted_at=None).order_by("-as_of"):
            if all(number.kind != known.kind for known in numbers[number.subject_id]):
                numbers[number.subject_id].append(number)
    words, born_between = terms.words, terms.born
    hits = []
    for subject in Subject.objects.filter(pk__in=ids):
        known = subject.pk
        found = fit(
            typed=words,
            names=tuple(dict.fromkeys([subject.name_key, *names[known]])),
            born=born_between,
            births=tuple(births[known] | ({subject.date_of_birth} if subject.date_of_birth else set())),
            citizenship=terms.citizenship,
            citizenships=tuple(countries[known] | ({subject.citizenship} if subject.citizenship else set())),
            numbers=tuple(identifier_words(number.kind) for number in numbers[known]),
        )
        if found.reasons:
            hits.append(Hit(subject=subject, fit=found, numbers=tuple(numbers[known])))
    return sorted(hits, key=_rank)


def _rank(hit: Hit) -> tuple[float, str, int]:
    return (-round(hit.fit.score, 3), hit.subject.name_key, hit.subject.pk)
