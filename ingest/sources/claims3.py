"""CLAIMS 3: applications and petitions for immigration benefits.

Benefits Information Systems (BIS), 73 FR 56,596 (September 29, 2008), as the LeadTrac notice cites it; CLAIMS 3 is the
system behind it. Elements: domain.md 4.1. The layout is LeadTrac's own. Country codes are ICAO.

Rows of victims' and abused spouses' filings (8 USC 1367; authorities.md 1367-WHO) and of asylum (8 CFR 208.6, ASYL-CONF)
are stated as protected, from the day of filing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from ingest.codes.protected import is_protected
from ingest.facts import AddressKind, BenefitFiling, Employment, Fact, FilingMethod, FilingStatus, IdentifierKind, LifeEvent
from ingest.identifiers import known_receipt_office
from ingest.sources.base import Code, Collector, IsoDate, Name, Number, Source, Word, YesNo, column, plain_word
from ingest.sources.persons import AddressColumns, PersonRow, address_of, name_form
from ingest.statements import AssociateStatement, Statement

STATUSES = {status.value: status for status in FilingStatus}
METHODS = {"P": FilingMethod.PAPER, "O": FilingMethod.ONLINE, "": FilingMethod.UNKNOWN}


class ClaimsRow(PersonRow, AddressColumns):
    """One application or petition about one beneficiary."""

    receipt_number: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}\d{10}$")] = column(
        "Receipt number.", form="3 letters and 10 digits, no separators", example="SIM2611200123", default=...
    )
    form: Annotated[str, StringConstraints(min_length=2, max_length=10)] = column(
        "Form.", form="form number with its hyphen", example="I-539", default=...
    )
    received_on: IsoDate = column(
        "Receipt date: the day on which the filing counts as filed.", form="YYYY-MM-DD", example="2026-09-28", default=...
    )
    method: Code = column("P paper, O online.", form="P or O", example="P")
    basis: Word = column(
        "Basis. Unknown words are kept.",
        form="extension, change, immediate_relative, vawa, family, employment, tps, asylum, parole",
        example="extension",
    )
    requested_class: Code = column("Class asked for.", form="class of admission", example="B2")
    status: Code = column(
        "Where the filing stands. Another word is kept and noted.",
        form="pending, approved, denied, rejected or withdrawn",
        example="pending",
        default=...,
    )
    decided_on: IsoDate | None = column("Day of the decision.", form="YYYY-MM-DD", example="2026-12-01", default=None)
    valid_from: IsoDate | None = column("First day of what was granted.", form="YYYY-MM-DD", example="2026-10-02", default=None)
    valid_until: IsoDate | None = column("Last day of what was granted.", form="YYYY-MM-DD", example="2027-04-01", default=None)
    late_filing_excused: YesNo = column("USCIS excused a late filing.", form="Y or N", example="N", default=False)
    denial_frivolous_or_unauthorized_work: YesNo = column(
        "Denied as frivolous or for unauthorized work.", form="Y or N", example="N", default=False
    )
    loaded_on: IsoDate | None = column(
        "Day on which CLAIMS took the filing in; can be weeks after received_on.", form="YYYY-MM-DD", example="2026-10-20", default=None
    )
    a_number: Number = column("Alien registration number of the beneficiary.", form="A and 8 or 9 digits", example="A900000123")
    admission_number: Number = column("I-94 number that the filing rests on.", form="as in ADIS", example="999000123X4")
    passport_number: Number = column("Passport number.", form="3-25 letters and digits", example="ZZ0001234")
    passport_country: Code = column("Issuing country, ICAO code.", form="ICAO code", example="UTO")
    ssn: Number = column("Social Security number, where the form asks for it.", form="9 digits", example="900-01-0123")
    petitioner_family_name: Name = column("Family name of a petitioning relative.", form="text", example="EXAMPLE")
    petitioner_given_name: Name = column("Given name of a petitioning relative.", form="text", example="ROBERT")
    petitioner_relation: Code = column(
        "Relation of the petitioner to the beneficiary.", form="spouse, parent, child or sibling", example="spouse"
    )
    employer_name: Name = column("Petitioning employer.", form="text", example="Sample Works LLC")
    attorney: Name = column("Attorney or representative.", form="text", example="Fictional Law Group")


def statement(row: ClaimsRow, as_of: datetime) -> Statement:  # every source has the same shape
    """The filing of one row and what its approval makes of the person. Never flagged."""
    ids = Collector()
    ids.add(IdentifierKind.RECEIPT, row.receipt_number)
    ids.add(IdentifierKind.A_NUMBER, row.a_number)
    ids.add(IdentifierKind.I94, row.admission_number)
    ids.add(IdentifierKind.PASSPORT, row.passport_number, row.passport_country)
    ids.add(IdentifierKind.SSN, row.ssn)
    if not known_receipt_office(row.receipt_number):
        ids.notes.append(f"Receipt office {row.receipt_number[:3]} is in no table; kept as it is.")
    status = STATUSES.get(plain_word(row.status), FilingStatus.UNKNOWN)
    life = _life_event(row, status)
    facts: list[Fact] = [name_form(row, "icao", ids.notes, us_person=True if life is not None else None)]
    if status is FilingStatus.UNKNOWN:
        ids.notes.append(f"Status {row.status} is in no table; somebody must look up where the filing stands.")
    facts.append(_filing(row, status, ids.notes))
    if life is not None:
        facts.append(life)
    if row.employer_name:
        facts.append(
            Employment(row.employer_name, "petition", row.valid_from, row.valid_until, authorized=status is FilingStatus.APPROVED or None)
        )
    address = address_of(row, AddressKind.BENEFIT, ids.notes, (row.received_on, row.received_on))
    if address is not None:
        facts.append(address)
    return Statement(
        row.receipt_number,
        flagged=False,
        facts=tuple(facts),
        identifiers=tuple(ids.found),
        associates=_associates(row),
        protected=is_protected(form=row.form, basis=row.basis, requested_class=row.requested_class),
        notes=tuple(ids.notes),
    )


def _filing(row: ClaimsRow, status: FilingStatus, notes: list[str]) -> BenefitFiling:
    method = METHODS.get(row.method.upper())
    if method is None:
        notes.append(f"Filing method {row.method} is in no table; read as unknown.")
    return BenefitFiling(
        receipt_number=row.receipt_number,
        form=row.form.upper(),
        received_on=row.received_on,
        status=status,
        method=method or FilingMethod.UNKNOWN,
        basis=plain_word(row.basis),
        requested_class=row.requested_class,
        decided_on=row.decided_on,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        late_filing_excused=row.late_filing_excused,
        denial_frivolous_or_unauthorized_work=row.denial_frivolous_or_unauthorized_work,
    )


def _life_event(row: ClaimsRow, status: FilingStatus) -> LifeEvent | None:
    if status is not FilingStatus.APPROVED:
        return None
    if row.form.upper() == "N-400":
        return LifeEvent("naturalized", row.decided_on)
    if row.form.upper() == "I-485":
        return LifeEvent("permanent_resident", row.decided_on)
    return None


def _associates(row: ClaimsRow) -> tuple[AssociateStatement, ...]:
    found: list[AssociateStatement] = []
    if row.petitioner_family_name or row.petitioner_given_name:
        found.append(AssociateStatement(row.petitioner_relation or "other", row.petitioner_family_name, row.petitioner_given_name))
    if row.employer_name:
        found.append(AssociateStatement("employer", organization_name=row.employer_name))
    return tuple(found)


SOURCE = Source(
    code="claims3",
    name="Computer Linked Application Information Management System (CLAIMS 3)",
    layout="claims3/1",
    notice="Benefits Information Systems (BIS). 73 FR 56,596 (September 29, 2008)",
    exemption="Exempt under 5 U.S.C. 552a(k)(2) as claimed for BIS; LeadTrac claims the same for records that come from it.",
    contract=ClaimsRow,
    natural_key=("receipt_number",),
    statement=statement,
    flagged_when="Never by itself: a filing only adds to a known subject.",
    freshness_days=7,
    summary="One row per application or petition, with its newest state.",
)
