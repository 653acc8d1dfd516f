"""What is known about one subject at one moment: the only input that a rule has.

The caller builds one `Snapshot` per subject, in bulk, from rows that are neither retracted nor superseded. It holds typed
facts of `ingest.facts`, each wrapped in `Known` (who said it, as of when, since when we know). Order never matters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

from ingest.facts import (
    Address,
    Admission,
    BenefitFiling,
    Departure,
    Employment,
    Encounter,
    Fact,
    Identifier,
    LifeEvent,
    NameForm,
    StatusEvent,
    VisaEvent,
)

F_co = TypeVar("F_co", bound=Fact, covariant=True)


@dataclass(frozen=True, slots=True)
class Known(Generic[F_co]):
    """One fact with its provenance. `fact_id` and `record_key` are opaque: never a number that a person carries.

    `record_key` is the same for every version of one source record (a keyed hash of the source's own key), so that what
    was decided about a record survives its next extract; when it is empty `fact_id` stands in. `unreported_since` is the day
    of the first full extract of the source that no longer holds the record.
    """

    fact: F_co
    fact_id: str
    source: str
    extract_as_of: date
    known_at: datetime
    record_key: str = ""
    unreported_since: date | None = None

    @property
    def key(self) -> str:
        """Return the opaque key of the source record."""
        return self.record_key or self.fact_id


@dataclass(frozen=True, slots=True)
class ManualCheck:
    """An analyst asked one system about this subject; the answer, if there was one, is a fact of source `manual`."""

    source: str
    checked_on: date
    fact_id: str = ""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A record in the buffer that may be this person's, and that nobody has settled. `key` is opaque.

    `speaks_of` is the most telling thing it states (`subjects.speaking`): a departure, a filing, an address, ... It is no
    fact: no rule reads it, and it opens and closes nothing.
    """

    speaks_of: str
    source: str
    as_of: date
    key: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A person settled a matter against the lead; it holds until *different* evidence arrives, or what it rested on is over.

    `evidence_digest` is `Finding.evidence_digest` of the finding that was settled: the same wrong row coming back has the
    same digest and is answered by this correction. An empty digest settles the matter whatever the evidence.
    """

    matter_key: str
    code: str  # wrong_person | data_error | in_status | departed | ...
    decided_on: date
    evidence_digest: str = ""
    sentence: str = ""
    relied: tuple[str, ...] = ()  # what it rested on (`leads.rules.overtaken`)


class IdentityStrength(StrEnum):
    """How sure we are that the facts are about one person."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """Everything that the rules may look at. Two snapshots are the same when their `digest` is the same.

    `sources` gives the newest as-of date of every source that has ever been loaded, whether or not it mentions the
    subject: a source that is absent has never been asked. `us_person` is the caller's resolution over all sources;
    `protected` opens no door here, it only makes sentences neutral (8 USC 1367, 8 CFR 208.6).
    `link_flags` come from identity resolution: `shared_identifier`, `conflicting_birth_dates`, `possible_twin` while a pair waits
    for a person, `many_names_one_fin` also when a person said that the names are one person's.
    """

    subject_ref: str
    sources: Mapping[str, date]
    names: tuple[Known[NameForm], ...] = ()
    identifiers: tuple[Known[Identifier], ...] = ()
    admissions: tuple[Known[Admission], ...] = ()
    departures: tuple[Known[Departure], ...] = ()
    status_events: tuple[Known[StatusEvent], ...] = ()
    filings: tuple[Known[BenefitFiling], ...] = ()
    visa_events: tuple[Known[VisaEvent], ...] = ()
    encounters: tuple[Known[Encounter], ...] = ()
    addresses: tuple[Known[Address], ...] = ()
    employments: tuple[Known[Employment], ...] = ()
    life_events: tuple[Known[LifeEvent], ...] = ()
    us_person: bool | None = None
    protected: bool = False
    identity_strength: str = IdentityStrength.FAIR.value
    link_flags: frozenset[str] = frozenset()
    corrections: tuple[Correction, ...] = ()
    checks: tuple[ManualCheck, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    principals: tuple[Known[StatusEvent], ...] = ()  # of a dependent: the records of those whose status theirs follows
    schools_withdrawn: frozenset[str] = field(default=frozenset())  # school codes whose certification was withdrawn

    def standing_events(self) -> tuple[Known[StatusEvent], ...]:
        """Return the newest row of each SEVIS record: what an older one said of a day, the school or sponsor may have corrected."""
        newest: dict[str, Known[StatusEvent]] = {}
        for known in sorted(self.status_events, key=stated):
            newest[known.fact.sevis_id] = known
        return tuple(newest.values())

    def standing(self) -> tuple[Known[Fact], ...]:
        """Return every fact but the rows of a SEVIS record that a later one replaced."""
        replaced = {known.fact_id for known in self.status_events} - {known.fact_id for known in self.standing_events()}
        return tuple(known for known in self.all_known() if known.fact_id not in replaced)

    def all_known(self) -> tuple[Known[Fact], ...]:
        """Return every fact of every kind."""
        return tuple(known for name in _SLOTS.values() for known in cast("tuple[Known[Fact], ...]", getattr(self, name)))


def stated(known: Known[StatusEvent]) -> tuple[date, datetime, date, str]:
    """Return the place of a row among those of its SEVIS record, the newest statement last."""
    return known.extract_as_of, known.known_at, known.fact.effective_on or date.min, known.fact_id


_SLOTS: dict[type, str] = {
    NameForm: "names",
    Identifier: "identifiers",
    Admission: "admissions",
    Departure: "departures",
    StatusEvent: "status_events",
    BenefitFiling: "filings",
    VisaEvent: "visa_events",
    Encounter: "encounters",
    Address: "addresses",
    Employment: "employments",
    LifeEvent: "life_events",
}


def build(subject_ref: str, sources: Mapping[str, date], known: Iterable[Known[Fact]], **rest: Any) -> Snapshot:
    """Return a snapshot with each fact in the tuple of its kind; `rest` are the other fields of `Snapshot`.

    Facts that no rule reads (vehicles, finances) are left out.
    """
    sorted_out: dict[str, list[Known[Fact]]] = {}
    for item in known:
        slot = _SLOTS.get(type(item.fact))
        if slot is not None:
            sorted_out.setdefault(slot, []).append(item)
    tuples: dict[str, Any] = {slot: tuple(items) for slot, items in sorted_out.items()}
    return Snapshot(subject_ref=subject_ref, sources=sources, **tuples, **rest)


@lru_cache(maxsize=64)
def _field_names(kind: Hashable) -> tuple[str, ...]:
    return tuple(sorted(each.name for each in fields(cast("Any", kind))))


def _plain(value: Any) -> object:
    """Return `value` as JSON knows it: the same value always gives the same text."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(value[key]) for key in sorted(value)}
    if isinstance(value, frozenset | tuple):
        return sorted(_canonical(item) for item in value)
    kind: Any = type(value)
    return {"kind": kind.__name__, **{name: _plain(getattr(value, name)) for name in _field_names(kind)}}


def _canonical(value: object, *, without: frozenset[str] = frozenset()) -> str:
    plain = _plain(value)
    if without and isinstance(plain, dict):
        plain = {name: said for name, said in plain.items() if name not in without}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def matter_key(kind: str, first: Known[Fact]) -> str:
    """Return the opaque key of a matter: its kind and a short hash of the record that told of it first (42 characters)."""
    return f"{kind}:{hashlib.sha256(first.key.encode()).hexdigest()[:32]}"


def digest(snapshot: Snapshot) -> str:
    """Return the SHA-256 (hex) of the whole snapshot; the order of facts does not change it."""
    return hashlib.sha256(_canonical(snapshot).encode()).hexdigest()


# what no rule alleges anything by: the same allegation with another carrier or a newer form is no new evidence
_BESIDE: dict[type, frozenset[str]] = {
    Admission: frozenset({"port", "mode", "carrier", "us_address_state", "source_says"}),
    StatusEvent: frozenset({"field_of_study", "issued_on", "issued_hour", "correction_pending"}),
    VisaEvent: frozenset({"post", "expires_on"}),
    Employment: frozenset({"employer_address"}),
}


def evidence_digest(known: Iterable[Known[Fact]]) -> str:
    """Return the SHA-256 (hex) of what the facts allege, whoever said it and whenever: ids and dates of load are left out, and what
    no rule alleges anything by."""
    return _digest_of({_canonical(item.fact, without=_BESIDE.get(type(item.fact), frozenset())) for item in known})


def whole_digest(known: Iterable[Known[Fact]]) -> str:
    """Return the SHA-256 (hex) of all that the facts say, whoever said it and whenever."""
    return _digest_of({_canonical(item.fact) for item in known})


def _digest_of(said: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()
