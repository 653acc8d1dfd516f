"""EID/ENFORCE: arrests, custody and removal cases.

Enforcement Integrated Database, 80 FR 24,269 (April 30, 2015), as the LeadTrac notice cites it. Elements: domain.md 4.1
(names as in public releases). About one arrest row in twenty is a possible duplicate (domain.md 6). The layout is
LeadTrac's own. Country codes are ICAO.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import StringConstraints

from ingest.facts import Departure, DepartureEvidence, Encounter, EncounterKind, Fact, IdentifierKind
from ingest.sources.base import Code, Collector, IsoDate, Name, Number, Source, YesNo, column
from ingest.sources.persons import PersonRow, name_form
from ingest.statements import Statement

KINDS = {"arrest": EncounterKind.ARREST, "custody": EncounterKind.CUSTODY, "case": EncounterKind.CASE}


class EidRow(PersonRow):
    """One event about one person."""

    event_number: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}\d{2}(?:0[1-9]|1[0-2])\d{6}$")] = column(
        "EID event.", form="3-letter site, two digits of the year, month, 6 digits", example="SIM2606000234", default=...
    )
    subject_id: Annotated[str, StringConstraints(pattern=r"^\d{1,12}$")] = column(
        "EID subject of the event.", form="up to 12 digits", example="9900000123", default=...
    )
    event_type: Literal["arrest", "custody", "case"] = column(
        "What the event is.", form="arrest, custody or case", example="arrest", default=...
    )
    event_date: IsoDate = column("Day of the event.", form="YYYY-MM-DD", example="2026-06-14", default=...)
    agency: Code = column("Agency and program.", form="code", example="ERO")
    site: Name = column("Duty site or landmark; often an office, not the place.", form="text", example="Sample Field Office")
    in_custody: YesNo | None = column("Whether the person is held now.", form="Y or N", example="N", default=None)
    case_status: Name = column("Case status as EID words it.", form="text", example="ACTIVE")
    in_proceedings: YesNo | None = column("Whether removal proceedings are open.", form="Y or N", example="Y", default=None)
    final_order_on: IsoDate | None = column("Day of the final order.", form="YYYY-MM-DD", example="2026-08-01", default=None)
    departed_on: IsoDate | None = column(
        "Day on which the person left or was removed.", form="YYYY-MM-DD", example="2026-09-10", default=None
    )
    departure_country: Code = column("Country to which the person went.", form="ICAO code", example="BRA")
    disposition: Code = column("Processing disposition. Unknown codes are kept.", form="EID code", example="NTA")
    charge_section: Name = column("Final charge section.", form="text", example="237(a)(1)(B)")
    criminal: YesNo = column("Whether the event is a criminal arrest or conviction.", form="Y or N", example="N", default=False)
    a_number: Number = column("Alien registration number.", form="A and 8 or 9 digits", example="A900000123")
    fin: Number = column("IDENT fingerprint number.", form="up to 10 digits", example="9900000123")


def statement(row: EidRow, as_of: datetime) -> Statement:  # every source has the same shape
    """The encounter of one row, and the departure that it reports. Never flagged."""
    ids = Collector()
    ids.add(IdentifierKind.EID_SUBJECT, row.subject_id)
    ids.add(IdentifierKind.A_NUMBER, row.a_number)
    ids.add(IdentifierKind.FIN, row.fin)
    encounter = Encounter(
        event_number=row.event_number,
        kind=KINDS[row.event_type],
        occurred_on=row.event_date,
        agency=row.agency,
        case_status=row.case_status,
        in_custody=row.in_custody,
        in_proceedings=row.in_proceedings,
        final_order_on=row.final_order_on,
        departed_on=row.departed_on,
        disposition=row.disposition,
        basis=row.charge_section,
        criminal=row.criminal,
    )
    facts: list[Fact] = [name_form(row, "icao", ids.notes), encounter]
    if row.departed_on is not None:
        facts.append(Departure(row.departed_on, DepartureEvidence.REPORTED))
    return Statement(
        f"{row.event_number}/{row.subject_id}", flagged=False, facts=tuple(facts), identifiers=tuple(ids.found), notes=tuple(ids.notes)
    )


SOURCE = Source(
    code="eid",
    name="Enforcement Integrated Database (EID/ENFORCE)",
    layout="eid/1",
    notice="Enforcement Integrated Database (EID/ENFORCE). 80 FR 24,269 (April 30, 2015)",
    exemption="Exempt under 5 U.S.C. 552a(j)(2) and (k)(2) as claimed for EID; LeadTrac claims the same for records that come from it.",
    contract=EidRow,
    natural_key=("event_number", "subject_id"),
    statement=statement,
    flagged_when="Never by itself: an arrest or a case only adds to a known subject.",
    freshness_days=3,
    summary="One row per event and person: arrest, custody or removal case, with its newest state.",
)
