"""Extracts, people and the facts about them, made directly: for tests of what reads them.

Call inside `acting_as(service_actor("subjects"))`, as the intake does. Every number lies in the simulated ranges.
"""

from __future__ import annotations

import hashlib
import itertools
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from access.models import Compartment
from access.selectors import class_for, service_actor
from audit.keys import data_key, index_key
from foundation.crypto import blind_index, seal
from ingest.facts import IdentifierKind
from ingest.identifiers import normalize
from ingest.models import Extract, QuarantinedRow, SourceRow
from ingest.services.quarantine import CONTEXT as QUARANTINE
from ingest.services.source_rows import ROW_CONTEXT
from ingest.sources.registry import SOURCES
from ingest.states import ExtractState, RowState
from organizations.models import Official, Organization
from subjects.identifiers import identifier_key, last_four, seal_identifier
from subjects.models import AddressFact, AdmissionFact, Associate, FactBase, IdentifierFact, NameFact, StatusFact, Subject
from subjects.search.names import name_key

AS_OF = date(2026, 11, 22)
Fact = TypeVar("Fact", bound=FactBase)
_numbers = itertools.count(1)


def hq(*, protected: bool = False) -> int:
    """The class of rows that headquarters reads; with `protected`, only those cleared for protected persons."""
    compartments = [Compartment.objects.get(code="protected-person").pk] if protected else []
    return class_for(audience="hq", compartments=compartments)


def extract(source: str = "adis", *, as_of: date = AS_OF, state: str = ExtractState.APPLIED, **values: Any) -> Extract:
    """An extract of `source`; `rows_applied` fills up so that its rows reconcile."""
    number = next(_numbers)
    counts = {name: values.pop(name, 0) for name in ("rows_unchanged", "rows_buffered", "rows_quarantined")}
    row_count = values.pop("row_count", 100)
    values.setdefault("rows_applied", row_count - sum(counts.values()) if state == ExtractState.APPLIED else 0)
    return Extract.objects.create(
        source=source,
        layout=SOURCES[source].layout,
        extract_id=f"{source.upper()}-{as_of:%Y%m%d}-{number}",
        as_of=datetime.combine(as_of, time(5), UTC),
        kind="delta",
        row_count=row_count,
        sha256=hashlib.sha256(f"{source}{number}".encode()).hexdigest(),
        state=state,
        received_by=values.pop("received_by", None) or service_actor("ingest"),
        file_name=f"drop-{number}",
        applied_at=datetime.combine(as_of + timedelta(days=1), time(6), UTC) if state == ExtractState.APPLIED else None,
        **counts,
        **values,
    )


def source_row(of: Extract, text: str, *, line: int | None = None) -> SourceRow:
    """One row of an extract as it was sent."""
    line = line or next(_numbers)
    key = data_key(of.uuid, purpose="extract")
    return SourceRow.objects.create(
        extract=of,
        line=line,
        source=of.source,
        access_class_id=hq(),
        record_key=blind_index(index_key(), of.source, str(line)),
        content_key=blind_index(index_key(), of.source, text),
        sealed=seal(key, text.encode(), ROW_CONTEXT),
        state=RowState.APPLIED,
    )


def quarantined_row(of: Extract, text: str, *, line: int = 3, column: str = "", reason: str = "This is not a date.") -> QuarantinedRow:
    """One row of an extract that could not be used."""
    key = data_key(of.uuid, purpose="extract")
    return QuarantinedRow.objects.create(
        extract=of,
        line=line,
        access_class_id=class_for(audience="intake"),
        column=column,
        reason=reason,
        sealed=seal(key, text.encode(), QUARANTINE),
    )


def subject(family: str = "EXAMPLE", given: str = "ANA", *, protected: bool = False, **values: Any) -> Subject:
    """A person with one name fact of ADIS, which carries the biographic values too."""
    values.setdefault("date_of_birth", date(1991, 3, 3))
    values.setdefault("citizenship", "PRT")
    script = values.get("full_name_source_script", "")
    made = Subject.objects.create(
        access_class_id=hq(protected=protected),
        family_name=family,
        given_name=given,
        name_key=name_key(family, given, script),
        **values,
    )
    name(made, family, given, full_name_source_script=script)
    return made


def fact(model: type[Fact], of: Subject, *, source: str = "adis", from_extract: Extract | None = None, **values: Any) -> Fact:
    """A standing fact of `of`, in its class, as of its extract."""
    as_of = values.pop("as_of", None) or (from_extract.as_of.date() if from_extract else AS_OF)
    values.setdefault("record_key", blind_index(index_key(), source, str(next(_numbers))))
    values.setdefault("known_at", datetime.combine(as_of, time(6), UTC))
    return model._default_manager.create(
        subject=of,
        access_class_id=of.access_class_id,
        source=from_extract.source if from_extract else source,
        extract=from_extract,
        as_of=as_of,
        **values,
    )


def name(of: Subject, family: str, given: str, **values: Any) -> NameFact:
    """How one source writes the person."""
    values.setdefault("date_of_birth", of.date_of_birth)
    values.setdefault("citizenship_iso3", of.citizenship)
    values.setdefault("citizenship", of.citizenship)
    key = name_key(family, given, values.get("full_name_source_script", ""))
    return fact(NameFact, of, family_name=family, given_name=given, name_key=key, **values)


def identifier(of: Subject, kind: IdentifierKind, text: str, *, country: str = "", **values: Any) -> IdentifierFact:
    """A number of the person, sealed and indexed as the intake does it."""
    value = normalize(kind, text)
    return fact(
        IdentifierFact,
        of,
        kind=kind,
        country=country,
        blind_index=identifier_key(kind, value, country),
        sealed=seal_identifier(kind, value),
        last_four=last_four(value),
        **values,
    )


def stay(of: Subject, arrived_on: date = date(2026, 1, 11), admit_until: date | None = date(2026, 7, 10), **values: Any) -> AdmissionFact:
    """A dated admission as a visitor."""
    values.setdefault("class_of_admission", "B2")
    return fact(AdmissionFact, of, arrived_on=arrived_on, admit_until=admit_until, port=values.pop("port", "BOS"), **values)


def student(of: Subject, status: str = "terminated", **values: Any) -> StatusFact:
    """The state of a SEVIS record."""
    values.setdefault("class_of_admission", "F1")
    values.setdefault("effective_on", date(2026, 7, 1))
    values.setdefault("reason_code", "03")
    number = next(_numbers)
    return fact(StatusFact, of, source="sevis", sevis_key=number, sevis_last_four=f"{number:04d}"[-4:], status=status, **values)


def home(of: Subject, **values: Any) -> AddressFact:
    """Where the person lives."""
    values.setdefault("line", "14 Example St")
    values.setdefault("city", "Boston")
    values.setdefault("state", "MA")
    values.setdefault("kind", "residence")
    return fact(AddressFact, of, **values)


def associate(of: Subject, **values: Any) -> Associate:
    """A spouse, entered by hand."""
    values = {"relation": "spouse", "family_name": "SAMPLE", "given_name": "JOAN", "source": "manual"} | values
    return Associate.objects.create(subject=of, access_class_id=of.access_class_id, **values)


def school(title: str = "Example College", *, code: str = "SIM214F00000012", **values: Any) -> Organization:
    """A school that SEVIS names."""
    return Organization.objects.create(
        access_class_id=hq(),
        kind=Organization.Kind.SCHOOL,
        code=code,
        name=title,
        name_key=name_key(title, ""),
        city="Boston",
        state="MA",
        **values,
    )


def official(of: Organization, family: str = "SAMPLE", given: str = "JOAN", **values: Any) -> Official:
    """A designated school official."""
    return Official.objects.create(
        access_class_id=of.access_class_id,
        organization=of,
        role=values.pop("role", Official.Role.DSO),
        family_name=family,
        given_name=given,
        **values,
    )
