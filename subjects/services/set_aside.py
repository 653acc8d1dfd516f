"""Rows that only wait, stored before the lock of the one writer is taken: most of an extract flags nobody and fits nobody.

What makes this safe while others link rows beside us:

- Whoever learns numbers of people holds the lock and draws ids in it, so that everything learnt since we looked has a
  higher id than the highest that we saw. Under the lock we ask for just that, and pull from the buffer by it: a row that
  we stored too early is found there like any other.
- A part of the same extract may have brought the same record meanwhile. Under the lock we look once more; such rows leave
  the buffer and go the ordinary way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from access.selectors import class_for
from audit.keys import data_key
from foundation.copying import rows_by_keys
from foundation.crypto import Sealer
from foundation.registries import suppressors
from ingest.services import source_rows
from ingest.services.buffer import remove_from_buffer
from ingest.services.source_rows import NewRow
from ingest.sources.registry import SOURCES
from ingest.states import RowState
from subjects.matching.pool import Horizon
from subjects.matching.resolver import Resolver
from subjects.services.lines import Line
from subjects.services.protect import protected_class


@dataclass(slots=True)
class Aside:
    """The rows that were stored as waiting, and all others in their order."""

    rest: list[Line]
    waiting: list[Line] = field(default_factory=list)
    horizon: Horizon | None = None

    @property
    def row_ids(self) -> set[int]:
        """The ids of the stored rows."""
        return {line.row_id for line in self.waiting}


def set_aside(lines: Sequence[Line], resolver: Resolver) -> Aside:
    """Store what only waits, as far as can be seen without the lock. The rows are of one part."""
    if not lines:
        return Aside([])
    horizon = resolver.pool.horizon()
    resolver.pool.load((key for line in lines for key in line.number_keys), (key for line in lines for key in line.blocks))
    waiting = _only_waiting(lines, resolver)
    store(waiting)
    stored = {id(line) for line in waiting}
    return Aside([line for line in lines if id(line) not in stored], waiting, horizon)


def look_again(aside: Aside, resolver: Resolver) -> list[Line]:
    """Under the lock: take up what came meanwhile; returns the rows that go the ordinary way, which read everything anew."""
    if aside.horizon is None:
        return aside.rest
    resolver.start_over(aside.horizon)
    twice = _brought_twice(aside.waiting)
    back = [line for line in aside.waiting if line.record_key in twice]
    remove_from_buffer([line.row_id for line in back])
    aside.waiting = [line for line in aside.waiting if line.record_key not in twice]
    return sorted([*aside.rest, *back], key=lambda line: line.line) if back else aside.rest


def store(lines: Sequence[Line]) -> None:
    """New source rows, as facts or in the buffer by their fate."""
    for line, row_id in zip(lines, source_rows.next_row_ids(len(lines)), strict=True):
        line.row_id = row_id
    hq, closed = class_for(audience="hq"), protected_class()
    extracts = {line.extract_id: line for line in lines}
    sealers = {extract: Sealer(data_key(line.extract_uuid, purpose="extract")) for extract, line in extracts.items()}
    ends = {extract: (line.as_of + timedelta(days=SOURCES[line.source].buffer_days)).date() for extract, line in extracts.items()}
    source_rows.store_rows(
        _new_row(line, sealers[line.extract_id], ends[line.extract_id], closed if line.outline.protected else hq) for line in lines
    )


def gone(lines: Sequence[Line]) -> set[int]:
    """Content keys of rows that a higher stage wants kept out: their records left under the retention schedule."""
    keys = [line.content_key for line in lines]
    return {key for suppressor in suppressors for key in suppressor.among(lines[0].source, keys)}


def open_links(lines: Sequence[Line]) -> dict[tuple[str, int], int]:
    """The subjects to which the records of these rows belong already."""
    if not lines:
        return {}
    sources = sorted({line.source for line in lines})
    return {(row[0], row[1]): row[2] for row in rows_by_keys(_OPEN_LINKS, [line.record_key for line in lines], [sources])}


def _only_waiting(lines: Sequence[Line], resolver: Resolver) -> list[Line]:
    newest = {line.record_key: line for line in lines}
    held = resolver.pool.held()
    found = [
        line
        for line in lines
        if not line.outline.flagged and line.outline.organization is None and newest[line.record_key] is line and held.isdisjoint(line.keys)
    ]
    if not found:
        return []
    known = source_rows.standing_rows(found[0].source, [line.record_key for line in found]).keys()
    linked, kept_out = open_links(found), gone(found)
    return [line for line in found if line.record_key not in known and line.record not in linked and line.content_key not in kept_out]


def _brought_twice(lines: Sequence[Line]) -> set[int]:
    """The records of these rows of which another row is here."""
    if not lines:
        return set()
    own = [line.line for line in lines]
    around = [lines[0].source, lines[0].extract_id, min(own), max(own)]
    return {row[0] for row in rows_by_keys(_BROUGHT_TWICE, [line.record_key for line in lines], around)}


_OPEN_LINKS = """
SELECT named.source, wanted.key, l.subject_id FROM {wanted} CROSS JOIN unnest(%s::text[]) AS named (source) CROSS JOIN LATERAL (
    SELECT l.subject_id FROM subjects_identitylink l
    WHERE l.source = named.source AND l.record_key = wanted.key AND l.closed_at IS NULL OFFSET 0) l
"""
_BROUGHT_TWICE = """
SELECT wanted.key FROM {wanted} CROSS JOIN LATERAL (
    SELECT r.extract_id, r.restated_in_id, r.line FROM ingest_sourcerow r WHERE r.source = %s AND r.record_key = wanted.key OFFSET 0) r
JOIN ingest_extract e ON e.id = coalesce(r.restated_in_id, r.extract_id)
WHERE e.state <> 'unimported' AND NOT (r.extract_id = %s AND r.line BETWEEN %s AND %s)
"""


def _new_row(line: Line, sealer: Sealer, last_day: date, class_id: int) -> NewRow:
    buffered = line.fate is RowState.BUFFERED
    return NewRow(
        id=line.row_id,
        extract_id=line.extract_id,
        line=line.line,
        source=line.source,
        class_id=class_id,
        record_key=line.record_key,
        content_key=line.content_key,
        keys=line.search_keys if buffered else [],
        sealed=source_rows.seal_row(sealer, line.text),
        state=line.fate,
        buffered_until=last_day if buffered else None,
    )
