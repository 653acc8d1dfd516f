"""Checking many rows at once, column by column, with the same outcome as one by one. Pure: no Django.

A contract checked row by row costs more than anything else that happens to a row that only waits. Here each column is
turned into values in one sweep; whatever a sweep is not sure of sends its row to the contract itself, which alone says
what is wrong with it. So a good row never differs: a sweep takes only what the contract takes, and gives its value.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ingest.drops import RawRow
from ingest.sources.base import RejectedRow, Source, iso_date, yes_no
from ingest.sources.outline import OutlinedRow

# columns of cells to (values, places of rows that the contract must decide)
Sweep = Callable[[Sequence[str]], tuple[Sequence[Any], set[int]]]
# Characters that Python's strip takes for space and the contract's does not, and the one that no row may hold.
_ODD = re.compile("[\x00\x1c-\x1f]")


def check_rows(source: Source, rows: Sequence[RawRow], as_of: datetime) -> Iterator[OutlinedRow | RejectedRow]:
    """The rows in their order, each with its outline or with every reason why it waits in quarantine."""
    compiled = _compiled(source)
    checked = compiled.values(rows)
    outlined = source.outlined if source.outline is None else source.outline
    for raw, row in zip(rows, checked, strict=True):
        found = source.check(raw) if row is None else row
        if isinstance(found, tuple) and not isinstance(found, compiled.shape):
            yield RejectedRow(raw.row, raw.line, raw.raw, found)
        else:
            yield OutlinedRow(raw.row, raw.line, raw.raw, outlined(found, as_of), found)


class Compiled:
    """The sweeps of one source's columns."""

    def __init__(self, source: Source) -> None:
        self.width = len(source.columns)
        self.cross_check = source.cross_check
        make: Callable[..., Any] = namedtuple  # its fields are known at run time only
        self.shape = make(source.contract.__name__, source.columns)
        self.sweeps = [_sweep_of(source.contract.model_fields[name]) for name in source.columns]

    def values(self, rows: Sequence[RawRow]) -> list[Any]:
        """Each row as values under the columns' names; None where the contract must decide."""
        places = [place for place, raw in enumerate(rows) if raw.cells is not None and len(raw.cells) == self.width]
        if _ODD.search("".join(raw.raw for raw in rows)):
            places = [place for place in places if not _ODD.search(rows[place].raw)]
        found: list[Any] = [None] * len(rows)
        if not places:
            return found
        doubtful: set[int] = set()
        swept = []
        for sweep, cells in zip(self.sweeps, zip(*(rows[place].cells or () for place in places), strict=True), strict=True):
            values, unsure = sweep(cells)
            swept.append(values)
            doubtful |= unsure
        for at, values in enumerate(map(self.shape._make, zip(*swept, strict=True))):
            if at not in doubtful and (self.cross_check is None or self.cross_check(values) is None):
                found[places[at]] = values
        return found


@cache
def _compiled(source: Source) -> Compiled:
    return Compiled(source)


def _sweep_of(field: FieldInfo) -> Sweep:
    """The sweep of one column; for a kind of column that it does not know, only the empty cell is sure."""
    default = field.get_default()
    constraints = next((each for each in field.metadata if isinstance(each, StringConstraints)), None)
    if field.annotation is str and constraints is not None:
        return _text(constraints, default)
    kinds = {field.annotation, *get_args(field.annotation)}
    known: Callable[[str], Any] = _undecided
    if get_origin(field.annotation) is Literal:
        known = _one_of(get_args(field.annotation))
    elif _speaks_of(field, date, kinds):
        known = iso_date
    elif _speaks_of(field, bool, kinds):
        known = yes_no
    return _distinct(known, default)


def _speaks_of(field: FieldInfo, kind: type, kinds: set[Any]) -> bool:
    """Whether the column holds `kind`, alone or with None."""
    return kind in kinds or any(kind in get_args(each) for each in kinds)


def _one_of(allowed: tuple[Any, ...]) -> Callable[[str], str]:
    def check(cell: str) -> str:
        if cell in allowed:
            return cell
        raise ValueError

    return check


def _text(constraints: StringConstraints, default: Any) -> Sweep:
    most, least = constraints.max_length, constraints.min_length or 0
    pattern = (
        re.compile(constraints.pattern.removeprefix("^").removesuffix("$"), re.ASCII) if isinstance(constraints.pattern, str) else None
    )
    required, filled = default is PydanticUndefined, default not in {PydanticUndefined, ""}

    def sweep(cells: Sequence[str]) -> tuple[Sequence[Any], set[int]]:
        values = list(map(str.strip, cells))
        lengths = list(map(len, values))
        unsure: set[int] = set()
        if most is not None and max(lengths) > most:
            unsure.update(place for place, length in enumerate(lengths) if length > most)
        if (least or required or filled) and min(map(len, cells)) == 0:
            unsure.update(place for place, cell in enumerate(cells) if not cell)
        if least and min(lengths) < least:
            unsure.update(place for place, length in enumerate(lengths) if length < least)
        if pattern is not None:
            unsure.update(place for place, value in enumerate(values) if pattern.fullmatch(value) is None)
        return values, unsure

    return sweep


def _undecided(cell: str) -> Any:
    raise ValueError


def _distinct(known: Callable[[str], Any], default: Any) -> Sweep:
    """A column whose cells repeat: each distinct cell is read once."""

    def sweep(cells: Sequence[str]) -> tuple[Sequence[Any], set[int]]:
        read: dict[str, Any] = {}
        strange = set()
        for cell in set(cells):
            if not cell and default is not PydanticUndefined:
                read[cell] = default
                continue
            try:
                read[cell] = known(cell)
            except ValueError:
                read[cell] = None
                strange.add(cell)
        values = list(map(read.__getitem__, cells))
        return values, {place for place, cell in enumerate(cells) if cell in strange} if strange else set()

    return sweep
