"""What truly happened: stays, study records, filings, and what became of each person. The application never reads this."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ingest.simulator.people import Person
from ingest.simulator.places import Place


@dataclass(frozen=True, slots=True)
class Exit:
    """A true departure."""

    on: date
    passport: str
    mode: str = "1"
    port: str = ""
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """One true admission or parole, and its true end (None: still in the country)."""

    trip: int
    number: str
    class_code: str
    arrived: date
    admit_until: date | None  # None: duration of status
    mode: str
    port: str
    carrier: str
    passport: str
    address: Place
    foil: str = ""
    post: str = ""
    sevis_id: str = ""
    left: Exit | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """How the recording of a departure went. `kind`: matched | unmatched_document | unmatched_name | unseen | false."""

    kind: str
    known_on: date | None = None  # None where nothing was ever recorded
    evidence: str = "M"
    on: date | None = None  # the recorded day, when no true departure stands behind it


@dataclass(frozen=True, slots=True)
class Matter:
    """The truth about one suspicion: the answer that a perfect desk would give on the last day of the world.

    `violated`: the authorized stay or the status was truly broken. `present`: the person is truly in the country on that
    day. A lead is right exactly when both hold.
    """

    rule: str
    outcome: str
    source: str
    key: str
    violated: bool
    present: bool
    first_day: date | None = None
    noise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One row of one source, as known from `known_on` on; a later version of the same key replaces it."""

    source: str
    key: str
    known_on: date
    cells: dict[str, str]


@dataclass(slots=True)
class Life:
    """Everything about one person: the truth, and the rows that the sources hold."""

    person: Person
    stays: list[Stay] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    story: str = ""
