"""CCD: visas issued, refused and revoked.

Consular Consolidated Database, Department of State, 77 FR 65,245 (Oct. 25, 2012), as the LeadTrac notice cites it.
Elements: domain.md 4.1. A revocation is a ground of its own (8 USC 1227(a)(1)(B), authorities.md DEP-1B, REV-221i); a
provisional one has full force until it is reversed (REV-PROV); one under EVUS is automatic and never a lead (REV-EVUS).
The layout is LeadTrac's own. Country codes are ICAO.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from ingest.codes.protected import is_victim_class
from ingest.facts import Address, AddressKind, Fact, IdentifierKind, VisaAction, VisaEvent
from ingest.sources.base import Code, Collector, IsoDate, Name, Number, Source, Text, Word, YesNo, column, plain_word
from ingest.sources.persons import AddressColumns, PersonRow, address_of, name_form
from ingest.statements import AssociateStatement, Statement

ACTIONS = {action.value: action for action in VisaAction}
REVOCATIONS = frozenset({VisaAction.REVOKED, VisaAction.PROVISIONALLY_REVOKED})


class CcdRow(PersonRow, AddressColumns):
    """One visa, with the newest thing that happened to it. The address is the one in the United States that the application named."""

    control_number: Annotated[str, StringConstraints(pattern=r"^(?:19|20)\d{12}$")] = column(
        "Visa control number.", form="14 digits, the first four a year", example="20269990000123", default=...
    )
    visa_foil: Number = column("Visa number.", form="8 digits, or a letter and 7 digits", example="X0000123")
    visa_class: Code = column("Visa class.", form="code", example="B1/B2")
    post: Code = column("Post.", form="3-letter post code", example="SPL")
    action: Word = column(
        "What happened last. Another word is kept and noted.",
        form="issued, refused, revoked, provisionally_revoked or revocation_reversed",
        example="revoked",
        default=...,
    )
    action_on: IsoDate = column("Day on which it happened.", form="YYYY-MM-DD", example="2026-08-03", default=...)
    effective_on: IsoDate | None = column("Day from which it has effect.", form="YYYY-MM-DD", example="2026-08-03", default=None)
    effective_on_departure: YesNo = column("The revocation takes effect when the person leaves.", form="Y or N", example="N", default=False)
    evus: YesNo = column("Automatic revocation for not enrolling in EVUS.", form="Y or N", example="N", default=False)
    basis: Name = column("Basis of a refusal or revocation.", form="text", example="INA 221(i)")
    issued_on: IsoDate | None = column("Day of issue.", form="YYYY-MM-DD", example="2024-03-02", default=None)
    expires_on: IsoDate | None = column(
        "Last day of validity of the foil. An expired foil says nothing about a stay.",
        form="YYYY-MM-DD",
        example="2034-03-01",
        default=None,
    )
    passport_number: Number = column("Passport number.", form="3-25 letters and digits", example="ZZ0001234")
    passport_country: Code = column("Issuing country, ICAO code.", form="ICAO code", example="UTO")
    fin: Number = column("IDENT fingerprint number.", form="up to 10 digits", example="9900000123")
    email: Text = column("E-mail address in the application.", form="name@host", example="ana.example@mail.example")
    contact_name: Name = column("Contact in the United States.", form="text", example="SPECIMEN ROBERT")
    contact_phone: Number = column("That contact's phone.", form="international number", example="+1-202-555-0143")


def statement(row: CcdRow, as_of: datetime) -> Statement:  # every source has the same shape
    """The visa event of one row; flagged when it is a revocation that can make the stay unlawful."""
    ids = Collector()
    foil = ids.add(IdentifierKind.VISA_FOIL, row.visa_foil)
    ids.add(IdentifierKind.PASSPORT, row.passport_number, row.passport_country)
    ids.add(IdentifierKind.FIN, row.fin)
    ids.add(IdentifierKind.EMAIL, row.email)
    facts: list[Fact] = [name_form(row, "icao", ids.notes)]
    action = ACTIONS.get(plain_word(row.action), VisaAction.UNKNOWN)
    if action is VisaAction.UNKNOWN:
        ids.notes.append(f"Visa action {row.action} is in no table; somebody must look up what happened.")
    facts.append(
        VisaEvent(
            foil,
            action,
            row.action_on,
            row.visa_class,
            row.effective_on,
            row.expires_on,
            row.post,
            row.basis,
            effective_on_departure=row.effective_on_departure,
            evus=row.evus,
        )
    )
    address: Address | None = address_of(row, AddressKind.ARRIVAL, ids.notes, (row.issued_on, row.issued_on))
    if address is not None:
        facts.append(address)
    associates = (AssociateStatement("other", row.contact_name, contact=row.contact_phone),) if row.contact_name else ()
    flagged = action in REVOCATIONS and not row.evus and not row.effective_on_departure
    return Statement(
        row.control_number,
        flagged,
        tuple(facts),
        tuple(ids.found),
        associates,
        protected=is_victim_class(row.visa_class),
        notes=tuple(ids.notes),
    )


SOURCE = Source(
    code="ccd",
    name="Consular Consolidated Database",
    layout="ccd/1",
    notice="Consular Consolidated Database (CCD), Department of State. 77 FR 65,245 (Oct. 25, 2012)",
    exemption="Exempt under 5 U.S.C. 552a(j)(2) and (k)(2) as claimed for CCD; LeadTrac claims the same for records that come from it.",
    contract=CcdRow,
    natural_key=("control_number",),
    statement=statement,
    flagged_when="The visa was revoked, also provisionally; not under EVUS, nor when it takes effect only on departure.",
    freshness_days=7,
    summary="One row per visa, with the newest thing that happened to it.",
)
