"""SEVIS: schools and exchange programs with their officials.

Student and Exchange Visitor Information System, 75 FR 412 (January 5, 2010), as the LeadTrac notice cites it. The notice
lists for schools: name, type, address, telephone, code, certification date, accreditation, operating authority; and for
their officials: names, SEVIS ID numbers, aliases, gender, dates of birth, countries of birth and citizenship, contact
information and identifying numbers. The contract holds no more. Officials may be US citizens or permanent residents.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, Json, StringConstraints

from ingest.facts import AddressKind, IdentifierKind
from ingest.sources.base import Code, Collector, IsoDate, Name, Number, Source, Text, Word, birth_date, column
from ingest.sources.persons import AddressColumns, address_of
from ingest.statements import OfficialStatement, OrganizationStatement, Statement


class OfficialCell(BaseModel):
    """One official in the cell `officials`: the notice's elements only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["pdso", "dso", "ro", "aro", "executive", "counsel"]
    family_name: Name
    given_name: Name
    sevis_official_id: Code = ""
    aliases: tuple[Name, ...] = ()
    sex: Code = ""
    date_of_birth: Code = ""
    country_of_birth: Code = ""
    citizenship: Code = ""
    contact: Text = ""
    a_number: Number = ""
    passport_number: Number = ""
    passport_country: Code = ""


class SchoolRow(AddressColumns):
    """One school or exchange program."""

    code: Annotated[str, StringConstraints(pattern=r"^(?:[A-Z]{3}214F\d{8}|P-[1-4]-\d{5}|G-[1-7]-\d{5})$")] = column(
        "School code or program number.",
        form="three letters, 214F, eight digits; or P-n-nnnnn, G-n-nnnnn",
        example="SIM214F00000012",
        default=...,
    )
    kind: Literal["school", "program"] = column(
        "School (F and M) or exchange program (J).", form="school or program", example="school", default=...
    )
    name: Name = column("Name.", form="text", example="Specimen State College", default=...)
    school_type: Word = column("Type of school. Unknown words are kept.", form="text", example="university")
    phone: Number = column("Telephone.", form="international number", example="+1-202-555-0143")
    certified_on: IsoDate | None = column(
        "Day of SEVP certification or program designation.", form="YYYY-MM-DD", example="2009-04-01", default=None
    )
    withdrawn_on: IsoDate | None = column(
        "Day on which certification or designation was withdrawn.", form="YYYY-MM-DD", example="2026-09-15", default=None
    )
    accreditation: Name = column("Accrediting body.", form="text", example="Fictional Commission on Colleges")
    operating_authority: Name = column("Authority under which the school operates.", form="text", example="State of Texas")
    student_capacity: Annotated[int, Field(ge=0, le=1_000_000)] | None = column(
        "Number of students that the school stated for its certification, or the program for its designation.",
        form="digits",
        example="1200",
        default=None,
    )
    students_enrolled: Annotated[int, Field(ge=0, le=1_000_000)] | None = column(
        "Students and exchange visitors with an active record there on the day of the extract.",
        form="digits",
        example="860",
        default=None,
    )
    officials: Json[tuple[OfficialCell, ...]] = column(
        (
            "Officials. Keys: role (pdso, dso, ro, aro, executive, counsel), family_name, given_name, "
            "sevis_official_id, aliases (list), sex, date_of_birth, country_of_birth, citizenship, contact, a_number, "
            "passport_number, passport_country; only the first three must be there."
        ),
        form="JSON list of objects",
        example='[{"role": "pdso", "family_name": "EXAMPLE", "given_name": "RUTH"}]',
        default=(),
    )


def statement(row: SchoolRow, as_of: datetime) -> Statement:
    """The organization of one row. Never flagged: a school becomes a record when a known subject or a lead names it."""
    notes: list[str] = []
    organization = OrganizationStatement(
        kind=row.kind,
        code=row.code,
        name=row.name,
        school_type=row.school_type,
        address=address_of(row, AddressKind.RESIDENCE, notes, (None, as_of.date())),
        phone=row.phone,
        certified_on=row.certified_on,
        withdrawn_on=row.withdrawn_on,
        accreditation=row.accreditation,
        operating_authority=row.operating_authority,
        student_capacity=row.student_capacity,
        students_enrolled=row.students_enrolled,
        officials=tuple(_official(cell, notes) for cell in row.officials),
    )
    return Statement(row.code, flagged=False, organization=organization, notes=tuple(notes))


def _official(cell: OfficialCell, notes: list[str]) -> OfficialStatement:
    ids = Collector()
    ids.add(IdentifierKind.A_NUMBER, cell.a_number)
    ids.add(IdentifierKind.PASSPORT, cell.passport_number, cell.passport_country)
    notes.extend(ids.notes)
    return OfficialStatement(
        cell.role,
        cell.family_name,
        cell.given_name,
        cell.sevis_official_id,
        cell.aliases,
        cell.sex,
        birth_date(cell.date_of_birth)[0],
        cell.country_of_birth,
        cell.citizenship,
        cell.contact,
        tuple(ids.found),
    )


SOURCE = Source(
    code="sevis_schools",
    name="SEVIS schools and programs",
    layout="sevis_schools/1",
    notice="Student and Exchange Visitor Information System (SEVIS). 75 FR 412 (January 5, 2010)",
    exemption="Exempt under 5 U.S.C. 552a(j)(2) and (k)(2) as claimed for SEVIS; LeadTrac claims the same for records that come from it.",
    contract=SchoolRow,
    natural_key=("code",),
    statement=statement,
    flagged_when="Never by itself.",
    freshness_days=31,
    summary="One row per certified school or designated exchange program, with its officials.",
)
