"""TECS: lookouts, inspections and border crossings.

TECS (not an acronym), 73 FR 43,457 (July 25, 2008), as the LeadTrac notice cites it. Elements: domain.md 4.1. The owner of
a TECS record decides on its release (third-agency rule): `owner_agency` travels with it. The layout is LeadTrac's own.
Country codes are ICAO.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Json, StringConstraints

from ingest.facts import Encounter, EncounterKind, Fact, IdentifierKind, Vehicle
from ingest.sources.base import Code, Collector, IsoDate, Name, Number, Source, Text, YesNo, column
from ingest.sources.persons import PersonRow, alias_form, name_form
from ingest.statements import Statement


class AliasCell(BaseModel):
    """One alias in the cell `aliases`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    family_name: Name
    given_name: Name = ""


class TecsRow(PersonRow):
    """One TECS record about one person."""

    record_id: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{6,16}$")] = column(
        "TECS record number.", form="6-16 letters and digits", example="SIM000000123", default=...
    )
    record_type: Literal["lookout", "inspection"] = column(
        "A lookout, or the result of an inspection at a port.", form="lookout or inspection", example="lookout", default=...
    )
    occurred_on: IsoDate = column(
        "Day on which the lookout was entered or the inspection took place.", form="YYYY-MM-DD", example="2026-03-14", default=...
    )
    owner_agency: Code = column("Agency that owns the record.", form="code", example="CBP")
    reason: Text = column("Reason of the lookout, or result of the inspection.", form="text", example="Prior overstay")
    watchlist: YesNo = column("Y when the lookout rests on a watchlist.", form="Y or N", example="N", default=False)
    criminal: YesNo = column("Y when the record rests on a criminal matter.", form="Y or N", example="N", default=False)
    canceled_on: IsoDate | None = column("Day on which the lookout was canceled.", form="YYYY-MM-DD", example="2026-10-01", default=None)
    port: Code = column("Port of an inspection.", form="3-letter port code", example="MIA")
    aliases: Json[tuple[AliasCell, ...]] = column(
        "Other names. Keys: family_name, given_name.",
        form="JSON list of objects",
        example='[{"family_name": "SPECIMEN", "given_name": "ANNA"}]',
        default=(),
    )
    passport_number: Number = column("Passport number.", form="3-25 letters and digits", example="ZZ0001234")
    passport_country: Code = column("Issuing country, ICAO code.", form="ICAO code", example="UTO")
    a_number: Number = column("Alien registration number.", form="A and 8 or 9 digits", example="A900000123")
    fin: Number = column("IDENT fingerprint number.", form="up to 10 digits", example="9900000123")
    vehicle_plate: Code = column("Plate of a vehicle in the record.", form="text", example="SIM0143")
    vehicle_state: Code = column("State of the plate.", form="2 letters", example="TX")
    vehicle_description: Name = column("The vehicle in words.", form="text", example="White sedan")


def statement(row: TecsRow, as_of: datetime) -> Statement:  # every source has the same shape
    """The encounter, names and vehicle of one row. Never flagged."""
    ids = Collector()
    ids.add(IdentifierKind.TECS_ID, row.record_id)
    ids.add(IdentifierKind.PASSPORT, row.passport_number, row.passport_country)
    ids.add(IdentifierKind.A_NUMBER, row.a_number)
    ids.add(IdentifierKind.FIN, row.fin)
    encounter = Encounter(
        event_number=row.record_id,
        kind=EncounterKind.LOOKOUT if row.record_type == "lookout" else EncounterKind.INSPECTION,
        occurred_on=row.occurred_on,
        agency=row.owner_agency,
        case_status="canceled" if row.canceled_on else "",
        basis=row.reason,
        watchlist=row.watchlist and row.canceled_on is None,
        criminal=row.criminal,
        place=row.port,
    )
    facts: list[Fact] = [name_form(row, "icao", ids.notes), encounter]
    facts.extend(alias_form(cell.family_name, cell.given_name) for cell in row.aliases)
    if row.vehicle_plate:
        facts.append(Vehicle(row.vehicle_plate, row.vehicle_state, row.vehicle_description, row.occurred_on))
    return Statement(row.record_id, flagged=False, facts=tuple(facts), identifiers=tuple(ids.found), notes=tuple(ids.notes))


SOURCE = Source(
    code="tecs",
    name="TECS",
    layout="tecs/1",
    notice="TECS (not an acronym). 73 FR 43,457 (July 25, 2008)",
    exemption="Exempt under 5 U.S.C. 552a(j)(2) and (k)(2) as claimed for TECS; LeadTrac claims the same for records that come from it.",
    contract=TecsRow,
    natural_key=("record_id",),
    statement=statement,
    flagged_when="Never by itself: a lookout or an inspection only adds to a known subject.",
    freshness_days=3,
    summary="One row per lookout or inspection of a person.",
)
