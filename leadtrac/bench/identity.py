"""How well and how fast rows find their people, beside exact matching on the very same rows.

People are made up here: names from word lists, a passport and a fingerprint number for some. Of the new rows seven in ten
are of known people, written with mistakes (a share each: mistyped, swapped, dropped names; swapped or mistyped births;
missing or renewed passports), three in ten of strangers. The yardstick joins on an equal number, or an equal name with an
equal date of birth, and nothing else.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import psycopg
from django.db import connection

from access.context import acting_as
from access.selectors import class_for, service_actor
from audit.keys import indexer
from foundation.collection import collection_paused
from ingest.facts import IdentifierKind
from leadtrac.bench.database import owner_connection
from leadtrac.bench.figure import Figure
from subjects.identifiers import identifier_key
from subjects.matching.blocks import block_texts
from subjects.matching.records import Decision, Number, Person, Record
from subjects.matching.resolver import Resolver

SUBJECTS, ROWS = 100_000, 10_000  # both times the scale
MOST_ROWS = 100_000  # a daily extract does not grow with the base: --scale 50 is 100,000 rows against 5 M people
KNOWN_SHARE = 0.7
PRECISION, RECALL = 99.2, 95.5  # per cent: design 12
MOST_SECONDS = 15.0  # for `MOST_ROWS`; the fewer rows of a smaller scale may take their part of it


@dataclass(frozen=True, slots=True)
class Somebody:
    """One made-up person or one row about them."""

    number: int
    person: Person
    passport: str
    fin: str

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The keyed hashes of the numbers."""
        found = [(IdentifierKind.PASSPORT, self.passport, "UTO"), (IdentifierKind.FIN, self.fin, "")]
        return tuple(Number(kind, identifier_key(kind, value, country)) for kind, value, country in found if value)


def measure(scale: int) -> Iterator[Figure]:
    """Precision, recall and rows a second of the resolver, each beside exact matching of the same rows."""
    dice = random.Random(11)  # noqa: S311  # made-up people
    people = list(_people(SUBJECTS * scale, dice))
    with acting_as(service_actor("ingest")):
        class_id = class_for(audience="hq")  # committed before the owner's own connection needs it
    with owner_connection(str(connection.settings_dict["NAME"])) as owner:
        _write(owner, people, class_id)
    rows = _rows(people, min(ROWS * scale, MOST_ROWS), dice)
    started = time.monotonic()
    plain = _precision_recall(rows, _exact(people, rows))
    plain_seconds = time.monotonic() - started
    with acting_as(service_actor("ingest")), collection_paused():
        started = time.monotonic()
        records = [_record(ref, row) for ref, row in enumerate(rows)]
        decisions = Resolver(count(10**12).__next__).resolve(records)
        seconds = time.monotonic() - started
    ours = _precision_recall(rows, _chosen(decisions))
    against = f"{len(rows):,} rows against {len(people):,} people"
    exact = "% by equal number, or equal name and birth date"
    yield Figure(f"identity, {against}: precision", ours[0], "%", plain[0], exact, at_least=PRECISION)
    yield Figure(f"identity, {against}: recall", ours[1], "%", plain[1], exact, at_least=RECALL)
    yield Figure(f"identity, {against}: in", seconds, "s", at_most=MOST_SECONDS * len(rows) / MOST_ROWS)
    yield Figure(f"identity, {against}: speed", len(rows) / seconds, "rows/s", len(rows) / plain_seconds, "rows/s, the same in memory")


def _people(how_many: int, dice: random.Random) -> Iterator[Somebody]:
    families = [_word(dice, dice.choice((2, 3, 3, 4))) for _ in range(8000)]
    givens = [_word(dice, dice.choice((2, 2, 3))) for _ in range(3000)]
    for number in range(how_many):
        given = dice.choice(givens) + (f" {dice.choice(givens)}" if dice.random() < 0.4 else "")
        born = date(1945, 1, 1) + timedelta(days=dice.randrange(22_000))
        person = Person(dice.choice(families), given, born, "", dice.choice(("BRA", "COL", "IND", "NGA", "PHL", "PRT")))
        yield Somebody(number, person, f"ZZ{number:07}" if dice.random() < 0.75 else "", f"99{number:08}" if dice.random() < 0.3 else "")


def _rows(people: Sequence[Somebody], how_many: int, dice: random.Random) -> list[Somebody]:
    strangers = (replace(each, number=-1, passport=f"YY{n:07}", fin="") for n, each in enumerate(_people(how_many, dice)))
    known = (_noisy(dice.choice(people), dice) for _ in count())
    return [next(known) if dice.random() < KNOWN_SHARE else next(strangers) for _ in range(how_many)]


def _noisy(each: Somebody, dice: random.Random) -> Somebody:
    """A row about a known person, as a source may write it."""
    person, passport = each.person, each.passport
    chance = dice.random
    if chance() < 0.10:
        person = replace(person, family=_typo(person.family, dice))
    if chance() < 0.06:
        person = replace(person, given=_typo(person.given, dice))
    if chance() < 0.05:
        person = replace(person, given=person.given.split()[0])
    if chance() < 0.02:
        person = replace(person, family=person.given, given=person.family)
    if person.born is not None and chance() < 0.02 and person.born.day <= 12:
        person = replace(person, born=date(person.born.year, person.born.day, person.born.month))
    elif person.born is not None and chance() < 0.02:
        person = replace(person, born=person.born.replace(year=person.born.year + dice.choice((-1, 1)), day=min(person.born.day, 28)))
    if chance() < 0.15 and passport:
        passport = f"XX{dice.randrange(10**7):07}"
    elif chance() < 0.25:
        passport = ""
    return Somebody(each.number, person, passport, each.fin if chance() < 0.5 else "")


def _typo(text: str, dice: random.Random) -> str:
    place = dice.randrange(len(text))
    letter = dice.choice("abcdefghijklmnopqrstuvwxyz")
    return dice.choice(
        (text[:place] + text[place + 1 :], text[:place] + letter + text[place:], text[:place] + letter + text[place + 1 :])
    ).strip()


def _word(dice: random.Random, syllables: int) -> str:
    return "".join(dice.choice("bcdfgklmnprstvz") + dice.choice("aeiou") for _ in range(syllables)) + dice.choice(("", "", "n", "s", "r"))


def _record(ref: int, row: Somebody) -> Record:
    index = indexer().index
    return Record(
        ref, flagged=True, numbers=row.numbers, person=row.person, blocks=tuple(index("block", text) for text in block_texts(row.person))
    )


def _exact(people: Sequence[Somebody], rows: Sequence[Somebody]) -> dict[int, int]:
    by_number: dict[Any, int] = {}
    for each in people:
        for key in (each.passport, each.fin, (each.person.family, each.person.given, each.person.born)):
            if key:
                by_number.setdefault(key, each.number)
    found = {}
    for ref, row in enumerate(rows):
        keys = (row.passport, row.fin, (row.person.family, row.person.given, row.person.born))
        hit = next((by_number[key] for key in keys if key and key in by_number), None)
        if hit is not None:
            found[ref] = hit
    return found


def _chosen(decisions: Iterable[Decision]) -> dict[int, int]:
    """Rows attached to people that were there before; subject ids are the people's numbers and one."""
    return {each.ref: each.subject - 1 for each in decisions if each.subject is not None and each.subject < 10**12}


def _precision_recall(rows: Sequence[Somebody], found: dict[int, int]) -> tuple[float, float]:
    right = sum(rows[ref].number == number for ref, number in found.items())
    known = sum(row.number >= 0 for row in rows)
    return 100 * right / max(len(found), 1), 100 * right / known


def _write(owner: psycopg.Connection[Any], people: Sequence[Somebody], class_id: int) -> None:
    """The people as subjects with their facts, straight into the tables."""
    _copy(
        owner,
        "subjects_subject (id, uuid, class_id, family_name, given_name, full_name_source_script, name_key, sex, citizenship, "
        "identity_strength)",
        ((each.number + 1, class_id, each.person.family, each.person.given) for each in people),
        "id int8, class_id int4, family text, given text",
        "id, gen_random_uuid(), class_id, family, given, '', family || ' ' || given, '', '', 'strong'",
    )
    _copy(
        owner,
        "subjects_namefact (uuid, subject_id, class_id, source, as_of, record_key, known_at, family_name, given_name, "
        "full_name_source_script, name_key, kind, date_of_birth, date_of_birth_text, sex, country_of_birth, citizenship, citizenship_iso3)",
        ((each.number + 1, class_id, each.person.family, each.person.given, each.person.born, each.person.citizenship) for each in people),
        "id int8, class_id int4, family text, given text, born date, citizenship text",
        "gen_random_uuid(), id, class_id, 'adis', '2026-11-22', id, now(), family, given, '', family || ' ' || given, 'primary', born, '', "
        "'', '', citizenship, citizenship",
    )
    _copy(
        owner,
        "subjects_identifierfact (uuid, subject_id, class_id, source, as_of, record_key, known_at, kind, blind_index, sealed, last_four, "
        "country)",
        ((each.number + 1, class_id, number.kind.value, number.key) for each in people for number in each.numbers),
        "id int8, class_id int4, kind text, key int8",
        "gen_random_uuid(), id, class_id, 'adis', '2026-11-22', id, now(), kind, key, ''::bytea, '', ''",
    )
    index = indexer().index
    _copy(
        owner,
        "subjects_matchkey (subject_id, class_id, key)",
        ((each.number + 1, class_id, index("block", text)) for each in people for text in block_texts(each.person)),
        "id int8, class_id int4, key int8",
        "id, class_id, key",
    )
    owner.execute("VACUUM (ANALYZE)")  # as a table that has been there for a day: what autovacuum still owes it is not measured
    os.sync()


def _copy(owner: psycopg.Connection[Any], target: str, rows: Iterable[tuple[Any, ...]], layout: str, select: str) -> None:
    owner.execute(f"DROP TABLE IF EXISTS pg_temp.made; CREATE TEMPORARY TABLE made ({layout})")
    with owner.cursor().copy("COPY made FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([column.split()[-1] for column in layout.split(", ")])
        for row in rows:
            copy.write_row(row)
    owner.execute(f"INSERT INTO {target} SELECT {select} FROM made")  # noqa: S608  # words of this module
