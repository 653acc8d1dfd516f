"""People of whom sources have told something: subjects with facts, and the extracts that set the day."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from access.selectors import class_for, service_actor
from audit.keys import index_key
from foundation.crypto import blind_index
from ingest.models import Extract
from ingest.states import ExtractState
from subjects.identifiers import identifier_key, seal_identifier
from subjects.models import (
    AddressFact,
    AdmissionFact,
    DepartureFact,
    EmploymentFact,
    EncounterFact,
    FilingFact,
    IdentifierFact,
    NameFact,
    StatusFact,
    Subject,
)

AS_OF = date(2026, 11, 22)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SOURCES = ("adis", "sevis", "eid", "claims3")


def key_of(kind: str, value: str) -> int:
    """The blind index of a made-up number."""
    return blind_index(index_key(), kind, value)


def loaded(*sources: str, as_of: date = AS_OF, days_later: int = 0) -> None:
    """An applied, empty extract of each source: from now on the world is known up to that day."""
    applied = datetime.combine(as_of, time(13), UTC) + timedelta(days=days_later)
    for source in sources or SOURCES:
        Extract.objects.create(
            source=source,
            layout=f"{source}/1",
            extract_id=f"{source}-{as_of}",
            as_of=datetime.combine(as_of, time(12), UTC),
            kind="delta",
            row_count=0,
            sha256=uuid.uuid4().hex * 2,
            state=ExtractState.APPLIED,
            received_by=service_actor("ingest"),
            file_name=uuid.uuid4().hex,
            applied_at=applied,
        )


def a_subject(family: str = "EXAMPLE", given: str = "ANA", *, born: date | None = date(1991, 3, 3), **columns: Any) -> Subject:
    """A subject with one name."""
    columns.setdefault("access_class_id", class_for(audience="hq"))
    subject = Subject.objects.create(family_name=family, given_name=given, date_of_birth=born, **columns)
    named = {"family_name": family, "given_name": given, "name_key": columns.get("name_key", "")}
    told(NameFact, subject, "adis", date_of_birth=born, sex="F", citizenship_iso3="PRT", **named)
    return subject


def told(model: Any, subject: Subject, source: str, *, as_of: date = AS_OF, record: str = "", **columns: Any) -> Any:
    """One fact; touches the subject as the intake does."""
    fact = model.objects.create(
        subject=subject,
        access_class_id=subject.access_class_id,
        source=source,
        as_of=as_of,
        record_key=key_of("record", record or uuid.uuid4().hex),
        known_at=datetime.combine(as_of, time(13), UTC),
        **columns,
    )
    Subject.objects.filter(pk=subject.pk).update(touched_at=fact.known_at)
    return fact


def admitted(subject: Subject, until: date | None, *, arrived: date, group: str = "B2", number: str = "", **columns: Any) -> AdmissionFact:
    """An admission by air."""
    chosen = number or uuid.uuid4().hex
    return told(
        AdmissionFact,
        subject,
        "adis",
        record=chosen,
        admission_key=key_of("i94:", chosen),
        admission_last_four="70A1",
        arrived_on=arrived,
        class_of_admission=group,
        admit_until=until,
        duration_of_status=until is None,
        mode="air",
        port="BOS",
        **columns,
    )


def departed(subject: Subject, on: date, *, evidence: str = "biometric", of: AdmissionFact | None = None, **columns: Any) -> DepartureFact:
    """A departure, matched to an admission or not."""
    number = of.admission_key if of else None
    return told(DepartureFact, subject, "adis", admission_key=number, departed_on=on, evidence=evidence, mode="air", **columns)


def filed(subject: Subject, on: date, *, status: str = "pending", **columns: Any) -> FilingFact:
    """An extension of stay, filed online."""
    key = key_of("receipt:", uuid.uuid4().hex)
    plain = {"form": "I-539", "basis": "extension", "method": "online", **columns}
    return told(FilingFact, subject, "claims3", receipt_key=key, received_on=on, status=status, **plain)


def terminated(subject: Subject, on: date, *, reason: str = "03", status: str = "terminated", **columns: Any) -> StatusFact:
    """A SEVIS record that was terminated."""
    return told(
        StatusFact, subject, "sevis", sevis_key=key_of("sevis_id:", str(subject.pk)), status=status, class_of_admission="F1",
        effective_on=on, reason_code=reason, failure_on=on, program_start=date(2025, 8, 20), program_end=date(2027, 6, 1), **columns,
    )  # fmt: skip


def lives(
    subject: Subject, state: str = "MA", *, city: str = "Boston", line: str = "1 Example Street", postal_code: str = "02108", **columns: Any
) -> AddressFact:
    """A residence."""
    return told(
        AddressFact, subject, "claims3", line=line, city=city, state=state, postal_code=postal_code, kind="residence",
        first_seen=date(2026, 6, 1), last_seen=date(2026, 11, 1), **columns,
    )  # fmt: skip


def met(subject: Subject, on: date, *, kind: str = "arrest", **columns: Any) -> EncounterFact:
    """A meeting with law enforcement."""
    return told(
        EncounterFact, subject, "eid", event_number=f"EVT-{uuid.uuid4().hex[:8]}", kind=kind, occurred_on=on, agency="ERO", **columns
    )


def numbered(subject: Subject, kind: str, value: str, *, country: str = "") -> IdentifierFact:
    """A number that the person carries, sealed."""
    key, sealed = identifier_key(kind, value, country), seal_identifier(kind, value)
    return told(IdentifierFact, subject, "adis", kind=kind, blind_index=key, sealed=sealed, last_four=value[-4:], country=country)


def overstayer(**columns: Any) -> Subject:
    """A B-2 visitor admitted until 10 Jul 2026 of whom no departure is known, and who has begun to work since: so, is here."""
    subject = a_subject(**columns)
    admitted(subject, date(2026, 7, 10), arrived=date(2026, 1, 11))
    works(subject, date(2026, 8, 3))
    return subject


def works(subject: Subject, since: date) -> EmploymentFact:
    """A job that a commercial record tells of; nothing says whether it was authorized."""
    known = max(AS_OF, since)  # a record cannot tell of a day ahead of it
    return told(EmploymentFact, subject, "commercial", as_of=known, employer_name="Sample Works LLC", kind="reported", started_on=since)
