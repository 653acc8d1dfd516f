"""ADIS: arrivals and departures.

Arrival and Departure Information System, 80 FR 72,081 (November 18, 2015), as the LeadTrac notice (DHS/ICE-015, "Record
source categories") cites it. ADIS matches departures with arrivals and flags stays that ended unmatched. Elements:
domain.md 4.1 (the public I-94 elements, and those that ADIS is known to hold beside them). The layout itself is LeadTrac's
own: the real interface is not public.

A row of type `A` is one admission or parole, with the departure filled in when ADIS matched one. A row of type `D` is a
departure that ADIS could not match. When a match is made or a stay ends, ADIS sends the row again under the same
`record_id`, and the newer row supersedes the older.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import repeat
from typing import Any, Literal

from ingest.codes.admission_classes import stay_of
from ingest.codes.countries import iso3
from ingest.codes.protected import is_victim_class
from ingest.codes.states import STATES
from ingest.facts import Address, AddressKind, Admission, Departure, DepartureEvidence, Fact, IdentifierKind, LifeEvent, Mode, NameForm
from ingest.sources.base import Code, Collector, IsoDate, Key, Name, Number, RowContract, Source, Text, YesNo, birth_date, column, iso_date
from ingest.sources.outline import Outline, OutlinedName, numbered
from ingest.statements import Statement

MODES: dict[str, Mode] = {"1": Mode.AIR, "2": Mode.SEA, "3": Mode.LAND, "9": Mode.UNKNOWN, "": Mode.UNKNOWN}
EVIDENCE: dict[str, DepartureEvidence] = {
    "B": DepartureEvidence.BIOMETRIC,
    "M": DepartureEvidence.MANIFEST_DOCUMENT,
    "N": DepartureEvidence.MANIFEST_NAME,
    "L": DepartureEvidence.LAND,
    "I": DepartureEvidence.INFERRED,
    "R": DepartureEvidence.REPORTED,
}
UPDATES: dict[str, str] = {"G": "departed", "A": "apprehended", "O": "overstayed", "J": "adjusted", "D": "deceased", "L": "lost_i94"}


class AdisRow(RowContract):
    """One ADIS record."""

    record_id: Key = column(
        "ADIS's own key of the record; a later row with the same key replaces this one.",
        form="1-40 characters",
        example="ADIS-000000123-1",
        default=...,
    )
    record_type: Literal["A", "D"] = column(
        "A: an arrival, with its departure when matched. D: a departure that matched no arrival.", form="A or D", example="A", default=...
    )
    admission_number: Number = column(
        "I-94 number.", form="11 digits, or 9 digits, a letter, a digit; leading zeros may be missing", example="999000123X4"
    )
    arrival_date: IsoDate | None = column(
        "Day of arrival at the port. Must be filled on A rows.", form="YYYY-MM-DD", example="2026-04-02", default=None
    )
    arrival_port: Code = column("Port of arrival.", form="3-letter port code", example="NYC")
    arrival_mode: Code = column("How the border was crossed: 1 air, 2 sea, 3 land, 9 not reported.", form="1, 2, 3 or 9", example="1")
    arrival_carrier: Code = column("Airline or vessel operator.", form="carrier code", example="XX")
    class_of_admission: Code = column(
        "Class under which the person was admitted or paroled. Unknown classes are kept.", form="code", example="B2"
    )
    admit_until: Code = column(
        "Last day of the authorized stay.", form="YYYY-MM-DD, MMDDYYYY, or D/S; any other text is kept and noted", example="2026-10-01"
    )
    departure_date: IsoDate | None = column(
        "Day of departure. Must be filled on D rows; on A rows only when matched.", form="YYYY-MM-DD", example="2026-04-12", default=None
    )
    departure_port: Code = column("Port of departure.", form="3-letter port code", example="NYC")
    departure_mode: Code = column("As arrival_mode.", form="1, 2, 3 or 9", example="1")
    departure_carrier: Code = column("As arrival_carrier.", form="carrier code", example="XX")
    departure_evidence: Code = column(
        (
            "What the departure rests on: B biometric exit, M manifest with document number, N manifest with name and "
            "date of birth only, L land border record, I inferred from a later entry, R reported. Empty is read as L "
            "by land, N otherwise."
        ),
        form="one letter",
        example="M",
    )
    update_flag: Code = column(
        "ADIS's own word on the stay: G departed, A apprehended, O overstayed, J adjusted to permanent residence, D deceased, L lost I-94.",
        form="one letter",
        example="O",
    )
    overstay_flag: YesNo = column("Y when ADIS counts the stay as ended without a departure.", form="Y or N", example="Y", default=False)
    family_name: Name = column("Family name, romanized as in the document.", form="text", example="EXAMPLE")
    given_name: Name = column("Given names, romanized.", form="text", example="ANA MARIA")
    name_source_script: Name = column(
        "The whole name in its own script, where the document shows it.", form="text, UTF-8", example="Иван Примеров"
    )
    date_of_birth: Code = column(
        "Date of birth. Partial or impossible dates are kept as written.", form="YYYY-MM-DD, YYYY-MM or YYYY", example="1991-02-17"
    )
    sex: Code = column("Sex as in the document.", form="F, M, X or U", example="F")
    citizenship: Code = column(
        "Country of citizenship, I-94 code. Unknown codes are kept.", form="3-digit I-94 country code", example="689"
    )
    country_of_birth: Code = column("Country of birth, I-94 code.", form="3-digit I-94 country code", example="689")
    residence: Code = column("Country of residence, I-94 code.", form="3-digit I-94 country code", example="689")
    passport_number: Number = column("Passport number.", form="3-25 letters and digits", example="ZZ0001234")
    passport_country: Code = column("Issuing country or organization, ICAO code.", form="ICAO code", example="UTO")
    passport_expires: IsoDate | None = column(
        "Last day of validity of the passport.", form="YYYY-MM-DD", example="2031-05-30", default=None
    )
    visa_foil: Number = column("Visa number (red number on the foil).", form="8 digits, or a letter and 7 digits", example="X0000123")
    visa_post: Code = column("Post that issued the visa.", form="3-letter post code", example="SPL")
    a_number: Number = column("Alien registration number.", form="A and 8 or 9 digits", example="A900000123")
    fin: Number = column("IDENT fingerprint number.", form="up to 10 digits", example="9900000123")
    sevis_id: Number = column("SEVIS ID on the I-20 or DS-2019 shown at arrival.", form="N and 10 digits", example="N9900000123")
    us_address_line: Text = column("Address given on arrival (often a hotel).", form="text", example="120 Specimen Avenue")
    us_address_city: Name = column("City of that address.", form="text", example="Miami")
    us_address_state: Code = column(
        "State of that address, USPS code. An invalid one is kept in the row and not used.", form="2 letters", example="FL"
    )
    us_address_postal_code: Code = column("Postal code of that address.", form="5 or 9 digits", example="33101")
    recorded_on: IsoDate | None = column(
        "Day on which ADIS added or changed the record.", form="YYYY-MM-DD", example="2026-10-02", default=None
    )


def statement(row: AdisRow, as_of: datetime) -> Statement:
    """The facts of one ADIS row; flagged when ADIS says overstay, or when a dated stay ended before `as_of` unmatched."""
    ids = Collector()
    admission_number = ids.add(IdentifierKind.I94, row.admission_number)
    passport = ids.add(IdentifierKind.PASSPORT, row.passport_number, row.passport_country, None, row.passport_expires)
    foil = ids.add(IdentifierKind.VISA_FOIL, row.visa_foil)
    ids.add(IdentifierKind.A_NUMBER, row.a_number)
    ids.add(IdentifierKind.FIN, row.fin)
    ids.add(IdentifierKind.SEVIS_ID, row.sevis_id)
    notes = ids.notes
    facts: list[Fact] = [_name(row, notes)]
    until = None
    arrived = row.arrival_date if row.record_type == "A" else None
    if arrived is not None:
        admission = _admission(row, arrived, admission_number, (passport, foil), notes)
        until = admission.admit_until
        facts.append(admission)
        _address(row, arrived, facts, notes)
    if row.departure_date is not None:
        facts.append(_departure(row, admission_number if arrived else "", passport, notes))
    if row.update_flag in {"D", "J"}:
        facts.append(LifeEvent("died" if row.update_flag == "D" else "permanent_resident"))
    ended_unmatched = until is not None and row.departure_date is None and until < as_of.date()
    return Statement(
        row.record_id,
        row.overstay_flag or ended_unmatched,
        tuple(facts),
        tuple(ids.found),
        protected=is_victim_class(row.class_of_admission),
        notes=tuple(notes),
    )


def outlines(rows: Any, as_of: datetime) -> list[Outline]:
    """The outlines of `statement(row, as_of)`: most rows of the largest source are looked at no further. `rows` are columns."""
    today = as_of.date()
    over = {text for text in set(rows.admit_until) if (until := admit_until_date(text)) is not None and until < today}
    arrivals = [day if kind == "A" else None for kind, day in zip(rows.record_type, rows.arrival_date, strict=True)]
    stays = zip(rows.overstay_flag, arrivals, rows.departure_date, rows.admit_until, strict=True)
    flagged = [said or (arrived is not None and departed is None and until in over) for said, arrived, departed, until in stays]
    births = {text: birth_date(text) for text in set(rows.date_of_birth)}
    born, as_written = zip(*map(births.__getitem__, rows.date_of_birth), strict=True)
    places = zip(rows.citizenship, rows.arrival_date, rows.departure_date, strict=True)
    citizenships = [iso3("i94", code, arrived or departed) if code else "" for code, arrived, departed in places]
    names = map(OutlinedName, rows.family_name, rows.given_name, born, as_written, citizenships)
    numbers = numbered(
        (IdentifierKind.I94, rows.admission_number, ()),
        (IdentifierKind.PASSPORT, rows.passport_number, rows.passport_country),
        (IdentifierKind.VISA_FOIL, rows.visa_foil, ()),
        (IdentifierKind.A_NUMBER, rows.a_number, ()),
        (IdentifierKind.FIN, rows.fin, ()),
        (IdentifierKind.SEVIS_ID, rows.sevis_id, ()),
    )
    protected = map(is_victim_class, rows.class_of_admission)
    return list(map(Outline, rows.record_id, flagged, numbers, names, repeat(None), protected))


def cross_check(row: AdisRow) -> tuple[str, str] | None:
    """An arrival needs its day, a departure its own."""
    if row.record_type == "A" and row.arrival_date is None:
        return "arrival_date", "An A row must say the day of arrival."
    if row.record_type == "D" and row.departure_date is None:
        return "departure_date", "A D row must say the day of departure."
    return None


def admit_until_date(text: str) -> date | None:
    """The date in an admit-until cell: YYYY-MM-DD, or MMDDYYYY as on the I-94. None for D/S and for anything else."""
    if len(text) == 8 and text.isascii() and text.isdigit():
        text = f"{text[4:]}-{text[:2]}-{text[2:4]}"
    try:
        return iso_date(text)
    except ValueError:
        return None


def _name(row: AdisRow, notes: list[str]) -> NameForm:
    born, born_text = birth_date(row.date_of_birth)
    citizenship = row.citizenship
    mapped = iso3("i94", citizenship, row.arrival_date or row.departure_date) if citizenship else ""
    if citizenship and not mapped:
        notes.append(f"Citizenship code {citizenship} is in no table; kept as it is.")
    return NameForm(
        row.family_name,
        row.given_name,
        row.name_source_script,
        "primary",
        born,
        born_text,
        row.sex,
        row.country_of_birth,
        citizenship,
        mapped,
        True if row.update_flag == "J" else None,
    )


def _admission(row: AdisRow, arrived: date, number: str, documents: tuple[str, str], notes: list[str]) -> Admission:
    text = row.admit_until
    duration = text == "D/S"
    until = None if duration else admit_until_date(text)
    if text and not duration and until is None:
        notes.append("Admit-until is neither a date nor D/S; kept as written.")
    class_code = row.class_of_admission.upper()
    if class_code and stay_of(class_code, arrived) is None:
        notes.append(f"Class of admission {class_code} is in no table; kept as it is.")
    return Admission(
        number,
        arrived,
        class_code,
        until,
        duration,
        "" if until or duration else text,
        row.arrival_port,
        _mode(row.arrival_mode, notes),
        row.arrival_carrier,
        documents[0],
        row.passport_country,
        documents[1],
        row.us_address_state if row.us_address_state in STATES else "",
        UPDATES.get(row.update_flag, ""),
    )


def _departure(row: AdisRow, number: str, passport: str, notes: list[str]) -> Departure:
    mode = _mode(row.departure_mode, notes)
    evidence = EVIDENCE.get(row.departure_evidence)
    if evidence is None:
        evidence = DepartureEvidence.LAND if mode is Mode.LAND else DepartureEvidence.MANIFEST_NAME
        if row.departure_evidence:
            notes.append(f"Departure evidence {row.departure_evidence} is in no table; read as the weakest kind.")
    day = row.departure_date
    assert day is not None  # noqa: S101  # the caller looked
    return Departure(day, evidence, number, passport, row.passport_country, row.departure_port, mode, row.departure_carrier)


def _mode(code: str, notes: list[str]) -> Mode:
    mode = MODES.get(code)
    if mode is None:
        notes.append(f"Mode of travel {code} is in no table; read as not reported.")
        return Mode.UNKNOWN
    return mode


def _address(row: AdisRow, arrived: date, facts: list[Fact], notes: list[str]) -> None:
    state = row.us_address_state
    if state and state not in STATES:
        notes.append("The state of the arrival address is not a USPS code; not used.")
        state = ""
    if row.us_address_line or row.us_address_city or state:
        facts.append(
            Address(row.us_address_line, row.us_address_city, "", state, row.us_address_postal_code, AddressKind.ARRIVAL, arrived, arrived)
        )


SOURCE = Source(
    code="adis",
    name="Arrival and Departure Information System",
    layout="adis/1",
    notice="Arrival and Departure Information System (ADIS). 80 FR 72,081 (November 18, 2015)",
    exemption="Exempt under 5 U.S.C. 552a(j)(2) and (k)(2) as claimed for ADIS; LeadTrac claims the same for records that come from it.",
    contract=AdisRow,
    natural_key=("record_id",),
    statement=statement,
    flagged_when=(
        "ADIS counts the stay as ended without a departure, or the admit-until day passed before the extract and no departure is matched."
    ),
    freshness_days=3,
    cross_check=cross_check,
    outlines=outlines,
    summary="One row per admission or parole, and per departure that matched none.",
)
