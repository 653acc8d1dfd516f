"""Public sources: court dockets, obituaries, published records.

"Public sources" are a record source of the LeadTrac notice (DHS/ICE-015, "Record source categories"), which lists civil
litigation and criminal history among the records. They have no notice of their own and carry no exemption with them.
Country codes are ICAO.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ingest.facts import AddressKind, Encounter, EncounterKind, Fact, LifeEvent
from ingest.sources.base import Collector, IsoDate, Key, LongText, Name, Source, Text, column
from ingest.sources.persons import AddressColumns, PersonRow, address_of, name_form
from ingest.statements import Statement


class PublicRow(PersonRow, AddressColumns):
    """One published record that names one person."""

    record_id: Key = column("Key of the record.", form="1-40 characters", example="PUB-000000123", default=...)
    record_type: Literal["criminal_court", "civil_court", "obituary", "other"] = column(
        "What it is.", form="criminal_court, civil_court, obituary or other", example="civil_court", default=...
    )
    published_on: IsoDate = column("Day of the entry or publication.", form="YYYY-MM-DD", example="2026-07-20", default=...)
    publisher: Name = column("Court or publisher.", form="text", example="Sample County Court", default=...)
    web_address: Text = column("Where it was published.", form="https address", example="https://records.example/docket/123")
    docket_number: Name = column("Docket or file number.", form="text", example="SIM-26-CV-0123")
    disposition: Name = column("Outcome.", form="text", example="dismissed")
    died_on: IsoDate | None = column("Day of death, on an obituary.", form="YYYY-MM-DD", example="2026-05-02", default=None)
    summary: LongText = column("What it says, in short.", form="text", example="Tenant dispute")


def statement(row: PublicRow, as_of: datetime) -> Statement:  # every source has the same shape
    """The court case or the death of one row. Never flagged; an obituary names a person, it does not identify one."""
    ids = Collector()
    facts: list[Fact] = [name_form(row, "icao", ids.notes)]
    if row.record_type == "obituary":
        facts.append(LifeEvent("died", row.died_on or row.published_on))
    elif row.record_type in {"criminal_court", "civil_court"}:
        facts.append(
            Encounter(
                event_number=row.docket_number or row.record_id,
                kind=EncounterKind.CASE,
                occurred_on=row.published_on,
                agency=row.publisher,
                disposition=row.disposition,
                basis=row.record_type.replace("_", " "),
                criminal=row.record_type == "criminal_court",
            )
        )
    address = address_of(row, AddressKind.RESIDENCE, ids.notes, (row.published_on, row.published_on))
    if address is not None:
        facts.append(address)
    return Statement(row.record_id, flagged=False, facts=tuple(facts), notes=tuple(ids.notes))


SOURCE = Source(
    code="public",
    name="Public sources",
    layout="public/1",
    notice="Public sources (DHS/ICE-015, Record source categories)",
    exemption="No exemption of a source system; LeadTrac's own exemptions apply.",
    contract=PublicRow,
    natural_key=("record_id",),
    statement=statement,
    flagged_when="Never by itself: a public record only adds to a known subject.",
    freshness_days=31,
    summary="One row per published record that names a person.",
)
