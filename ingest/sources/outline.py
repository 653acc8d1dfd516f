"""The outline of a row: as much as decides whether the row says anything of anybody known. Pure: no Django.

Nine rows in ten of an extract flag nobody and fit nobody. What they state in full (`Statement`) is never looked at, and
building it costs more than all else that happens to such a row; so a source with many rows gives the outline by a function
of its own. It must be the outline of its statement, word for word (a test compares them for strange rows too).
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from ingest.facts import IdentifierKind, NameForm, Statement
from ingest.identifiers import FORMS, REWRITTEN, InvalidIdentifier, normalize

# By identity of the member: hashing an Enum runs Python code, and this look-up is made several times a row.
NORMAL_ALREADY = {id(kind): form.pattern.fullmatch for kind, form in FORMS.items() if kind not in REWRITTEN}

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
    """A good row: where it stands, its text as sent, its outline, and its values for whoever needs the whole statement."""

    row: int
    line: int
    raw: str
    outline: Outline
    values: Any


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


def numbered(*found: tuple[IdentifierKind, str, str]) -> tuple[Numbered, ...]:
    """Those of the numbers that are filled and can be numbers of their kind, in their normal form."""
    kept = []
    for kind, text, country in found:
        if not text:
            continue
        fits = NORMAL_ALREADY.get(id(kind))
        if fits is not None and fits(text):
            kept.append((kind, text, country))
            continue
        try:
            kept.append((kind, normalize(kind, text), country))
        except InvalidIdentifier:
            continue  # the statement notes it
    return tuple(kept)
