"""Taking an extract back: its facts stop standing, what it had replaced stands again, people's decisions stay.

A record whose newest remaining row came with another extract is read again from that row, by the ordinary path.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import connection

from access.models import User
from audit.acts import Act
from audit.services import record
from ingest.models import Extract
from ingest.services import source_rows
from ingest.services.buffer import take_back_buffered
from ingest.services.moves import move_extract
from ingest.states import ExtractState, RowState
from subjects.matching.pool import one_writer
from subjects.matching.resolver import Resolver
from subjects.models import FACT_MODELS
from subjects.services.absence import tell_again
from subjects.services.lines import stored_lines
from subjects.services.possible import asked_about_taken_back
from subjects.services.settle import Plan, Settled, place
from subjects.services.write_subjects import SubjectIds, refresh

_FACTS = tuple(str(model._meta.db_table) for model in FACT_MODELS)

# the records that the extract stated, and that no later extract has stated in the very same words
_RECORDS = """
CREATE TEMPORARY TABLE taken_back ON COMMIT DROP AS
SELECT DISTINCT r.source, r.record_key FROM ingest_sourcerow r
WHERE (r.extract_id = %(extract)s AND r.restated_in_id IS NULL)
   OR (r.restated_in_id = %(extract)s AND EXISTS (SELECT 1 FROM ingest_extract e WHERE e.id = r.extract_id AND e.state = 'unimported'))
"""


def unimport(*, extract: Extract, actor: User, now: datetime) -> Settled:
    """Take the facts of an applied extract back, in one transaction of the caller. Raises `Conflict` by the state table.

    Rows that a later extract repeated word for word keep standing: that extract says the same.
    """
    one_writer()
    move_extract(extract, ExtractState.UNIMPORTED)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.taken_back")
        cursor.execute(_RECORDS, {"extract": extract.pk})
        cursor.execute(
            "UPDATE ingest_sourcerow SET restated_in_id = NULL WHERE restated_in_id = %s AND extract_id <> %s", [extract.pk, extract.pk]
        )
    take_back_buffered(extract.pk)
    touched = _retract(now) | asked_about_taken_back()
    settled = _read_again(actor, now)
    refresh(touched - settled.touched, now)
    settled.touched |= touched | tell_again(extract.source, now=now)
    figures = {"subjects": len(settled.touched), "facts standing again": settled.facts_added}
    record(Act.EXTRACT_UNIMPORTED, object_kind="extract", object_uuid=extract.uuid, payload=figures)
    return settled


def _retract(now: datetime) -> set[int]:
    """Facts of the records taken back that come from rows of extracts taken back; returns whose they were."""
    touched: set[int] = set()
    with connection.cursor() as cursor:
        for table in (*_FACTS, "subjects_associate"):
            owner = "f.source_row_id = r.id"
            cursor.execute(
                f"""
                UPDATE {table} f SET retracted_at = %s
                FROM ingest_sourcerow r JOIN ingest_extract e ON e.id = r.extract_id
                JOIN taken_back t ON t.source = r.source AND t.record_key = r.record_key
                WHERE {owner} AND e.state = 'unimported' AND r.restated_in_id IS NULL AND f.retracted_at IS NULL
                RETURNING f.subject_id
                """,  # noqa: S608  # tables of ours
                [now],
            )
            touched.update(row[0] for row in cursor.fetchall())
    return touched


def _read_again(actor: User, now: datetime) -> Settled:
    """The newest remaining row of each record that the extract had changed says again what it said."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT source, record_key FROM taken_back")
        records: defaultdict[str, list[int]] = defaultdict(list)
        for source, key in cursor.fetchall():
            records[source].append(key)
    wanted = [
        here.id
        for source, keys in records.items()
        for here in source_rows.standing_rows(source, keys).values()
        if here.state == RowState.APPLIED
    ]
    lines = stored_lines(source_rows.kept_rows(wanted))
    for line in lines:
        line.fate = RowState.APPLIED
    plan = Plan(live=lines, again={line.record for line in lines})
    if not lines:
        return Settled()
    ids = SubjectIds()
    return place(plan, Resolver(ids), ids, actor=actor, now=now)[0]
