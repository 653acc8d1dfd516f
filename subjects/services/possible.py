"""Rows that wait in the buffer and only probably are somebody's: written down, so that a person can say whose they are.

A question is about a record and a subject. Each time the resolver looks at a row it says whose the row may be: what it no
longer says goes, unless a person has answered; what it says anew is asked. The subject is judged again each time.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from access.selectors import class_of_both
from foundation.copying import copy_rows, rows_by_keys
from subjects.matching.records import Maybe
from subjects.services.lines import Line
from subjects.services.protect import protected_class
from subjects.services.write_subjects import as_json, classes_of
from subjects.speaking import speaks_of

_COLUMNS = (
    ("uuid", "uuid"),
    ("subject_id", "int8"),
    ("class_id", "int8"),
    ("source", "text"),
    ("record_key", "int8"),
    ("as_of", "date"),
    ("speaks_of", "text"),
    ("weight", "float8"),
    ("explanation", "text"),
)
# said of a subject that is shown as another by now, it is said of that one too
_KEPT_APART = """
WITH RECURSIVE said AS (
    SELECT p.source, p.record_key, p.subject_id FROM {wanted} JOIN subjects_possiblerecord p ON p.record_key = wanted.key
    WHERE p.verdict = 'different' AND p.undone_at IS NULL
    UNION
    SELECT said.source, said.record_key, r.to_subject_id FROM said
    JOIN subjects_subjectredirect r ON r.from_subject_id = said.subject_id AND r.closed_at IS NULL
)
SELECT source, record_key, subject_id FROM said
"""
_WITHDRAWN = """
DELETE FROM subjects_possiblerecord p USING {wanted}
WHERE p.record_key = wanted.key AND p.source = ANY (%s) AND p.verdict = '' AND p.undone_at IS NULL {kept}
RETURNING p.subject_id
"""
_KEPT = """
  AND NOT EXISTS (SELECT 1 FROM new_possible n WHERE (n.subject_id, n.source, n.record_key) = (p.subject_id, p.source, p.record_key))
"""
_ASKED = """
INSERT INTO subjects_possiblerecord AS p
    (uuid, subject_id, class_id, source, record_key, as_of, speaks_of, weight, explanation, verdict, reason,
     brought)
SELECT uuid, subject_id, class_id, source, record_key, as_of, speaks_of, weight, explanation::jsonb, '', '', '[]' FROM new_possible
ON CONFLICT (record_key, source, subject_id) WHERE undone_at IS NULL DO UPDATE
SET as_of = EXCLUDED.as_of, speaks_of = EXCLUDED.speaks_of, weight = EXCLUDED.weight, explanation = EXCLUDED.explanation,
    class_id = EXCLUDED.class_id
WHERE p.verdict = ''
RETURNING p.subject_id
"""


_LEFT = """
DELETE FROM subjects_possiblerecord p WHERE p.verdict = ''
  AND NOT EXISTS (SELECT 1 FROM ingest_sourcerow r WHERE r.source = p.source AND r.record_key = p.record_key)
"""


def kept_apart(lines: Sequence[Line]) -> dict[tuple[str, int], frozenset[int]]:
    """The subjects of whom a person said that a record is not theirs, by record."""
    if not lines:
        return {}
    found: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for source, key, subject in rows_by_keys(_KEPT_APART, [line.record_key for line in lines]):
        found[source, key].add(subject)
    return {record: frozenset(subjects) for record, subjects in found.items()}


def write_possible(asked: Sequence[tuple[Line, tuple[Maybe, ...]]]) -> set[int]:
    """Write down whose each of the rows may be, as it was found last; returns the subjects whose questions changed."""
    newest = {line.record: (line, maybes) for line, maybes in asked}
    if not newest:
        return set()
    said = [(line, maybe) for line, maybes in newest.values() if line.subject is None for maybe in maybes]
    if said:
        classes = classes_of(maybe.subject for _, maybe in said)
        copy_rows("new_possible", _COLUMNS, [_row(line, maybe, classes[maybe.subject]) for line, maybe in said])
    sources = sorted({source for source, _ in newest})
    withdrawn = _WITHDRAWN.replace("{kept}", _KEPT if said else "")
    touched = {row[0] for row in rows_by_keys(withdrawn, [key for _, key in newest], [sources])}
    if said:
        with connection.cursor() as cursor:
            cursor.execute(_ASKED)
            touched |= {row[0] for row in cursor.fetchall()}
    return touched


def forget_questions() -> int:
    """Remove questions that nobody answered and whose record has left the buffer; returns how many. Answers stay."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT)
        return int(cursor.rowcount)


def _row(line: Line, maybe: Maybe, class_id: int) -> tuple[object, ...]:
    """Whether a protected person's row may be somebody's would tell of both: the class of both holds."""
    return (
        uuid.uuid4(),
        maybe.subject,
        class_of_both(class_id, protected_class()) if line.outline.protected else class_id,
        line.source,
        line.record_key,
        line.as_of.date(),
        speaks_of(line.statement.facts),
        maybe.weight,
        as_json(maybe.explanation),
    )
