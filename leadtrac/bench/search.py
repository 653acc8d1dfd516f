"""Person search over a million names, with and without a date of birth, beside plain trigram likeness on the same data.

The names are made of syllables (some 94,000 distinct words for a million people, few of them common, as in real lists);
each query is a stored name, changed in one of eight ways. A hit is the person, or somebody of the very same name, among
the first ten. Plain trigrams run as the owner, without row-level security.
"""

from __future__ import annotations

import bisect
import itertools
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.db import connection, transaction

from access.context import acting_as
from access.models import RoleGrant, User
from access.selectors import class_for, service_actor
from foundation.copying import copy_rows
from leadtrac.bench.database import as_owner
from leadtrac.bench.figure import Figure
from subjects.search.selectors import find
from subjects.search.terms import Terms

SUBJECTS = 1_000_000
BATCH = 50_000
QUERIES_OF_A_KIND = 25
NAME_MS, BIRTH_MS = 100.0, 20.0  # design 12
NAME_RECALL, BIRTH_RECALL = 85.0, 99.0
_ONSETS = [
    "b",
    "br",
    "c",
    "ch",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "y",
    "z",
]
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ia", "ou", "ei"]
_CODAS = ("", "n", "r", "s", "l", "m", "t", "k", "ng", "v")
_SOUNDS = (("kh", "h"), ("ph", "f"), ("ou", "u"), ("y", "i"), ("ch", "sh"), ("w", "v"), ("ei", "ay"), ("ia", "ya"), ("k", "c"), ("z", "s"))

_SUBJECTS = """
INSERT INTO subjects_subject (id, uuid, class_id, family_name, given_name, full_name_source_script, name_key, date_of_birth, sex,
    citizenship, identity_strength)
SELECT id, uuid, %(class)s, upper(family), upper(given), '', family || ' ' || given, born, '', 'PRT', 'strong' FROM bench_people
"""
_NAMES = """
INSERT INTO subjects_namefact (uuid, subject_id, class_id, source, as_of, record_key, known_at, family_name, given_name,
    full_name_source_script, name_key, kind, date_of_birth, date_of_birth_text, sex, country_of_birth, citizenship, citizenship_iso3)
SELECT gen_random_uuid(), id, %(class)s, 'adis', date '2026-11-22', id, now(), upper(family), upper(given), '', family || ' ' || given,
    'primary', born, '', '', '', '', 'PRT' FROM bench_people
"""
_TRIGRAM = "SELECT id, name_key FROM subjects_subject WHERE name_key %% %s ORDER BY similarity(name_key, %s) DESC, id LIMIT 10"
_TRIGRAM_OF_A_DAY = "SELECT id, name_key FROM subjects_subject WHERE date_of_birth = %s ORDER BY similarity(name_key, %s) DESC, id LIMIT 10"


@dataclass(frozen=True, slots=True)
class Run:
    """How long the answers to the queries took (ms), and per cent of people found in the first ten."""

    p50: float
    p95: float
    recall: float


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to look for."""

    key: int
    name: str
    born: date


def measure(scale: int) -> Iterator[Figure]:
    """p50, p95 and recall in the first ten of 200 queries; `scale` multiplies the people."""
    user = User.objects.create(username="bench-searcher")
    with acting_as(service_actor("audit")):
        RoleGrant.objects.create(user=user, role_id="analyst", reason="bench")
    people = SUBJECTS * scale
    random = Random(5)  # noqa: S311  # a measurement must repeat
    with as_owner():
        wanted = _fill(people)
        asked = [
            (person, _changed(kind, person.name.split(), random)) for person, kind in zip(wanted, itertools.cycle(_KINDS), strict=False)
        ]
        plain = _run(asked, lambda _, text: _by_trigram(_TRIGRAM, text, text))
        plain_of_a_day = _run(asked, lambda person, text: _by_trigram(_TRIGRAM_OF_A_DAY, person.born, text))
    with acting_as(user):
        by_name = _run(asked, lambda _, text: _found(Terms(name=text)))
        by_birth = _run(asked, lambda person, text: _found(Terms(name=text, birth=person.born.isoformat())))
    what = f"search of {people:,} people"
    yield from _figures(f"{what} by name", by_name, plain, NAME_MS, NAME_RECALL)
    yield from _figures(f"{what} by name and date of birth", by_birth, plain_of_a_day, BIRTH_MS, BIRTH_RECALL)


def _figures(what: str, ours: Run, plain: Run, at_most: float, at_least: float) -> Iterator[Figure]:
    yield Figure(f"{what}, p50", ours.p50, "ms", plain.p50, "plain trigrams")
    yield Figure(f"{what}, p95", ours.p95, "ms", plain.p95, "plain trigrams", at_most=at_most)
    yield Figure(f"{what}, found in the first ten", ours.recall, "per cent", plain.recall, "plain trigrams", at_least=at_least)


def _run(asked: list[tuple[Person, str]], search: Callable[[Person, str], list[tuple[int, str]]]) -> Run:
    search(*asked[0])
    times, hits = [], 0
    for person, text in asked:
        started = time.perf_counter()
        answer = search(person, text)
        times.append((time.perf_counter() - started) * 1000)
        hits += any(key == person.key or name == person.name for key, name in answer[:10])
    return Run(statistics.median(times), statistics.quantiles(times, n=20)[-1], 100 * hits / len(asked))


def _found(terms: Terms) -> list[tuple[int, str]]:
    return [(hit.subject.pk, hit.subject.name_key) for hit in find(terms).hits]


def _by_trigram(statement: str, *parameters: str | date) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _fill(people: int) -> list[Person]:
    """Write the people in batches; returns those that will be looked for."""
    random = Random(42)  # noqa: S311  # a measurement must repeat
    family, given = _Words(random, 70_000, (2, 2, 3, 3, 4)), _Words(random, 25_000, (2, 2, 3))
    chosen = set(random.sample(range(1, people + 1), len(_KINDS) * QUERIES_OF_A_KIND))
    class_id = class_for(audience="hq")
    wanted = []
    for first in range(1, people + 1, BATCH):
        rows = [_person(key, random, family, given) for key in range(first, min(first + BATCH, people + 1))]
        wanted += [Person(row[0], f"{row[2]} {row[3]}", row[4]) for row in rows if row[0] in chosen]
        _store(rows, class_id)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return wanted


def _store(rows: list[tuple[int, uuid.UUID, str, str, date]], class_id: int) -> None:
    """One transaction a batch, so that its temporary table goes with it."""
    columns = [("id", "int8"), ("uuid", "uuid"), ("family", "text"), ("given", "text"), ("born", "date")]
    with transaction.atomic(), connection.cursor() as cursor:
        copy_rows("bench_people", columns, rows)
        for statement in (_SUBJECTS, _NAMES):
            cursor.execute(statement, {"class": class_id})


def _person(key: int, random: Random, family: _Words, given: _Words) -> tuple[int, uuid.UUID, str, str, date]:
    """Three in ten have two family names, one in four a second given name."""
    families = [family.pick() for _ in range(2 if random.random() < 0.3 else 1)]
    givens = [given.pick() for _ in range(2 if random.random() < 0.25 else 1)]
    born = date(1940, 1, 1) + timedelta(days=random.randrange(25_500))
    return key, uuid.UUID(int=random.getrandbits(128), version=4), " ".join(families), " ".join(givens), born


class _Words:
    """A vocabulary in which a few words are common and most are rare."""

    def __init__(self, random: Random, count: int, syllables: tuple[int, ...]) -> None:
        self.random = random
        found: dict[str, None] = {}
        while len(found) < count:
            parts = (random.choice(_ONSETS) + random.choice(_VOWELS) for _ in range(random.choice(syllables)))
            word = "".join(parts) + random.choice(_CODAS)
            if 3 <= len(word) <= 12:
                found[word] = None
        self.words = list(found)
        self.shares = list(itertools.accumulate(1 / (place + 20) ** 0.85 for place in range(count)))

    def pick(self) -> str:
        """One word, the first ones more often."""
        return self.words[bisect.bisect(self.shares, self.random.random() * self.shares[-1])]


_KINDS = ("exact", "typo", "two typos", "other romanization", "swapped", "part dropped", "joined", "swapped with typo")


def _changed(kind: str, words: list[str], random: Random) -> str:
    """A stored name as somebody types it."""
    typos = {"typo": 1, "two typos": 2, "swapped with typo": 1}.get(kind, 0)
    for _ in range(typos):
        place = random.randrange(len(words))
        words[place] = _mistyped(words[place], random)
    if kind == "other romanization":
        words = [_respelled(word, random) for word in words]
    if kind.startswith("swapped"):
        random.shuffle(words)
    if kind == "part dropped":
        words = [word for place, word in enumerate(words) if place != len(words) - 1] if len(words) > 2 else [words[0], words[1][0]]
    if kind == "joined":
        words = [words[0] + words[1], *words[2:]]
    return " ".join(words)


def _mistyped(word: str, random: Random) -> str:
    place = random.randrange(len(word))
    letter = random.choice("abcdefghijklmnopqrstuvwxyz")
    rest = word[place + 1 :]
    return random.choice([word[:place] + rest, word[:place] + letter + word[place:], word[:place] + letter + rest])


def _respelled(word: str, random: Random) -> str:
    fitting = [pair for pair in _SOUNDS if pair[0] in word]
    return word.replace(*random.choice(fitting), 1) if fitting else word
