"""Protected persons: the subject and everything about them move into a compartment that only cleared people open.

8 USC 1367 (VAWA, T, U) and asylum confidentiality (8 CFR 208.6). A filing opens it and a denial alone does not end it
(authorities.md 1367-DISC). Relatives stay where they are: they are subjects or associates of others.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from access.models import Compartment
from access.reference import PROTECTED
from access.selectors import class_for
from audit.acts import Act
from audit.services import record
from subjects.models import FACT_MODELS


def protected_class() -> int:
    """The access class of what concerns a protected person."""
    return class_for(audience="hq", compartments=[Compartment.objects.get(code=PROTECTED).pk])


def protect(subjects: Iterable[int]) -> int:
    """Move these subjects and all about them into the compartment; returns how many were not there yet."""
    wanted = sorted(set(subjects))
    if not wanted:
        return 0
    closed = protected_class()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE subjects_subject SET class_id = %s WHERE id = ANY (%s) AND class_id <> %s RETURNING uuid", [closed, wanted, closed]
        )
        moved = [row[0] for row in cursor.fetchall()]
        for table in (*_FACTS, "subjects_identitylink", "subjects_associate", "subjects_matchkey"):
            cursor.execute(
                f"UPDATE {table} SET class_id = %s WHERE subject_id = ANY (%s) AND class_id <> %s",  # noqa: S608  # tables of ours
                [closed, wanted, closed],
            )
        cursor.execute(
            "UPDATE subjects_judgement SET class_id = %s WHERE (left_id = ANY (%s) OR right_id = ANY (%s)) AND class_id <> %s",
            [closed, wanted, wanted, closed],
        )
        cursor.execute(
            """
            UPDATE subjects_subjectredirect SET class_id = %s
            WHERE (from_subject_id = ANY (%s) OR to_subject_id = ANY (%s)) AND class_id <> %s
            """,
            [closed, wanted, wanted, closed],
        )
        cursor.execute(_SOURCE_ROWS, [closed, wanted, closed])
    if moved:
        record(Act.PROTECTED, object_kind="subject", results=moved)
    return len(moved)


_FACTS = tuple(str(model._meta.db_table) for model in FACT_MODELS)
# every version of every record of the subjects
_SOURCE_ROWS = """
UPDATE ingest_sourcerow r SET class_id = %s
FROM subjects_identitylink l
WHERE l.subject_id = ANY (%s) AND l.closed_at IS NULL AND r.source = l.source AND r.record_key = l.record_key AND r.class_id <> %s
"""
