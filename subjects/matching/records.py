"""What is compared: a source row's person, and a subject as far as it is known. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ingest.facts import IdentifierKind

# numbers that single out a person or their record; the date of birth must not contradict
JOINING = frozenset(
    {
        IdentifierKind.I94,
        IdentifierKind.PASSPORT,
        IdentifierKind.SEVIS_ID,
        IdentifierKind.A_NUMBER,
        IdentifierKind.FIN,
        IdentifierKind.EID_SUBJECT,
    }
)
# numbers of which a person has only one: two different ones are two people until a person says otherwise
SINGLE = frozenset({IdentifierKind.A_NUMBER, IdentifierKind.FIN})
TELLING = SINGLE | {IdentifierKind.PASSPORT}  # where both show one, a difference says something
# numbers that are borrowed or mistyped often: the date of birth and the name must agree as well
SUPPORTING = frozenset({IdentifierKind.SSN})
FINDING = JOINING | SUPPORTING
# visa foils, receipts, TECS records, phones and e-mail addresses never join people by themselves


class Number(NamedTuple):
    """A number of a row: its kind and its keyed hash."""

    kind: IdentifierKind
    key: int


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, which would make it several times dearer to build
class Person:
    """One name with what came with it; names romanized, lower case (`subjects.search.names`)."""

    family: str
    given: str
    born: date | None = None
    born_text: str = ""  # "1991", "1991-02": as written, where it is no whole date
    citizenship: str = ""  # ISO alpha-3


@dataclass(slots=True, unsafe_hash=True)  # as above: one a row
class Record:
    """One row that needs a subject. `ref` is the caller's own number of it."""

    ref: int
    flagged: bool
    numbers: tuple[Number, ...]
    person: Person | None
    blocks: tuple[int, ...]
    apart: frozenset[int] = frozenset()  # subjects of whom a person said: not this record


@dataclass(slots=True)
class Known:
    """A subject as far as it is known: the names and birth dates that stand, and the numbers that speak against another."""

    subject: int
    people: list[Person] = field(default_factory=list)
    telling: set[Number] = field(default_factory=set)  # of the kinds in `TELLING`

    def holds_another(self, numbers: tuple[Number, ...]) -> bool:
        """Whether the subject has a FIN or A-number where the row carries another of the same kind."""
        return any(self._differs(kind, numbers) for kind in SINGLE)

    def holds_another_passport(self, numbers: tuple[Number, ...]) -> bool:
        """Whether subject and row both show passports, and none of them is the same: renewed, or somebody else's."""
        return self._differs(IdentifierKind.PASSPORT, numbers)

    def _differs(self, kind: IdentifierKind, numbers: tuple[Number, ...]) -> bool:
        brought = {number for number in numbers if number.kind == kind}
        held = {number for number in self.telling if number.kind == kind}
        return bool(brought and held and not brought & held)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two subjects that only a person may call one: the explanation holds levels and weights, no values."""

    left: int
    right: int
    weight: float | None
    explanation: dict[str, object]


@dataclass(frozen=True, slots=True)
class Maybe:
    """A subject whose a waiting row may be; only a person may say so. The explanation holds levels and weights, no values."""

    subject: int
    weight: float | None
    explanation: dict[str, object]


@dataclass(slots=True)
class Decision:
    """Whose row it is: `subject` is None while the row only waits, and `maybes` say whose it may be.

    `how`: new | identifier | scored | judged.
    """

    ref: int
    subject: int | None
    how: str = ""
    weight: float | None = None
    explanation: dict[str, object] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    maybes: tuple[Maybe, ...] = ()
