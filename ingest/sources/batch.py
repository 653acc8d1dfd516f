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
from itertools import repeat
from typing import Any, Literal, get_args, get_origin

from pydantic import StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ingest.drops import RawRow
from ingest.sources.base import RejectedRow, Source, iso_date, yes_no
from ingest.sources.outline import Outline, OutlinedRow, outline_of
from ingest.statements import Statement

# columns of cells to (values, places of rows that the contract must decide); `tidy`: no cell begins or ends with a space
Sweep = Callable[..., tuple[Sequence[Any], set[int]]]
# Characters that Python's strip takes for space and the contract's does not, and the one that no row may hold.
_ODD = "\x00\x1c\x1d\x1e\x1f"
_SPACES = "\t\n\v\f\r"  # the spaces of ASCII beside the blank


def check_rows(source: Source, rows: Sequence[RawRow], as_of: datetime) -> list[OutlinedRow | RejectedRow]:
    """The rows in their order, each with its outline or with every reason why it waits in quarantine."""
    compiled = _compiled(source)
    checked = compiled.values(rows)
    rejected: dict[int, RejectedRow] = {}
    for place in [place for place, values in enumerate(checked) if values is None]:
        found = source.check(rows[place])
        if isinstance(found, tuple):
            raw = rows[place]
            rejected[place] = RejectedRow(raw.row, raw.line, raw.raw, found)
        else:
            checked[place] = compiled.shape(*(getattr(found, name) for name in source.columns))
    good = [values for values in checked if values is not None]
    outlined = _outlined(source, compiled, good, as_of)
    if not rejected:
        return [OutlinedRow(raw.row, raw.line, raw.raw, *each) for raw, each in zip(rows, outlined, strict=True)]
    walk = iter(outlined)
    return [rejected.get(place) or OutlinedRow(raw.row, raw.line, raw.raw, *next(walk)) for place, raw in enumerate(rows)]


def _outlined(source: Source, compiled: Compiled, good: list[Any], as_of: datetime) -> Iterator[tuple[Outline, Any, Statement | None]]:
    """Of each good row its outline, its values, and its statement where only that gives the outline."""
    if not good:
        return iter(())
    if source.outlines is not None:
        return zip(source.outlines(compiled.shape._make(zip(*good, strict=True)), as_of), good, repeat(None), strict=False)  # it ends never
    stated = [source.statement(values, as_of) for values in good]
    return zip(map(outline_of, stated), good, stated, strict=True)


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
        text = "\n".join([raw.raw for raw in rows])
        odd = any(map(text.__contains__, _ODD))
        places = [
            place
            for place, raw in enumerate(rows)
            if raw.cells is not None and len(raw.cells) == self.width and not (odd and any(map(raw.raw.__contains__, _ODD)))
        ]
        found: list[Any] = [None] * len(rows)
        if not places:
            return found
        tidy = _tidy(text, len(rows))
        doubtful: set[int] = set()
        swept = []
        for sweep, cells in zip(self.sweeps, zip(*(rows[place].cells or () for place in places), strict=True), strict=True):
            values, unsure = sweep(cells, tidy=tidy)
            swept.append(values)
            doubtful |= unsure
        checked = list(map(self.shape._make, zip(*swept, strict=True)))
        if self.cross_check is not None:
            cross_check = self.cross_check
            doubtful |= {at for at, values in enumerate(checked) if at not in doubtful and cross_check(values) is not None}
        if not doubtful and len(places) == len(rows):
            return checked
        for at, values in enumerate(checked):
            if at not in doubtful:
                found[places[at]] = values
        return found


def _tidy(text: str, rows: int) -> bool:
    """Whether it is plain, for rows of `text` set line by line, that none of their cells begins or ends with a space."""
    if not text.isascii() or '"' in text or text.count("\n") != rows - 1 or any(map(text.__contains__, _SPACES.replace("\n", ""))):
        return False
    return not any(map(text.__contains__, (" ,", ", ", " \n", "\n "))) and text.strip(" ") == text


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

    def sweep(cells: Sequence[str], *, tidy: bool) -> tuple[Sequence[Any], set[int]]:
        values = cells if tidy else list(map(str.strip, cells))
        unsure: set[int] = set()
        if most is not None and max(map(len, values)) > most:
            unsure.update(place for place, value in enumerate(values) if len(value) > most)
        if (least or required or filled) and min(map(len, cells)) == 0:
            unsure.update(place for place, cell in enumerate(cells) if not cell)
        if least and min(map(len, values)) < least:
            unsure.update(place for place, value in enumerate(values) if len(value) < least)
        if pattern is not None:
            unsure.update(place for place, value in enumerate(values) if pattern.fullmatch(value) is None)
        return values, unsure

    return sweep


def _undecided(cell: str) -> Any:
    raise ValueError


def _distinct(known: Callable[[str], Any], default: Any) -> Sweep:
    """A column whose cells repeat: each distinct cell is read once."""

    def sweep(cells: Sequence[str], *, tidy: bool) -> tuple[Sequence[Any], set[int]]:
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
