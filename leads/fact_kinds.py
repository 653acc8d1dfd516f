"""How each table of facts is read into the typed facts that rules know.

Numbers that persons carry are never opened here: rules compare opaque keys (blind indexes), so a snapshot holds none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
from subjects.models import (
    AddressFact,
    AdmissionFact,
    DepartureFact,
    EmploymentFact,
    EncounterFact,
    FactBase,
    FilingFact,
    IdentifierFact,
    LifeEventFact,
    NameFact,
    StatusFact,
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
            "place",
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
