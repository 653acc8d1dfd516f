"""IDENT: fingerprint encounters.

Automated Biometric Identification System, 72 FR 31,080 (June 5, 2007), as the LeadTrac notice cites it. Elements:
domain.md 4.1. One fingerprint number (FIN) can come with many names (domain.md 1.1): names are stated as used, and a
FIN alone never merges two subjects. The layout is LeadTrac's own. Country codes are ICAO.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from ingest.facts import Encounter, EncounterKind, IdentifierKind
from ingest.sources.base import Code, Collector, IsoDate, Key, Name, Number, Source, YesNo, column
from ingest.sources.persons import PersonRow, name_form
from ingest.statements import Statement

_ON_THE_WAY_OUT = re.compile(r"\bexit\b", re.IGNORECASE)


class IdentRow(PersonRow):
    """One encounter: fingers met a camera."""

    encounter_id: Key = column("Key of the encounter.", form="1-40 characters", example="IDENT-000000123", default=...)
    fin: Annotated[str, StringConstraints(pattern=r"^\d{1,10}$")] = column(
        "Fingerprint number.", form="up to 10 digits", example="9900000123", default=...
    )
    encountered_on: IsoDate = column("Day of the encounter.", form="YYYY-MM-DD", example="2026-04-02", default=...)
    agency: Code = column("Agency that took the prints.", form="code", example="CBP")
    reason: Name = column(
        "Why the prints were taken; with the word “exit” they are the prints of a departure.", form="text", example="Entry"
    )
    place: Name = column("Where: the code of a port, else the post or office in words.", form="text", example="MIA")
    watchlist: YesNo = column("The prints are on the watchlist.", form="Y or N", example="N", default=False)
    passport_number: Number = column("Document shown.", form="3-25 letters and digits", example="ZZ0001234")
    passport_country: Code = column("Its issuing country, ICAO code.", form="ICAO code", example="UTO")
    a_number: Number = column("Alien registration number.", form="A and 8 or 9 digits", example="A900000123")


def statement(row: IdentRow, as_of: datetime) -> Statement:  # every source has the same shape
    """The encounter, which at the exit is a departure, and the name used in it. Never flagged."""
    ids = Collector()
    ids.add(IdentifierKind.FIN, row.fin)
    ids.add(IdentifierKind.PASSPORT, row.passport_number, row.passport_country)
    ids.add(IdentifierKind.A_NUMBER, row.a_number)
    leaving = _ON_THE_WAY_OUT.search(row.reason) is not None
    encounter = Encounter(
        row.encounter_id,
        EncounterKind.EXIT if leaving else EncounterKind.BIOMETRIC,
        row.encountered_on,
        row.agency,
        departed_on=row.encountered_on if leaving else None,
        basis=row.reason,
        watchlist=row.watchlist,
        place=row.place,
    )
    return Statement(
        row.encounter_id,
        flagged=False,
        facts=(name_form(row, "icao", ids.notes), encounter),
        identifiers=tuple(ids.found),
        notes=tuple(ids.notes),
    )


SOURCE = Source(
    code="ident",
    name="Automated Biometric Identification System",
    layout="ident/1",
    notice="Automated Biometric Identification System (IDENT). 72 FR 31,080 (June 5, 2007)",
    exemption="Exempt under 5 U.S.C. 552a(j)(2) and (k)(2) as claimed for IDENT; LeadTrac claims the same for records that come from it.",
    contract=IdentRow,
    natural_key=("encounter_id",),
    statement=statement,
    flagged_when="Never by itself: an encounter only adds to a known subject.",
    freshness_days=3,
    summary="One row per fingerprint encounter.",
)
