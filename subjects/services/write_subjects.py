"""Subjects, their links and match keys, the doubts between them, and their best values."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection

from access.selectors import class_for, class_of_both
from audit.keys import indexer
from foundation.copying import copy_rows, rows_by_keys
from ingest.sources.registry import SOURCES
from subjects.best import Best, best
from subjects.matching.blocks import block_texts
from subjects.matching.records import JOINING, Decision, Doubt
from subjects.matching.resolver import VERSION
from subjects.matching.stated import stated_person
from subjects.models import NameFact, StatusFact
from subjects.search.names import name_key
from subjects.services.in_order import hold_subjects
from subjects.services.lines import Line

# the name of the sequence is asked for once: asking costs more than drawing
_DRAW = """
WITH own AS MATERIALIZED (SELECT pg_get_serial_sequence('subjects_subject', 'id')::regclass AS sequence)
SELECT nextval(own.sequence) FROM own, generate_series(1, %s)
"""


class SubjectIds:
    """Draws ids for new subjects, many at a time."""

    BATCH = 200

    def __init__(self) -> None:
        self._drawn: list[int] = []
        self.used: list[int] = []

    def __call__(self) -> int:
        """The next id."""
        if not self._drawn:
            with connection.cursor() as cursor:
                cursor.execute(_DRAW, [self.BATCH])
                self._drawn = [row[0] for row in cursor.fetchall()][::-1]
        self.used.append(self._drawn.pop())
        return self.used[-1]


def write_subjects(ids: Sequence[int], now: datetime) -> None:
    """New subjects, without values yet; `refresh` fills them from their facts."""
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO subjects_subject (id, uuid, class_id, family_name, given_name, full_name_source_script, name_key, sex, citizenship,
                identity_strength, touched_at)
            SELECT id, gen_random_uuid(), %s, '', '', '', '', '', '', 'weak', %s FROM unnest(%s::int8[]) AS fresh(id)
            """,
            [class_for(audience="hq"), now, list(ids)],
        )


def classes_of(subjects: Iterable[int]) -> dict[int, int]:
    """Subject to access class."""
    wanted = sorted(set(subjects))
    return dict(rows_by_keys(_CLASSES, wanted)) if wanted else {}


def write_links(linked: Sequence[tuple[Line, Decision]], classes: dict[int, int], actor_id: int, now: datetime) -> None:
    """The ledger: which record belongs to which subject, why, by which version."""
    if not linked:
        return
    copy_rows(
        "new_links",
        [
            ("subject_id", "int8"),
            ("class_id", "int8"),
            ("source", "text"),
            ("record_key", "int8"),
            ("source_row_id", "int8"),
            ("decision", "text"),
            ("weight", "float8"),
            ("explanation", "text"),
        ],
        (
            (
                decision.subject,
                classes[decision.subject or 0],
                line.source,
                line.record_key,
                line.row_id,
                decision.how,
                decision.weight,
                as_json(decision.explanation),
            )
            for line, decision in linked
        ),
        joined=False,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO subjects_identitylink (subject_id, class_id, source, record_key, source_row_id, decision, weight, explanation,
                resolver_version, decided_by_id, decided_at)
            SELECT subject_id, class_id, source, record_key, source_row_id, decision, weight, explanation::jsonb, %s, %s, %s FROM new_links
            """,
            [VERSION, actor_id, now],
        )


def write_match_keys(lines: Iterable[Line], classes: dict[int, int]) -> None:
    """By which coarse keys of name and birth date the subjects are found from now on."""
    pairs = {(line.subject, key) for line in lines for key in line.blocks}
    if not pairs:
        return
    _store_match_keys(sorted((subject, classes[subject], key) for subject, key in pairs if subject is not None))


def rebuild_match_keys(subjects: Sequence[int]) -> None:
    """Coarse keys from the names that stand now: for subjects whose records have changed places."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM subjects_matchkey WHERE subject_id = ANY (%s)", [list(subjects)])
    names = NameFact.objects.filter(subject_id__in=subjects, superseded_at=None, retracted_at=None).values_list(
        "subject_id", "access_class_id", "family_name", "given_name", "date_of_birth", "date_of_birth_text"
    )
    index = indexer().of_kind("block")
    rows = {
        (subject, class_id, index(text))
        for subject, class_id, family, given, born, born_text in names
        for text in block_texts(stated_person(family, given, born, born_text))
    }
    if rows:
        _store_match_keys(sorted(rows))


def _store_match_keys(rows: Sequence[tuple[int, int, int]]) -> None:
    copy_rows("new_match_keys", [("subject_id", "int8"), ("class_id", "int8"), ("key", "int8")], rows, joined=False)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO subjects_matchkey (subject_id, class_id, key) SELECT subject_id, class_id, key FROM new_match_keys
            ON CONFLICT DO NOTHING
            """
        )


def write_doubts(doubts: Iterable[Doubt], classes: dict[int, int]) -> int:
    """Pairs that only a person may call one; a pair that waits or was judged already is left alone, also when it names
    somebody who is merged into one of the two."""
    pairs = {(doubt.left, doubt.right): doubt for doubt in doubts if doubt.left != doubt.right}
    if not pairs:
        return 0
    rows = []
    for doubt in pairs.values():
        both = class_of_both(classes[doubt.left], classes[doubt.right])
        rows.append((uuid.uuid4(), both, doubt.left, doubt.right, doubt.weight, as_json(doubt.explanation)))
    columns = [
        ("uuid", "uuid"),
        ("class_id", "int8"),
        ("left_id", "int8"),
        ("right_id", "int8"),
        ("weight", "float8"),
        ("explanation", "text"),
    ]
    copy_rows("new_doubts", columns, rows)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO subjects_judgement (uuid, class_id, left_id, right_id, weight, explanation, verdict, reason)
            SELECT uuid, class_id, left_id, right_id, weight, explanation::jsonb, '', '' FROM new_doubts
            WHERE (left_id, right_id) NOT IN (
                SELECT least(shown.one, shown.other), greatest(shown.one, shown.other)
                FROM (SELECT coalesce(left_now_id, left_id) AS one, coalesce(right_now_id, right_id) AS other FROM subjects_judgement
                      WHERE undone_at IS NULL AND (left_now_id IS NOT NULL OR right_now_id IS NOT NULL)) shown)
            ON CONFLICT DO NOTHING
            """
        )
        return int(cursor.rowcount)


def students_of(organizations: Iterable[int]) -> set[int]:
    """The subjects who have a standing record at one of these schools and programs."""
    wanted = sorted(set(organizations))
    if not wanted:
        return set()
    found = StatusFact.objects.filter(organization_id__in=wanted, superseded_at=None, retracted_at=None)
    return set(found.values_list("subject_id", flat=True))


def dependents_of(principals: Iterable[int]) -> set[int]:
    """The subjects whose standing SEVIS record names a record of one of these as its principal's: their stay ends with it."""
    wanted = sorted(set(principals))
    if not wanted:
        return set()
    keys = StatusFact.objects.filter(subject_id__in=wanted).values("sevis_key")
    found = StatusFact.objects.filter(principal_key__in=keys, superseded_at=None, retracted_at=None)
    return set(found.values_list("subject_id", flat=True))


def refresh(subjects: Iterable[int], now: datetime) -> None:
    """Rebuild the best values of these subjects from their standing facts, and mark them as touched at `now`."""
    wanted = sorted(set(subjects))
    if not wanted:
        return
    hold_subjects(wanted)
    found = _best_values(wanted)
    copy_rows(
        "best_values",
        [
            ("id", "int8"),
            ("family_name", "text"),
            ("given_name", "text"),
            ("full_name_source_script", "text"),
            ("name_key", "text"),
            ("date_of_birth", "date"),
            ("sex", "text"),
            ("citizenship", "text"),
            ("us_person", "bool"),
            ("identity_strength", "text"),
        ],
        ((subject, *_values(value)) for subject, value in found.items()),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE subjects_subject s SET family_name = b.family_name, given_name = b.given_name,
                full_name_source_script = b.full_name_source_script, name_key = b.name_key, date_of_birth = b.date_of_birth, sex = b.sex,
                citizenship = b.citizenship, us_person = b.us_person, identity_strength = b.identity_strength, touched_at = %s
            FROM best_values b WHERE s.id = b.id
            """,
            [now],
        )
        nameless = [subject for subject in wanted if subject not in found]
        if nameless:
            cursor.execute("UPDATE subjects_subject SET touched_at = %s WHERE id = ANY (%s)", [now, nameless])


def as_json(value: dict[str, object]) -> str:
    """As the ledger keeps an explanation: the same value, the same text."""
    return json.dumps(value, sort_keys=True)


def _best_values(subjects: Sequence[int]) -> dict[int, Best]:
    standing = {"subject_id__in": subjects, "superseded_at": None, "retracted_at": None}
    names = NameFact.objects.filter(**standing).order_by("subject_id", "id")
    numbered = {row[0] for row in rows_by_keys(_NUMBERED, subjects, [[kind.value for kind in JOINING]])}
    us_persons = {row[0] for row in rows_by_keys(_US_PERSONS, subjects)}
    order = tuple(SOURCES)
    found = {}
    for subject, group in groupby(names, key=lambda name: name.subject_id):
        value = best(list(group), has_number=subject in numbered, life_says_us_person=subject in us_persons, source_order=order)
        if value is not None:
            found[subject] = value
    return found


_CLASSES = """
SELECT wanted.key, s.class_id
FROM {wanted} CROSS JOIN LATERAL (SELECT s.class_id FROM subjects_subject s WHERE s.id = wanted.key OFFSET 0) s
"""
_NUMBERED = """
SELECT DISTINCT wanted.key FROM {wanted} CROSS JOIN LATERAL (
    SELECT f.kind, f.superseded_at, f.retracted_at FROM subjects_identifierfact f WHERE f.subject_id = wanted.key OFFSET 0) f
WHERE f.kind = ANY (%s) AND f.superseded_at IS NULL AND f.retracted_at IS NULL
"""
_US_PERSONS = """
SELECT DISTINCT wanted.key FROM {wanted} CROSS JOIN LATERAL (
    SELECT f.kind, f.superseded_at, f.retracted_at FROM subjects_lifeeventfact f WHERE f.subject_id = wanted.key OFFSET 0) f
WHERE f.kind IN ('naturalized', 'permanent_resident') AND f.superseded_at IS NULL AND f.retracted_at IS NULL
"""


def _values(value: Best) -> tuple[Any, ...]:
    return (
        value.family_name,
        value.given_name,
        value.full_name_source_script,
        name_key(value.family_name, value.given_name, value.full_name_source_script),
        value.date_of_birth,
        value.sex,
        value.citizenship,
        value.us_person,
        value.identity_strength,
    )
