"""One checked row under work: what it says, the keyed hashes by which it is found, and what becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.keys import indexer
from ingest.drops import split_text
from ingest.facts import Statement
from ingest.models import Extract
from ingest.services.source_rows import KeptRow, content_key, record_key
from ingest.sources.outline import Outline, OutlinedName, OutlinedRow
from ingest.sources.registry import SOURCES
from ingest.states import RowState
from subjects.identifiers import identifier_key
from subjects.matching.blocks import block_texts
from subjects.matching.records import FINDING, Number, Person, Record
from subjects.search.names import romanized


@dataclass(slots=True)
class Line:
    """A row of a part, or one read back from the buffer (`stored`). What it states in full is read when it is asked for."""

    extract_id: int
    extract_uuid: uuid.UUID
    source: str
    as_of: datetime
    line: int
    text: str
    outline: Outline
    values: Any  # the checked row, under the columns' names
    record_key: int
    content_key: int
    number_keys: tuple[int, ...]  # of the numbers that find people
    person: Person | None
    blocks: tuple[int, ...]
    keys: tuple[int, ...]  # of the numbers and the coarse ones: what a row may find a subject by
    row_id: int = 0
    stored: bool = False
    outdated: bool = False  # a newer row of the same record is here already: its facts are history at once
    subject: int | None = None
    fate: RowState = RowState.BUFFERED
    _statement: Statement | None = None

    @property
    def record(self) -> tuple[str, int]:
        """What the row is a version of."""
        return self.source, self.record_key

    @property
    def statement(self) -> Statement:
        """All that the row says."""
        if self._statement is None:
            self._statement = SOURCES[self.source].statements(self.values, self.as_of)
        return self._statement

    @property
    def search_keys(self) -> list[int]:
        """Everything by which the row is found while it waits."""
        if self.outline.organization is None:
            return list(self.keys)
        return [*self.keys, organization_key(self.outline.organization)]

    def as_record(self, ref: int, apart: frozenset[int] = frozenset()) -> Record:
        """The row for the resolver; `apart` are the subjects of whom a person said that it is not theirs."""
        found = (number for number in self.outline.numbers if number[0] in FINDING)
        numbers = tuple([Number(number[0], key) for number, key in zip(found, self.number_keys, strict=True)])
        return Record(ref, self.outline.flagged, numbers, self.person, self.blocks, apart)


def new_line(extract: Extract, row: OutlinedRow) -> Line:
    """A row of a part of `extract`."""
    keys = (record_key(extract.source, row.outline.record_key), content_key(extract.source, row.raw))
    return _line(extract.pk, extract.uuid, extract.source, extract.as_of, row, keys)


def stored_line(kept: KeptRow) -> Line | None:
    """A stored row read again; None when its source's contract has moved on and does not take it any more."""
    source = SOURCES[kept.source]
    raw = split_text(0, kept.line, kept.text)
    checked = source.check(raw)
    if isinstance(checked, tuple):
        return None
    row = OutlinedRow(0, kept.line, kept.text, source.outlined(checked, kept.as_of), checked)
    line = _line(kept.extract_id, kept.extract_uuid, kept.source, kept.as_of, row, (kept.record_key, kept.content_key))
    line.row_id, line.stored = kept.id, True
    return line


def organization_key(code: str) -> int:
    """The keyed hash of a school code or program number, by which its waiting description is found."""
    return indexer().index("organization", code)


def stored_lines(kept: Iterable[KeptRow]) -> list[Line]:
    """Stored rows read again, those that can be."""
    return [line for row in kept if (line := stored_line(row)) is not None]


_FINDING = frozenset(map(id, FINDING))  # by identity of the member: hashing an Enum runs Python code, three times a row


def _line(extract_id: int, extract_uuid: uuid.UUID, source: str, as_of: datetime, row: OutlinedRow, keys: tuple[int, int]) -> Line:
    outline = row.outline
    person = _person(outline.name) if outline.name is not None else None
    numbers = tuple([identifier_key(kind, value, country) for kind, value, country in outline.numbers if id(kind) in _FINDING])
    blocks = tuple(map(indexer().of_kind("block"), block_texts(person))) if person is not None else ()
    return Line(
        extract_id,
        extract_uuid,
        source,
        as_of,
        row.line,
        row.raw,
        outline,
        row.values,
        keys[0],
        keys[1],
        numbers,
        person,
        blocks,
        numbers + blocks,
    )


def _person(name: OutlinedName) -> Person:
    family, given, born, born_text, citizenship = name
    return Person(romanized(family), romanized(given), born, born_text, citizenship)
