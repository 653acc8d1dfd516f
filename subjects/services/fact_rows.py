"""Facts as rows of their tables: which columns each kind has, and how a statement's fact fills them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from foundation.crypto import Sealer
from ingest import facts
from subjects import models as tables
from subjects.identifiers import identifier_key, last_four
from subjects.models import FactBase
from subjects.search.names import name_key

BASE = frozenset(
    {"id", "uuid", "subject", "access_class", "source", "extract", "source_row", "as_of", "record_key", "known_at"}
    | {"superseded_at", "retracted_at"}
)
LARGEST = 2**63 - 1  # of a bigint
NEVER_COMPARED = frozenset({"sealed", "name_key"})  # made from other columns, or different each time it is made
TYPES: Mapping[type[models.Field[Any, Any]], str] = {
    models.CharField: "text",
    models.DateField: "date",
    models.BooleanField: "bool",
    models.BigIntegerField: "int8",
    models.SmallIntegerField: "int2",
    models.BinaryField: "bytea",
    models.ForeignKey: "int8",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What the facts of a batch need from around them: ids of the organizations that they name (by code, and employers by
    normalized name), and what seals identifiers."""

    by_code: Mapping[str, int]
    by_name: Mapping[str, int]
    sealer: Sealer


Fill = Callable[[Any, Around], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class FactTable:
    """One kind of fact: its table, its own columns with their types, and the function that fills them in that order."""

    model: type[FactBase]
    fill: Fill
    columns: tuple[tuple[str, str], ...]
    compared: tuple[str, ...]
    longest: tuple[tuple[int, int], ...]  # of the columns of text: place and length

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return str(self.model._meta.db_table)

    def values(self, fact: facts.Fact, around: Around) -> tuple[Any, ...]:
        """The fact's own columns; a text that is longer than its column is cut (the source row keeps all of it)."""
        values = self.fill(fact, around)
        for place, most in self.longest:
            if values[place] is not None and len(values[place]) > most:
                cut = {at: values[at][:length] for at, length in self.longest if values[at] is not None}
                return tuple(cut.get(at, value) for at, value in enumerate(values))
        return values


def _table(model: type[FactBase], fill: Fill) -> FactTable:
    fields = [each for each in model._meta.concrete_fields if each.name not in BASE]
    return FactTable(
        model=model,
        fill=fill,
        columns=tuple((str(each.column), TYPES[type(each)]) for each in fields),
        compared=tuple(str(each.column) for each in fields if each.name not in NEVER_COMPARED),
        longest=tuple((at, each.max_length) for at, each in enumerate(fields) if isinstance(each, models.CharField) and each.max_length),
    )


def _number(kind: facts.IdentifierKind, value: str) -> int | None:
    return identifier_key(kind, value) if value else None


def _passport(value: str, country: str) -> int | None:
    """The key of a passport shown at a border; none where nobody said who issued it, for such a number speaks neither for nor against."""
    return identifier_key(facts.IdentifierKind.PASSPORT, value, country) if value and country else None


def _name(fact: facts.NameForm, _: Around) -> tuple[Any, ...]:
    return (
        fact.family_name,
        fact.given_name,
        fact.full_name_source_script,
        name_key(fact.family_name, fact.given_name, fact.full_name_source_script),
        fact.kind,
        fact.date_of_birth,
        fact.date_of_birth_text,
        fact.sex,
        fact.country_of_birth,
        fact.citizenship,
        fact.citizenship_iso3,
        fact.us_person,
    )


def _identifier(fact: facts.Identifier, around: Around) -> tuple[Any, ...]:
    return (
        fact.kind.value,
        identifier_key(fact.kind, fact.value, fact.country),
        around.sealer.seal(fact.value.encode(), fact.kind.encode()),
        last_four(fact.value),
        fact.country,
        fact.valid_from,
        fact.valid_until,
    )


def _admission(fact: facts.Admission, _: Around) -> tuple[Any, ...]:
    return (
        _number(facts.IdentifierKind.I94, fact.admission_number),
        last_four(fact.admission_number),
        _passport(fact.passport_number, fact.passport_country),
        fact.arrived_on,
        fact.class_of_admission,
        fact.admit_until,
        fact.duration_of_status,
        fact.admit_until_text,
        fact.port,
        fact.mode.value,
        fact.carrier,
        fact.us_address_state,
        fact.source_says,
    )


def _departure(fact: facts.Departure, _: Around) -> tuple[Any, ...]:
    return (
        _number(facts.IdentifierKind.I94, fact.admission_number),
        _passport(fact.passport_number, fact.passport_country),
        fact.departed_on,
        fact.evidence.value,
        fact.port,
        fact.mode.value,
        fact.carrier,
    )


def _status(fact: facts.StatusEvent, around: Around) -> tuple[Any, ...]:
    return (
        identifier_key(facts.IdentifierKind.SEVIS_ID, fact.sevis_id),
        last_four(fact.sevis_id),
        fact.status.value,
        fact.class_of_admission,
        fact.effective_on,
        fact.reason_code,
        fact.failure_on,
        fact.program_start,
        fact.program_end,
        fact.practical_training_end,
        fact.registered_on,
        fact.school_code,
        around.by_code.get(fact.school_code),
        fact.education_level,
        fact.field_of_study,
        fact.correction_pending,
        fact.reinstatement,
        fact.reinstatement_on,
        fact.cap_gap,
        fact.cap_gap_until,
        _number(facts.IdentifierKind.SEVIS_ID, fact.transfer_to_sevis_id),
        _number(facts.IdentifierKind.SEVIS_ID, fact.principal_sevis_id),
        fact.issued_on,
        fact.issued_hour,
    )


def _filing(fact: facts.BenefitFiling, _: Around) -> tuple[Any, ...]:
    return (
        identifier_key(facts.IdentifierKind.RECEIPT, fact.receipt_number),
        last_four(fact.receipt_number),
        fact.form,
        fact.received_on,
        fact.status.value,
        fact.method.value,
        fact.basis,
        fact.requested_class,
        fact.decided_on,
        fact.valid_from,
        fact.valid_until,
        fact.late_filing_excused,
        fact.denial_frivolous_or_unauthorized_work,
    )


def _visa(fact: facts.VisaEvent, _: Around) -> tuple[Any, ...]:
    return (
        _number(facts.IdentifierKind.VISA_FOIL, fact.visa_foil),
        last_four(fact.visa_foil),
        fact.action.value,
        fact.occurred_on,
        fact.visa_class,
        fact.effective_on,
        fact.expires_on,
        fact.post,
        fact.basis,
        fact.effective_on_departure,
        fact.evus,
    )


def _encounter(fact: facts.Encounter, _: Around) -> tuple[Any, ...]:
    return (
        fact.event_number,
        fact.kind.value,
        fact.occurred_on,
        fact.agency,
        fact.case_status,
        fact.in_custody,
        fact.in_proceedings,
        fact.final_order_on,
        fact.departed_on,
        fact.disposition,
        fact.basis,
        fact.watchlist,
        fact.criminal,
        fact.place,
    )


def _address(fact: facts.Address, _: Around) -> tuple[Any, ...]:
    return (
        fact.line,
        fact.city,
        fact.county,
        fact.state,
        fact.postal_code,
        fact.kind.value,
        fact.first_seen,
        fact.last_seen,
        fact.confirmed,
    )


def _employment(fact: facts.Employment, around: Around) -> tuple[Any, ...]:
    return (
        around.by_name.get(name_key(fact.employer_name, "")),
        fact.employer_name,
        fact.kind,
        fact.started_on,
        fact.ended_on,
        fact.authorized,
        fact.employer_address,
    )


def _life(fact: facts.LifeEvent, _: Around) -> tuple[Any, ...]:
    return (fact.kind, fact.occurred_on)


def _vehicle(fact: facts.Vehicle, _: Around) -> tuple[Any, ...]:
    return (fact.plate, fact.state, fact.description, fact.last_seen)


def _finance(fact: facts.Finance, _: Around) -> tuple[Any, ...]:
    amount = fact.amount_usd
    if amount is not None and abs(amount) > LARGEST:
        amount = None  # no column holds it; the source row keeps what was written, and the rest of its part goes on
    return (fact.kind, fact.description, amount, fact.occurred_on)


FACT_TABLES: Mapping[type[Any], FactTable] = {
    facts.NameForm: _table(tables.NameFact, _name),
    facts.Identifier: _table(tables.IdentifierFact, _identifier),
    facts.Admission: _table(tables.AdmissionFact, _admission),
    facts.Departure: _table(tables.DepartureFact, _departure),
    facts.StatusEvent: _table(tables.StatusFact, _status),
    facts.BenefitFiling: _table(tables.FilingFact, _filing),
    facts.VisaEvent: _table(tables.VisaFact, _visa),
    facts.Encounter: _table(tables.EncounterFact, _encounter),
    facts.Address: _table(tables.AddressFact, _address),
    facts.Employment: _table(tables.EmploymentFact, _employment),
    facts.LifeEvent: _table(tables.LifeEventFact, _life),
    facts.Vehicle: _table(tables.VehicleFact, _vehicle),
    facts.Finance: _table(tables.FinanceFact, _finance),
}
