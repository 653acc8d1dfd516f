"""Rows that wait in the buffer and only probably are somebody's: written down, so that a person can say whose they are.

A question is about a record and a subject. Each time the resolver looks at a row it says whose the row may be: what it no
longer says goes, unless a person has answered; what it says anew is asked. The subject is judged again each time.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from access.selectors import class_of_both
from audit.acts import Act
from audit.services import record
from foundation.copying import copy_rows, rows_by_keys
from subjects.matching.pool import one_writer
from subjects.matching.records import Maybe
from subjects.services.lines import Line
from subjects.services.protect import protected_class
from subjects.services.write_subjects import as_json, classes_of, refresh
from subjects.speaking import speaks_of

BATCH_ROWS = 10_000
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
    (uuid, subject_id, class_id, source, record_key, as_of, speaks_of, weight, explanation, verdict, reason, brought)
SELECT uuid, subject_id, class_id, source, record_key, as_of, speaks_of, weight, explanation::jsonb, '', '', '[]' FROM new_possible
ON CONFLICT (record_key, source, subject_id) WHERE undone_at IS NULL DO UPDATE
SET as_of = EXCLUDED.as_of, speaks_of = EXCLUDED.speaks_of, weight = EXCLUDED.weight, explanation = EXCLUDED.explanation,
    class_id = EXCLUDED.class_id
WHERE p.verdict = '' AND (p.as_of, p.speaks_of, p.weight, p.explanation, p.class_id) IS DISTINCT FROM
    (EXCLUDED.as_of, EXCLUDED.speaks_of, EXCLUDED.weight, EXCLUDED.explanation, EXCLUDED.class_id)
RETURNING p.subject_id
"""
# "unsure" goes on warning: its subject is judged again when the record is found to be somebody's, or comes back
_UNSURE = """
UPDATE subjects_possiblerecord p SET left_at = NULL FROM {wanted}
WHERE p.record_key = wanted.key AND p.source = ANY (%s) AND p.verdict = 'unsure' AND p.undone_at IS NULL
  AND (p.left_at IS NOT NULL OR p.record_key = ANY (%s))
RETURNING p.subject_id
"""
_LEFT = """
SELECT p.id FROM subjects_possiblerecord p
WHERE p.undone_at IS NULL AND (p.verdict = '' OR p.verdict = 'unsure' AND p.left_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM ingest_sourcerow r JOIN ingest_extract e ON e.id = coalesce(r.restated_in_id, r.extract_id)
                  WHERE r.source = p.source AND r.record_key = p.record_key AND e.state <> 'unimported')
LIMIT %s
"""
_FORGOTTEN = "DELETE FROM subjects_possiblerecord WHERE id = ANY (%s) AND verdict = '' RETURNING subject_id"
_CLOSED = "UPDATE subjects_possiblerecord SET left_at = %s WHERE id = ANY (%s) AND verdict = 'unsure' RETURNING subject_id"
_TAKEN_BACK = """
SELECT DISTINCT p.subject_id FROM subjects_possiblerecord p JOIN taken_back t ON (t.source, t.record_key) = (p.source, p.record_key)
WHERE p.verdict IN ('', 'unsure') AND p.undone_at IS NULL
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
    keys = [key for _, key in newest]
    withdrawn = _WITHDRAWN.replace("{kept}", _KEPT if said else "")
    touched = {row[0] for row in rows_by_keys(withdrawn, keys, [sources])}
    somebodys = [line.record_key for line, _ in newest.values() if line.subject is not None]
    touched |= {row[0] for row in rows_by_keys(_UNSURE, keys, [sources, somebodys])}
    if said:
        with connection.cursor() as cursor:
            cursor.execute(_ASKED)
            touched |= {row[0] for row in cursor.fetchall()}
    return touched


@transaction.atomic
def forget_questions(*, now: datetime) -> int:
    """Remove questions that nobody answered and whose record has left, at most `BATCH_ROWS` a call; answers stay.

    Their people are judged again, and those of whom "unsure" was said; returns how many of both there were.
    """
    one_writer()  # a load may be asking about a record that comes back
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [BATCH_ROWS])
        left = [row[0] for row in cursor.fetchall()]
        if not left:
            return 0
        cursor.execute(_FORGOTTEN, [left])
        touched = [row[0] for row in cursor.fetchall()]
        cursor.execute(_CLOSED, [now, left])
        touched += [row[0] for row in cursor.fetchall()]
    refresh(touched, now)
    record(Act.ROWS_EXPIRED, object_kind="question", payload={"rows": len(touched)})
    return len(touched)


def asked_about_taken_back() -> set[int]:
    """The subjects whose the records may be that an un-import takes back (its temporary table `taken_back`)."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN_BACK)
        return {row[0] for row in cursor.fetchall()}


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
