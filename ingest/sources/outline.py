"""The outline of a row: as much as decides whether the row says anything of anybody known. Pure: no Django.

Nine rows in ten of an extract flag nobody and fit nobody. What they state in full (`Statement`) is never looked at, and
building it costs more than all else that happens to such a row; so a source with many rows gives the outlines of a batch by
a function of its own, column by column. They must be the outlines of its statements, word for word (a test compares them
for strange rows too).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from ingest.facts import IdentifierKind, NameForm
from ingest.identifiers import KEPT_AS_IT_IS, InvalidIdentifier, normalize
from ingest.statements import Statement

NORMAL_ALREADY = {kind: pattern.fullmatch for kind, pattern in KEPT_AS_IT_IS.items()}

Numbered = tuple[IdentifierKind, str, str]  # kind, normal form, issuing country


class OutlinedName(NamedTuple):
    """The first name of a row, with what comparing people needs."""

    family_name: str
    given_name: str
    date_of_birth: date | None
    date_of_birth_text: str
    citizenship_iso3: str


class Outline(NamedTuple):
    """See `ingest.facts.Statement` for the words; `organization` is the code of the organization that the row describes."""

    record_key: str
    flagged: bool
    numbers: tuple[Numbered, ...]
    name: OutlinedName | None
    organization: str | None = None
    protected: bool = False


class OutlinedRow(NamedTuple):
    """A good row: where it stands, its text as sent, its outline, its values for whoever needs the whole statement, and that
    statement where it had to be read already."""

    row: int
    line: int
    raw: str
    outline: Outline
    values: Any
    stated: Statement | None = None


def outline_of(statement: Statement) -> Outline:
    """The outline of a statement."""
    stated = next((fact for fact in statement.facts if isinstance(fact, NameForm)), None)
    name = None
    if stated is not None:
        born = (stated.date_of_birth, stated.date_of_birth_text)
        name = OutlinedName(stated.family_name, stated.given_name, *born, stated.citizenship_iso3)
    return Outline(
        statement.record_key,
        statement.flagged,
        tuple([(each.kind, each.value, each.country) for each in statement.identifiers]),
        name,
        statement.organization.code if statement.organization is not None else None,
        statement.protected,
    )


def numbered(*columns: tuple[IdentifierKind, Sequence[str], Sequence[str]]) -> list[tuple[Numbered, ...]]:
    """Of each row those of its numbers that are filled and can be numbers of their kind, in their normal form.

    A column is a kind, the cells, and the issuing countries (an empty sequence: of no country).
    """
    rows = max(len(cells) for _, cells, _ in columns)
    found: list[list[Numbered | None]] = []
    for kind, cells, countries in columns:
        if any(cells):
            normal = normal_forms(kind, cells)
            if countries:
                found.append([(kind, value, country) if value else None for value, country in zip(normal, countries, strict=True)])
            else:
                found.append([(kind, value, "") if value else None for value in normal])
    if not found:
        return [()] * rows
    return [tuple([number for number in numbers if number is not None]) for numbers in zip(*found, strict=True)]


def normal_forms(kind: IdentifierKind, cells: Sequence[str]) -> Sequence[str]:
    """The cells of one column in their normal form; "" for one that is empty or cannot be such a number."""
    text = "\n".join(cells)
    if text.count("\n") == len(cells) - 1 and (column := _columns_kept(kind)) is not None and column.fullmatch(text):
        return cells
    fits = NORMAL_ALREADY.get(kind)
    return [cell if not cell or (fits is not None and fits(cell)) else _normal(kind, cell) for cell in cells]


def _normal(kind: IdentifierKind, text: str) -> str:
    try:
        return normalize(kind, text)
    except InvalidIdentifier:
        return ""  # the statement notes it


@cache
def _columns_kept(kind: IdentifierKind) -> re.Pattern[str] | None:
    """What a whole column of numbers in their normal form looks like, a line each; asked once instead of cell by cell."""
    kept = KEPT_AS_IT_IS.get(kind)
    return re.compile(rf"(?:{kept.pattern}|)(?:\n(?:{kept.pattern}|))*", re.ASCII) if kept is not None else None
