"""Taking an extract back: its facts stop standing, what it had replaced stands again, people's decisions stay.

A record whose newest remaining row came with another extract is read again from that row, by the ordinary path. Whose a record
is was decided by what its rows said: where none of those that became facts is stated any more, the machine's link ends, so that
the right extract finds the right people. A person who is nothing but such records keeps the one that made them: it comes back.
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
from organizations.services import undescribe
from subjects.matching.pool import one_writer
from subjects.matching.resolver import Resolver
from subjects.models import FACT_MODELS
from subjects.services.absence import tell_again
from subjects.services.corrected import BY_MACHINE
from subjects.services.in_order import hold_subjects
from subjects.services.lines import stored_lines
from subjects.services.possible import asked_about_taken_back
from subjects.services.settle import Plan, Settled, place
from subjects.services.write_subjects import SubjectIds, dependents_of, rebuild_match_keys, refresh, students_of

_FACTS = tuple(str(model._meta.db_table) for model in FACT_MODELS)

# the records of which a row is stated no more, and those that another row than before now states last
_RECORDS = """
CREATE TEMPORARY TABLE taken_back ON COMMIT DROP AS
SELECT DISTINCT u.source, u.record_key FROM unstated u LEFT JOIN ingest_extract l ON l.id = u.left_in
WHERE l.id IS NULL OR EXISTS (
    SELECT 1 FROM ingest_sourcerow r JOIN ingest_extract e ON e.id = coalesce(r.restated_in_id, r.extract_id)
    WHERE r.source = u.source AND r.record_key = u.record_key AND r.id <> u.id AND e.state <> 'unimported'
      AND (e.as_of, e.id) > (l.as_of, l.id))
"""

# of these records, those of which no row that became facts is left
_UNPROVED = """
CREATE TEMPORARY TABLE unproved ON COMMIT DROP AS
SELECT l.id, l.subject_id, l.decision FROM taken_back t JOIN subjects_identitylink l ON l.source = t.source AND l.record_key = t.record_key
WHERE l.closed_at IS NULL AND l.decision = ANY (%s) AND NOT EXISTS (
    SELECT 1 FROM ingest_sourcerow r JOIN ingest_extract e ON e.id = coalesce(r.restated_in_id, r.extract_id)
    WHERE r.source = t.source AND r.record_key = t.record_key AND r.state = 'applied' AND e.state <> 'unimported')
"""
_CLOSE = """
UPDATE subjects_identitylink l SET closed_at = %s FROM unproved u
WHERE l.id = u.id AND (u.decision <> 'new' OR EXISTS (
    SELECT 1 FROM subjects_identitylink o
    WHERE o.subject_id = u.subject_id AND o.closed_at IS NULL AND o.id NOT IN (SELECT id FROM unproved)))
"""


def unimport(*, extract: Extract, actor: User, now: datetime) -> Settled:
    """Take the facts of an applied extract back, in one transaction of the caller. Raises `Conflict` by the state table.

    Rows that another extract stated word for word keep standing: that extract says the same.
    """
    one_writer()
    move_extract(extract, ExtractState.UNIMPORTED)
    source_rows.unstate(extract.source, extract.pk)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.taken_back")
        cursor.execute(_RECORDS)
    take_back_buffered()
    retracted, theirs = _retract(now)
    touched = theirs | asked_about_taken_back() | students_of(_undescribe(now))
    if extract.source == "sevis":
        touched |= dependents_of(touched)
    _close_links(now)
    rebuild_match_keys(sorted(touched))
    hold_subjects(touched)  # before some of them are brought up to date
    settled = _read_again(actor, now)
    refresh(touched - settled.touched, now)
    settled.touched |= touched | tell_again(extract.source, now=now)
    settled.facts_retracted = retracted
    figures = {"subjects": len(settled.touched), "facts taken back": retracted, "facts standing again": settled.facts_added}
    record(Act.EXTRACT_UNIMPORTED, object_kind="extract", object_uuid=extract.uuid, payload=figures)
    return settled


def _retract(now: datetime) -> tuple[int, set[int]]:
    """Facts of the records taken back that come from rows of extracts taken back; returns how many and whose they were."""
    retracted = 0
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
            retracted += cursor.rowcount
            touched.update(row[0] for row in cursor.fetchall())
    return retracted, touched


def _close_links(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.unproved")
        cursor.execute(_UNPROVED, [list(BY_MACHINE)])
        cursor.execute(_CLOSE, [now])


def _undescribe(now: datetime) -> set[int]:
    """What rows that nobody states any more said of schools and programs; returns those of which that changed the withdrawal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM unstated WHERE left_in IS NULL AND source = 'sevis_schools'")
        return undescribe([row[0] for row in cursor.fetchall()], now=now)


def _read_again(actor: User, now: datetime) -> Settled:
    """The newest remaining row of each record that the extract had changed says again what it said, or waits again as it did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT source, record_key FROM taken_back")
        records: defaultdict[str, list[int]] = defaultdict(list)
        for source, key in cursor.fetchall():
            records[source].append(key)
    standing = [here for source, keys in records.items() for here in source_rows.standing_rows(source, keys).values()]
    applied = {here.id for here in standing if here.state == RowState.APPLIED}
    lines = stored_lines(source_rows.kept_rows([here.id for here in standing]))
    for line in lines:
        line.fate = RowState.APPLIED if line.row_id in applied else RowState.BUFFERED
    plan = Plan(live=lines, again={line.record for line in lines}, revived=[line for line in lines if line.row_id not in applied])
    if not lines:
        return Settled()
    ids = SubjectIds()
    return place(plan, Resolver(ids), ids, actor=actor, now=now)[0]
