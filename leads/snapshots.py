"""From fact tables to `leads.rules.snapshot.Snapshot`: many subjects in a fixed number of queries.

Numbers that persons carry are never opened here: rules compare opaque keys (blind indexes), so a snapshot holds none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Any

from django.db.models import Max, Q

from access.models import AccessClass
from ingest.facts import (
    Address,
    AddressKind,
    Admission,
    BenefitFiling,
    Departure,
    DepartureEvidence,
    Employment,
    Encounter,
    EncounterKind,
    Fact,
    FilingMethod,
    FilingStatus,
    Identifier,
    IdentifierKind,
    LifeEvent,
    Mode,
    NameForm,
    SevisStatus,
    StatusEvent,
    VisaAction,
    VisaEvent,
)
from ingest.models import Extract
from ingest.states import ExtractState
from leads.bulk import one_of
from leads.models import Correction as CorrectionRow
from leads.models import SystemCheck
from leads.rules.snapshot import Correction, Known, ManualCheck, Snapshot, build
from organizations.models import Organization
from subjects.models import (
    AddressFact,
    AdmissionFact,
    DepartureFact,
    EmploymentFact,
    EncounterFact,
    FactBase,
    FilingFact,
    IdentifierFact,
    IdentityLink,
    Judgement,
    LifeEventFact,
    NameFact,
    StatusFact,
    Subject,
    VisaFact,
)

Row = tuple[Any, ...]


def _key(value: int | None) -> str:
    """A blind index as the opaque text that rules compare; empty where the source had no number."""
    return "" if value is None else str(value)


def _name(row: Row) -> NameForm:
    return NameForm(*row)


def _identifier(row: Row) -> Identifier:
    return Identifier(IdentifierKind(row[0]), _key(row[1]), *row[2:])


def _admission(row: Row) -> Admission:
    number, passport, arrived, group, until, ds, text, port, mode, carrier, state, says = row
    return Admission(
        admission_number=_key(number),
        arrived_on=arrived,
        class_of_admission=group,
        admit_until=until,
        duration_of_status=ds,
        admit_until_text=text,
        port=port,
        mode=Mode(mode),
        carrier=carrier,
        passport_number=_key(passport),
        us_address_state=state,
        source_says=says,
    )


def _departure(row: Row) -> Departure:
    number, passport, departed, evidence, port, mode, carrier = row
    return Departure(
        departed_on=departed,
        evidence=DepartureEvidence(evidence),
        admission_number=_key(number),
        passport_number=_key(passport),
        port=port,
        mode=Mode(mode),
        carrier=carrier,
    )


def _status(row: Row) -> StatusEvent:
    values: list[Any] = [_key(row[0]), SevisStatus(row[1]), *row[2:-2], _key(row[-2]), _key(row[-1])]
    return StatusEvent(*values)


def _filing(row: Row) -> BenefitFiling:
    receipt, form, received, status, method, *rest = row
    return BenefitFiling(_key(receipt), form, received, FilingStatus(status), FilingMethod(method), *rest)


def _visa(row: Row) -> VisaEvent:
    foil, action, *rest = row
    return VisaEvent(_key(foil), VisaAction(action), *rest)


def _encounter(row: Row) -> Encounter:
    number, kind, *rest = row
    return Encounter(number, EncounterKind(kind), *rest)


def _address(row: Row) -> Address:
    line, city, county, state, postal, kind, *rest = row
    return Address(line, city, county, state, postal, AddressKind(kind), *rest)


@dataclass(frozen=True, slots=True)
class Kind:
    """How one fact table is read: its columns in the order in which `make` takes them."""

    model: type[FactBase]
    columns: tuple[str, ...]
    make: Callable[[Row], Fact]
    key: str = "record_key"  # what stays the same from one extract to the next


KINDS: tuple[Kind, ...] = (
    Kind(
        NameFact,
        (
            "family_name",
            "given_name",
            "full_name_source_script",
            "kind",
            "date_of_birth",
            "date_of_birth_text",
            "sex",
            "country_of_birth",
            "citizenship",
            "citizenship_iso3",
            "us_person",
        ),
        _name,
    ),
    Kind(IdentifierFact, ("kind", "blind_index", "country", "valid_from", "valid_until"), _identifier),
    Kind(
        AdmissionFact,
        (
            "admission_key",
            "passport_key",
            "arrived_on",
            "class_of_admission",
            "admit_until",
            "duration_of_status",
            "admit_until_text",
            "port",
            "mode",
            "carrier",
            "us_address_state",
            "source_says",
        ),
        _admission,
        key="admission_key",
    ),
    Kind(DepartureFact, ("admission_key", "passport_key", "departed_on", "evidence", "port", "mode", "carrier"), _departure),
    Kind(
        StatusFact,
        (
            "sevis_key",
            "status",
            "class_of_admission",
            "effective_on",
            "reason_code",
            "failure_on",
            "program_start",
            "program_end",
            "practical_training_end",
            "registered_on",
            "school_code",
            "education_level",
            "field_of_study",
            "correction_pending",
            "reinstatement",
            "reinstatement_on",
            "cap_gap",
            "cap_gap_until",
            "transfer_to_key",
            "principal_key",
        ),
        _status,
        key="sevis_key",
    ),
    Kind(
        FilingFact,
        (
            "receipt_key",
            "form",
            "received_on",
            "status",
            "method",
            "basis",
            "requested_class",
            "decided_on",
            "valid_from",
            "valid_until",
            "late_filing_excused",
            "denial_frivolous_or_unauthorized_work",
        ),
        _filing,
    ),
    Kind(
        VisaFact,
        (
            "foil_key",
            "action",
            "occurred_on",
            "visa_class",
            "effective_on",
            "expires_on",
            "post",
            "basis",
            "effective_on_departure",
            "evus",
        ),
        _visa,
    ),
    Kind(
        EncounterFact,
        (
            "event_number",
            "kind",
            "occurred_on",
            "agency",
            "case_status",
            "in_custody",
            "in_proceedings",
            "final_order_on",
            "departed_on",
            "disposition",
            "basis",
            "watchlist",
            "criminal",
        ),
        _encounter,
    ),
    Kind(
        AddressFact,
        ("line", "city", "county", "state", "postal_code", "kind", "first_seen", "last_seen", "confirmed"),
        _address,
    ),
    Kind(
        EmploymentFact,
        ("employer_name", "kind", "started_on", "ended_on", "authorized", "employer_address"),
        lambda row: Employment(*row),
    ),
    Kind(LifeEventFact, ("kind", "occurred_on"), lambda row: LifeEvent(*row)),
)
_PROVENANCE = ("subject_id", "uuid", "source", "as_of", "known_at", "record_key")


def sources_now() -> dict[str, date]:
    """The newest applied as-of day (UTC) of every source that was ever loaded."""
    newest = Extract.objects.filter(state=ExtractState.APPLIED).values_list("source").annotate(Max("as_of")).order_by()
    return {source: as_of.astimezone(UTC).date() for source, as_of in newest}


def schools_withdrawn() -> frozenset[str]:
    """The codes of schools and programs whose certification was withdrawn: one event, not one a student."""
    return frozenset(Organization.objects.filter(withdrawn_on__isnull=False).exclude(code="").values_list("code", flat=True))


@dataclass(slots=True)
class _Gathered:
    """What the queries found, by subject."""

    known: dict[int, list[Known[Fact]]] = field(default_factory=lambda: defaultdict(list))
    corrections: dict[int, list[Correction]] = field(default_factory=lambda: defaultdict(list))
    checks: dict[int, list[ManualCheck]] = field(default_factory=lambda: defaultdict(list))
    flags: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def snapshots(subjects: Sequence[Subject], sources: Mapping[str, date] | None = None) -> dict[int, Snapshot]:
    """One snapshot a subject, by subject id; at most eighteen queries whatever the number of subjects.

    `sources` (newest as-of day by source) and the withdrawn schools are read when they are not given.
    """
    ids = [subject.pk for subject in subjects]
    gathered = _Gathered()
    read = {kind.model: _read_facts(kind, ids, gathered.known) for kind in KINDS}
    _read_corrections(ids, gathered.corrections)
    _read_checks(ids, gathered.checks)
    _read_flags(ids, gathered.flags)
    protected = _protected_classes(subjects)
    found_sources = sources_now() if sources is None else sources
    schools = schools_withdrawn() if read[StatusFact] else frozenset()
    return {
        subject.pk: build(
            str(subject.uuid),
            found_sources,
            gathered.known[subject.pk],
            us_person=subject.us_person,
            protected=subject.access_class_id in protected,
            identity_strength=subject.identity_strength,
            link_flags=frozenset(gathered.flags[subject.pk]),
            corrections=tuple(gathered.corrections[subject.pk]),
            checks=tuple(gathered.checks[subject.pk]),
            schools_withdrawn=schools,
        )
        for subject in subjects
    }


def snapshot_of(subject: Subject) -> Snapshot:
    """The snapshot of one subject."""
    return snapshots([subject])[subject.pk]


def _read_facts(kind: Kind, ids: Sequence[int], into: dict[int, list[Known[Fact]]]) -> int:
    """Standing facts of one table; of a SEVIS record also the rows that a later one replaced (`was terminated, now active`).

    Returns how many there are.
    """
    found = 0
    rows = kind.model._default_manager.filter(subject_id__in=one_of(ids), retracted_at=None)  # any fact table
    if kind.model is not StatusFact:
        rows = rows.filter(superseded_at=None)
    make, width = kind.make, len(_PROVENANCE) + 1
    for row in rows.values_list(*_PROVENANCE, kind.key, *kind.columns):
        subject_id, uuid, source, as_of, known_at, record_key, lasting = row[:width]
        key = record_key if lasting is None else lasting
        into[subject_id].append(Known(make(row[width:]), str(uuid), source, as_of, known_at, str(key)))
        found += 1
    return found


def _read_corrections(ids: Sequence[int], into: dict[int, list[Correction]]) -> None:
    rows = CorrectionRow.objects.filter(subject_id__in=one_of(ids), withdrawn_at=None).order_by("id")
    for row in rows:
        into[row.subject_id].append(Correction(row.matter_key, row.code, row.decided_on, row.evidence_digest, row.sentence))


def _read_checks(ids: Sequence[int], into: dict[int, list[ManualCheck]]) -> None:
    for subject_id, source, checked_on, uuid in SystemCheck.objects.filter(subject_id__in=one_of(ids)).values_list(
        "subject_id", "source", "checked_on", "uuid"
    ):
        into[subject_id].append(ManualCheck(source, checked_on, str(uuid)))


def _read_flags(ids: Sequence[int], into: dict[int, set[str]]) -> None:
    """Doubts that identity resolution left, and what a person said to them."""
    for subject_id, explanation in IdentityLink.objects.filter(
        subject_id__in=one_of(ids), closed_at=None, explanation__has_key="flags"
    ).values_list("subject_id", "explanation"):
        into[subject_id].update(explanation["flags"])
    wanted = set(ids)
    open_pairs = Judgement.objects.filter(Q(left_id__in=one_of(ids)) | Q(right_id__in=one_of(ids)), undone_at=None)
    for left, right, verdict in open_pairs.values_list("left_id", "right_id", "verdict"):
        flag = "possible_twin" if verdict in ("", "unsure") else "judged_by_person"
        for subject_id in {left, right} & wanted:
            into[subject_id].add(flag)


def _protected_classes(subjects: Sequence[Subject]) -> frozenset[int]:
    """The classes of these subjects that lie in a compartment; no query where the classes came with the subjects."""
    if all(Subject.access_class.is_cached(subject) for subject in subjects):
        return frozenset(subject.access_class_id for subject in subjects if subject.access_class.compartments)
    ids = {subject.access_class_id for subject in subjects}
    rows: Iterable[int] = AccessClass.objects.filter(pk__in=ids).exclude(compartments=[]).values_list("pk", flat=True)
    return frozenset(rows)
