"""Commercial databases: addresses, phones, vehicles, employers.

"Commercial databases" are a record source of the LeadTrac notice (DHS/ICE-015, "Record source categories"); they have no
system-of-records notice of their own and carry no exemption with them. Elements: domain.md 4.1; financial and vehicle
information because the notice lists it for suspected violators. Country codes are ICAO.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from ingest.facts import AddressKind, Employment, Fact, Finance, IdentifierKind, Vehicle
from ingest.sources.base import Code, Collector, IsoDate, Key, Name, Number, Source, Text, column
from ingest.sources.persons import AddressColumns, PersonRow, address_of, name_form
from ingest.statements import AssociateStatement, Statement

CONFIRMED_FROM = 80


class CommercialRow(PersonRow, AddressColumns):
    """One line of a commercial report on one person."""

    record_id: Key = column("The vendor's key of the record.", form="1-40 characters", example="COM-000000123", default=...)
    vendor: Name = column("Vendor and product.", form="text", example="Sample Data Co.", default=...)
    first_seen: IsoDate | None = column(
        "First day on which the person was seen at the address.", form="YYYY-MM-DD", example="2026-05-01", default=None
    )
    last_seen: IsoDate | None = column(
        "Last day on which the person was seen at the address.", form="YYYY-MM-DD", example="2026-11-02", default=None
    )
    confidence: Annotated[int, Field(ge=0, le=100)] | None = column(
        "The vendor's confidence; from 80 on the address counts as confirmed.", form="0 to 100", example="85", default=None
    )
    ssn: Number = column("Social Security number.", form="9 digits", example="900-01-0123")
    phone: Number = column("Phone number.", form="international number", example="+1-202-555-0143")
    email: Text = column("E-mail address.", form="name@host", example="ana.example@mail.example")
    employer_name: Name = column("Employer.", form="text", example="Sample Works LLC")
    vehicle_plate: Code = column("Plate of a vehicle.", form="text", example="SIM0143")
    vehicle_state: Code = column("State of the plate.", form="2 letters", example="TX")
    vehicle_description: Name = column("The vehicle in words.", form="text", example="White sedan")
    finance_kind: Code = column("Kind of financial information.", form="account or remittance", example="account")
    finance_description: Name = column("It in words.", form="text", example="Checking account opened")
    finance_on: IsoDate | None = column("Its day.", form="YYYY-MM-DD", example="2026-06-20", default=None)


def statement(row: CommercialRow, as_of: datetime) -> Statement:  # every source has the same shape
    """Address, work, vehicle and money of one row. Never flagged."""
    ids = Collector()
    ids.add(IdentifierKind.SSN, row.ssn)
    ids.add(IdentifierKind.PHONE, row.phone)
    ids.add(IdentifierKind.EMAIL, row.email)
    facts: list[Fact] = [name_form(row, "icao", ids.notes)]
    confirmed = row.confidence is not None and row.confidence >= CONFIRMED_FROM
    address = address_of(row, AddressKind.COMMERCIAL, ids.notes, (row.first_seen, row.last_seen), confirmed=confirmed)
    if address is not None:
        facts.append(address)
    if row.employer_name:
        facts.append(Employment(row.employer_name, "reported", row.first_seen))
    if row.vehicle_plate:
        facts.append(Vehicle(row.vehicle_plate, row.vehicle_state, row.vehicle_description, row.last_seen))
    if row.finance_kind:
        facts.append(Finance(row.finance_kind, row.finance_description, None, row.finance_on))
    associates = (AssociateStatement("employer", organization_name=row.employer_name),) if row.employer_name else ()
    return Statement(
        row.record_id, flagged=False, facts=tuple(facts), identifiers=tuple(ids.found), associates=associates, notes=tuple(ids.notes)
    )


SOURCE = Source(
    code="commercial",
    name="Commercial databases",
    layout="commercial/1",
    notice="Commercial databases (DHS/ICE-015, Record source categories)",
    exemption="No exemption of a source system; LeadTrac's own exemptions apply.",
    contract=CommercialRow,
    natural_key=("record_id",),
    statement=statement,
    flagged_when="Never by itself: a commercial record only adds to a known subject.",
    freshness_days=31,
    summary="One row per address, phone, vehicle, employer or financial item of a person.",
)
