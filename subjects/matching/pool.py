"""The subjects that a batch of rows may belong to: read from the database set by set, kept up to date as rows attach.

It holds for one transaction under `one_writer`, so that nobody else makes subjects meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, KeysView, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from foundation.copying import rows_by_keys
from ingest.facts import IdentifierKind
from subjects.matching.records import FINDING, TELLING, Known, Number, Person
from subjects.matching.stated import stated_person

CROWDED = 500  # a coarse key that so many subjects share proposes nobody
LOCK = 7_250_015  # one number for "I am the one who links rows to subjects"


def one_writer() -> None:
    """Wait until nobody else links rows to subjects, for the rest of the transaction.

    Two parts that name the same unknown person at once would make two subjects of them. Parsing goes on beside.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


class Horizon(NamedTuple):
    """The newest number and the newest coarse key of any subject, by id, at a moment."""

    number: int
    block: int


class Pool:
    """What is known of subjects that share a number or a coarse key with the rows at hand."""

    def __init__(self) -> None:
        self.known: dict[int, Known] = {}
        self._by_key: defaultdict[int, set[int]] = defaultdict(set)
        self._asked: set[int] = set()

    def load(self, numbers: Iterable[int], blocks: Iterable[int]) -> None:
        """Read the subjects that hold any of these keys, where they have not been asked for before."""
        subjects = self._look_up(_BY_NUMBER, numbers) | self._look_up(_BY_BLOCK, blocks)
        self.know(subjects - self.known.keys())

    def know(self, subjects: Iterable[int]) -> None:
        """Read the names that stand for these subjects."""
        wanted = [subject for subject in subjects if subject not in self.known]
        for subject in wanted:
            self.known[subject] = Known(subject)
        if not wanted:
            return
        for subject, family, given, born, born_text, citizenship in rows_by_keys(_NAMES, wanted):
            self.known[subject].people.append(stated_person(family, given, born, born_text, citizenship))
        for subject, kind, key in rows_by_keys(_TELLING, wanted):
            self.known[subject].telling.add(Number(IdentifierKind(kind), key))

    def horizon(self) -> Horizon:
        """How far the database is known now. Ids are drawn under `one_writer`: what is learnt later has higher ones."""
        (found,) = _fetch(_HORIZON, [])
        return Horizon(*found)

    def since(self, horizon: Horizon) -> set[int]:
        """The keys that were learnt beyond the horizon; asked under `one_writer`."""
        return {row[0] for row in _fetch(_SINCE, [horizon.number, horizon.block])}

    def holders(self, key: int) -> set[int]:
        """The subjects known to hold a number or a coarse key."""
        return self._by_key.get(key, set())

    def sharing(self, numbers: Iterable[Number]) -> Mapping[int, frozenset[str]]:
        """The subjects that share numbers with a row, with the kinds shared."""
        found: defaultdict[int, set[str]] = defaultdict(set)
        for number in numbers:
            if number.kind in FINDING:
                for subject in self.holders(number.key):
                    found[subject].add(number.kind)
        return {subject: frozenset(kinds) for subject, kinds in found.items()}

    def near(self, blocks: Iterable[int]) -> dict[int, Known]:
        """The subjects that share a coarse key with a row."""
        subjects: set[int] = set()
        for key in blocks:
            holders = self.holders(key)
            if len(holders) <= CROWDED:
                subjects |= holders
        return {subject: self.known[subject] for subject in subjects}

    def held(self) -> KeysView[int]:
        """Every key that a subject is known to hold: a row without any of them finds nobody here."""
        return self._by_key.keys()

    def learn(self, subject: int, person: Person | None, numbers: Iterable[Number], keys: Iterable[int]) -> set[int]:
        """A row of `subject` attached; returns the keys that are new to the subject."""
        known = self.known.setdefault(subject, Known(subject))
        known.telling.update(number for number in numbers if number.kind in TELLING)
        if person is not None and person not in known.people:
            known.people.append(person)
        fresh = set()
        for key in keys:
            if subject not in self._by_key[key]:
                self._by_key[key].add(subject)
                fresh.add(key)
        return fresh

    def _look_up(self, statement: str, keys: Iterable[int]) -> set[int]:
        wanted = sorted(set(keys) - self._asked)  # neighbors of the index one after the other
        self._asked.update(wanted)
        found = set()
        for key, subject in rows_by_keys(statement, wanted) if wanted else ():
            self._by_key[key].add(subject)
            found.add(subject)
        return found


_BY_NUMBER = """
SELECT wanted.key, f.subject_id FROM {wanted} CROSS JOIN LATERAL (
    SELECT f.subject_id, f.superseded_at, f.retracted_at FROM subjects_identifierfact f WHERE f.blind_index = wanted.key OFFSET 0) f
WHERE f.superseded_at IS NULL AND f.retracted_at IS NULL
"""
_BY_BLOCK = """
SELECT wanted.key, m.subject_id FROM {wanted} CROSS JOIN LATERAL (
    SELECT k.subject_id, count(*) OVER () AS holders
    FROM (SELECT k.subject_id FROM subjects_matchkey k WHERE k.key = wanted.key LIMIT 501) k) m
WHERE m.holders <= 500
"""  # CROWDED
_HORIZON = "SELECT coalesce((SELECT max(id) FROM subjects_identifierfact), 0), coalesce((SELECT max(id) FROM subjects_matchkey), 0)"
_SINCE = """
SELECT blind_index FROM subjects_identifierfact WHERE id > %s AND superseded_at IS NULL AND retracted_at IS NULL
UNION SELECT key FROM subjects_matchkey WHERE id > %s
"""
_NAMES = """
SELECT wanted.key, f.family_name, f.given_name, f.date_of_birth, f.date_of_birth_text, f.citizenship_iso3
FROM {wanted} CROSS JOIN LATERAL (SELECT * FROM subjects_namefact f WHERE f.subject_id = wanted.key OFFSET 0) f
WHERE f.superseded_at IS NULL AND f.retracted_at IS NULL
"""
_TELLING = """
SELECT DISTINCT wanted.key, f.kind, f.blind_index
FROM {wanted} CROSS JOIN LATERAL (SELECT * FROM subjects_identifierfact f WHERE f.subject_id = wanted.key OFFSET 0) f
WHERE f.kind IN ('a_number', 'fin', 'passport') AND f.superseded_at IS NULL AND f.retracted_at IS NULL
"""


def _fetch(statement: str, parameters: Sequence[list[int] | int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
