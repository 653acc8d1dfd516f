"""Small drops of made-up rows, and the way from a folder to facts in this process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from access.context import acting_as
from access.selectors import service_actor
from ingest.drops import Drop, DropWriter, drop_of
from ingest.models import Extract
from ingest.services.receive import Received, receive_drop
from ingest.sources.registry import SOURCES
from subjects.services.drain import drain

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AS_OF = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
NEVER = "2027-05-01"  # a stay that has not ended on any day on which these tests play


def adis(record: str = "R1", **cells: str) -> dict[str, str]:
    """An ADIS arrival of one made-up person whose stay goes on; other cells by name."""
    return {
        "record_id": record,
        "record_type": "A",
        "admission_number": "999000123X4",
        "arrival_date": "2026-04-02",
        "arrival_port": "NYC",
        "arrival_mode": "1",
        "class_of_admission": "B2",
        "admit_until": NEVER,
        "family_name": "EXAMPLE",
        "given_name": "ANA MARIA",
        "date_of_birth": "1991-02-17",
        "sex": "F",
        "citizenship": "689",
        "passport_number": "ZZ0001234",
        "passport_country": "UTO",
    } | cells


def overstay(record: str = "R1", **cells: str) -> dict[str, str]:
    """The same person with a stay that ended without a departure."""
    return adis(record, admit_until="2026-10-01", overstay_flag="Y") | cells


def filing(receipt: str = "SIM2611200123", **cells: str) -> dict[str, str]:
    """A CLAIMS 3 row of the same person."""
    return {
        "receipt_number": receipt,
        "form": "I-539",
        "received_on": "2026-09-20",
        "status": "pending",
        "admission_number": "999000123X4",
        "family_name": "EXAMPLE",
        "given_name": "ANA MARIA",
        "date_of_birth": "1991-02-17",
    } | cells


def student(sevis_id: str = "N9900000123", **cells: str) -> dict[str, str]:
    """A SEVIS row of the same person, terminated for a violation."""
    return {
        "sevis_id": sevis_id,
        "record_type": "S",
        "status": "terminated",
        "reason_code": "03",
        "status_effective_on": "2026-09-01",
        "class_of_admission": "F1",
        "school_code": "SIM214F00000001",
        "family_name": "EXAMPLE",
        "given_name": "ANA MARIA",
        "date_of_birth": "1991-02-17",
        "program_start": "2025-09-01",
        "program_end": "2028-06-01",
    } | cells


def school(code: str = "SIM214F00000001", **cells: str) -> dict[str, str]:
    """A SEVIS row of the school of `student`."""
    return {"code": code, "kind": "school", "name": "Specimen College", "officials": ""} | cells


def write_drop(
    folder: Path, rows: Iterable[Mapping[str, str]], *, source: str = "adis", name: str = "", as_of: datetime = AS_OF, kind: Any = "delta"
) -> Drop:
    """Write a drop whose rows are given by column name; empty cells where a row says nothing."""
    layout = SOURCES[source]
    name = name or f"{source}-{as_of:%Y%m%d%H%M}"
    writer = DropWriter(folder, name, source=source, layout=layout.layout, columns=layout.columns, as_of=as_of, kind=kind)
    for row in rows:
        unknown = row.keys() - set(layout.columns)
        assert not unknown, unknown
        writer.write([row.get(column, "") for column in layout.columns])
    writer.close()
    return drop_of(folder / f"{name}.json")


def receive(drop: Drop, *, now: datetime = NOW, apply: bool = True) -> Received:
    """Receive a drop as the system does."""
    actor = service_actor("ingest")
    with acting_as(actor):
        return receive_drop(actor=actor, drop=drop, now=now, apply=apply)


def load(folder: Path, rows: Iterable[Mapping[str, str]], *, now: datetime = NOW, **options: Any) -> Extract:
    """Write, receive and apply rows in this process; returns the extract as it then stands."""
    drop = write_drop(folder, rows, **options)
    received = receive(drop, now=max(now, options.get("as_of", AS_OF)))  # no drop comes before the moment of which it speaks
    drain(now=now)
    assert received.extract is not None
    return Extract.objects.get(pk=received.extract.pk)


def figures(extract: Extract) -> tuple[int, int, int, int]:
    """What became of the rows: applied, unchanged, buffered, quarantined."""
    return extract.rows_applied, extract.rows_unchanged, extract.rows_buffered, extract.rows_quarantined
