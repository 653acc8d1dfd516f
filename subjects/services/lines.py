"""One checked row under work: what it says, the keyed hashes by which it is found, and what becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.keys import indexer
from ingest.drops import split_text
from ingest.facts import IdentifierKind
from ingest.models import Extract
from ingest.services.source_rows import KeptRow, content_keys, record_keys
from ingest.sources.outline import Outline, OutlinedRow, outline_of
from ingest.sources.registry import SOURCES
from ingest.statements import Statement
from ingest.states import RowState
from subjects.identifiers import identifier_keys
from subjects.matching.blocks import block_texts
from subjects.matching.records import FINDING, Number, Person, Record
from subjects.matching.stated import stated_person


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


def new_lines(extract: Extract, rows: Sequence[OutlinedRow]) -> list[Line]:
    """Rows of a part of `extract`, in their order."""
    outlines = [row.outline for row in rows]
    records = map(record_keys(extract.source), [outline.record_key for outline in outlines])
    contents = map(content_keys(extract.source), [row.raw for row in rows])
    around = (extract.pk, extract.uuid, extract.source, extract.as_of)
    return [
        Line(*around, row.line, row.raw, row.outline, row.values, record, content, *found, _statement=row.stated)
        for row, record, content, found in zip(rows, records, contents, _found_by(outlines), strict=True)
    ]


def stored_line(kept: KeptRow) -> Line | None:
    """A stored row read again; None when its source's contract has moved on and does not take it any more."""
    source = SOURCES[kept.source]
    checked = source.check(split_text(0, kept.line, kept.text))
    if isinstance(checked, tuple):
        return None
    stated = source.statements(checked, kept.as_of)
    outline = outline_of(stated)
    (found,) = _found_by([outline])
    around = (kept.extract_id, kept.extract_uuid, kept.source, kept.as_of, kept.line, kept.text)
    return Line(*around, outline, checked, kept.record_key, kept.content_key, *found, row_id=kept.id, stored=True, _statement=stated)


def organization_key(code: str) -> int:
    """The keyed hash of a school code or program number, by which its waiting description is found."""
    return indexer().index("organization", code)


def stored_lines(kept: Iterable[KeptRow]) -> list[Line]:
    """Stored rows read again, those that can be."""
    return [line for row in kept if (line := stored_line(row)) is not None]


_Found = tuple[tuple[int, ...], Person | None, tuple[int, ...], tuple[int, ...]]


def _found_by(outlines: Sequence[Outline]) -> Iterator[_Found]:
    """Of each row the keys of its numbers, its person, that person's coarse keys, and all keys together."""
    plain: dict[str, Callable[[str], int]] = {kind: identifier_keys(kind) for kind in FINDING if kind is not IdentifierKind.PASSPORT}
    passports: dict[str, Callable[[str], int]] = {}
    block_key = indexer().of_kind("block")
    for outline in outlines:
        numbers = []
        for kind, value, country in outline.numbers:
            key = plain.get(kind)
            if key is not None:
                numbers.append(key(value))
            elif kind is IdentifierKind.PASSPORT:
                key = passports.get(country)
                if key is None:
                    key = passports[country] = identifier_keys(kind, country)
                numbers.append(key(value))
        name = outline.name
        person: Person | None = None
        blocks: tuple[int, ...] = ()
        if name is not None:
            person = stated_person(*name)
            blocks = tuple(map(block_key, block_texts(person)))
        by_number = tuple(numbers)
        yield by_number, person, blocks, by_number + blocks
