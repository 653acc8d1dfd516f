"""One checked row under work: what it says, the keyed hashes by which it is found, and what becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from audit.keys import indexer
from ingest.drops import split_text
from ingest.facts import NameForm, Statement
from ingest.models import Extract
from ingest.services.source_rows import KeptRow, content_key, record_key
from ingest.sources.base import CheckedRow
from ingest.sources.registry import SOURCES
from ingest.states import RowState
from subjects.identifiers import identifier_key
from subjects.matching.blocks import block_texts
from subjects.matching.records import FINDING, Number, Person, Record
from subjects.search.names import romanized


@dataclass(slots=True)
class Line:
    """A row of a part, or one read back from the buffer (`stored`)."""

    extract_id: int
    extract_uuid: uuid.UUID
    source: str
    as_of: datetime
    line: int
    text: str
    statement: Statement
    record_key: int
    content_key: int
    numbers: tuple[Number, ...]
    person: Person | None
    blocks: tuple[int, ...]
    keys: tuple[int, ...]  # of the numbers and the coarse ones: what a row may find a subject by
    row_id: int = 0
    stored: bool = False
    outdated: bool = False  # a newer row of the same record is here already: its facts are history at once
    subject: int | None = None
    fate: RowState = RowState.BUFFERED

    @property
    def record(self) -> tuple[str, int]:
        """What the row is a version of."""
        return self.source, self.record_key

    @property
    def search_keys(self) -> list[int]:
        """Everything by which the row is found while it waits."""
        if self.statement.organization is None:
            return list(self.keys)
        return [*self.keys, organization_key(self.statement.organization.code)]

    def as_record(self, ref: int) -> Record:
        """The row for the resolver."""
        return Record(ref, self.statement.flagged, self.numbers, self.person, self.blocks)


def new_line(extract: Extract, row: CheckedRow) -> Line:
    """A row of a part of `extract`."""
    keys = (record_key(extract.source, row.statement.record_key), content_key(extract.source, row.raw))
    return _line(extract.pk, extract.uuid, extract.source, extract.as_of, row, keys)


def stored_line(kept: KeptRow) -> Line | None:
    """A stored row read again; None when its source's contract has moved on and does not take it any more."""
    source = SOURCES[kept.source]
    raw = split_text(0, kept.line, kept.text)
    checked = source.check(raw)
    if isinstance(checked, tuple):
        return None
    row = CheckedRow(0, kept.line, kept.text, source.statements(checked, kept.as_of))
    line = _line(kept.extract_id, kept.extract_uuid, kept.source, kept.as_of, row, (kept.record_key, kept.content_key))
    line.row_id, line.stored = kept.id, True
    return line


def organization_key(code: str) -> int:
    """The keyed hash of a school code or program number, by which its waiting description is found."""
    return indexer().index("organization", code)


def stored_lines(kept: Iterable[KeptRow]) -> list[Line]:
    """Stored rows read again, those that can be."""
    return [line for row in kept if (line := stored_line(row)) is not None]


def _line(extract_id: int, extract_uuid: uuid.UUID, source: str, as_of: datetime, row: CheckedRow, keys: tuple[int, int]) -> Line:
    statement = row.statement
    person = _person(statement)
    numbers = tuple(
        [
            Number(number.kind, identifier_key(number.kind, number.value, number.country))
            for number in statement.identifiers
            if number.kind in FINDING
        ]
    )
    blocks = tuple(map(indexer().of_kind("block"), block_texts(person))) if person is not None else ()
    return Line(
        extract_id,
        extract_uuid,
        source,
        as_of,
        row.line,
        row.raw,
        statement,
        keys[0],
        keys[1],
        numbers,
        person,
        blocks,
        (*[number.key for number in numbers], *blocks),
    )


def _person(statement: Statement) -> Person | None:
    """The first name of the row: every source writes the primary one first."""
    for fact in statement.facts:
        if isinstance(fact, NameForm):
            family, given = romanized(fact.family_name), romanized(fact.given_name)
            return Person(family, given, fact.date_of_birth, fact.date_of_birth_text, fact.citizenship_iso3)
    return None
