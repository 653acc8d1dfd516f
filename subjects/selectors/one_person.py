"""Who is one person: subjects that are shown as one, by merges that have not been taken back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

# both ways along open redirects: to the one that is shown, and to everybody who was merged into it
_ONE_PERSON = """
WITH RECURSIVE one AS (
    SELECT unnest(%s::int8[]) AS id
    UNION
    SELECT other.id FROM one CROSS JOIN LATERAL (
        SELECT r.to_subject_id AS id FROM subjects_subjectredirect r WHERE r.from_subject_id = one.id AND r.closed_at IS NULL
        UNION ALL
        SELECT r.from_subject_id FROM subjects_subjectredirect r WHERE r.to_subject_id = one.id AND r.closed_at IS NULL) other
)
SELECT id FROM one ORDER BY id
"""


def one_person(subjects: Iterable[int]) -> list[int]:
    """These subjects and all that are shown as one with any of them, in order; as far as the current context sees merges."""
    wanted = list(set(subjects))
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_ONE_PERSON, [wanted])
        return [row[0] for row in cursor.fetchall()]
