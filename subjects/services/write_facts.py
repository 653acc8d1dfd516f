"""Facts into their tables: a newer row of a record supersedes what the older one said, except where it says the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from foundation.copying import copy_rows
from foundation.crypto import Sealer
from ingest.facts import Employment, StatusEvent
from organizations.services import note_codes, note_employers
from subjects.identifiers import identifiers_key
from subjects.search.names import name_key
from subjects.services.fact_rows import FACT_TABLES, Around, FactTable
from subjects.services.lines import Line

HEAD = (
    ("subject_id", "int8"),
    ("class_id", "int8"),
    ("source", "text"),
    ("extract_id", "int8"),
    ("source_row_id", "int8"),
    ("as_of", "date"),
    ("record_key", "int8"),
)
HEAD_NAMES = ", ".join(name for name, _ in HEAD)
STANDS = "f.superseded_at IS NULL AND f.retracted_at IS NULL"


@dataclass(slots=True)
class Written:
    """How many facts are new, how many no longer stand, and whose they are."""

    added: int = 0
    superseded: int = 0
    touched: set[int] = field(default_factory=set)


def write_facts(lines: Sequence[Line], classes: dict[int, int], again: set[tuple[str, int]], now: datetime) -> Written:
    """Write what `lines` say of their subjects. `again` are the records that had facts before; `classes` subject to class."""
    written = Written()
    if not lines and not again:
        return written
    around = _around(lines)
    by_table: defaultdict[type, list[tuple[object, ...]]] = defaultdict(list)
    for line in lines:
        head = _head(line, classes)
        for fact in dict.fromkeys((*line.statement.facts, *line.statement.identifiers)):
            table = FACT_TABLES[type(fact)]
            by_table[type(fact)].append((*head, line.outdated, *table.values(fact, around)))
    if again:
        copy_rows("records_again", [("source", "text"), ("record_key", "int8")], sorted(again))
    for kind, table in FACT_TABLES.items():
        rows = by_table.get(kind, [])
        if rows:
            copy_rows("new_facts", (*HEAD, ("outdated", "bool"), *table.columns), rows, joined=bool(again))
        if again:
            _supersede(table, now, written, said_again=bool(rows))
        if rows:
            _insert(table, now, written, again=bool(again))
    return written


def _supersede(table: FactTable, now: datetime, written: Written, *, said_again: bool) -> None:
    """Facts that stand for the records that came again, and that their new rows no longer state, stand no more."""
    same = f"AND NOT EXISTS (SELECT 1 FROM new_facts n WHERE NOT n.outdated AND {_twin(table)})" if said_again else ""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table.name} f SET superseded_at = %s FROM records_again r
            WHERE f.source = r.source AND f.record_key = r.record_key AND {STANDS} {same}
            RETURNING f.subject_id
            """,  # noqa: S608  # names of tables and columns, from models
            [now],
        )
        _count(cursor.fetchall(), written, added=False)


def _insert(table: FactTable, now: datetime, written: Written, *, again: bool) -> None:
    """New facts; one that stands already in the same words is not written twice, one of an outdated row is history."""
    kept = f"WHERE n.outdated OR NOT EXISTS (SELECT 1 FROM {table.name} f WHERE {STANDS} AND {_twin(table)})" if again else ""  # noqa: S608
    names = ", ".join(name for name, _ in table.columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table.name} (uuid, known_at, superseded_at, {HEAD_NAMES}, {names})
            SELECT gen_random_uuid(), %s, CASE WHEN n.outdated THEN %s::timestamptz END, {HEAD_NAMES}, {names} FROM new_facts n {kept}
            RETURNING subject_id
            """,  # noqa: S608  # as above
            [now, now],
        )
        _count(cursor.fetchall(), written, added=True)


def _twin(table: FactTable) -> str:
    """The condition under which a standing fact `f` says the same as a new one `n` of the same record."""
    new, old = (", ".join(f"{prefix}.{name}" for name in table.compared) for prefix in ("n", "f"))
    return f"f.source = n.source AND f.record_key = n.record_key AND ({new}) IS NOT DISTINCT FROM ({old})"


def _count(rows: Iterable[tuple[int]], written: Written, *, added: bool) -> None:
    subjects = [row[0] for row in rows]
    written.touched.update(subjects)
    if added:
        written.added += len(subjects)
    else:
        written.superseded += len(subjects)


def _head(line: Line, classes: dict[int, int]) -> tuple[object, ...]:
    subject = line.subject or 0
    return (subject, classes[subject], line.source, line.extract_id, line.row_id, line.as_of.date(), line.record_key)


def _around(lines: Sequence[Line]) -> Around:
    codes, employers = set(), {}
    for line in lines:
        for fact in line.statement.facts:
            if isinstance(fact, StatusEvent) and fact.school_code:
                codes.add(fact.school_code)
            elif isinstance(fact, Employment) and fact.employer_name:
                employers[name_key(fact.employer_name, "")] = fact.employer_name
    return Around(note_codes(codes), note_employers(employers.items()), Sealer(identifiers_key()))
