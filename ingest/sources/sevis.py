"""SEVIS: students, exchange visitors and their dependents.

Student and Exchange Visitor Information System, 75 FR 412 (January 5, 2010), as the LeadTrac notice (DHS/ICE-015, "Record
source categories") cites it. Elements: domain.md 4.1 and 3.3. One row is the state of one SEVIS record, not of a person:
one person has several SEVIS IDs over the years. The layout is LeadTrac's own.

Country codes are SEVIS's two letters (CH is China, GM Germany), except the passport's issuer, which is ICAO.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Json, StringConstraints

from ingest.codes.admission_classes import stay_of
from ingest.codes.sevis_reasons import words
from ingest.facts import (
    AddressKind,
    Departure,
    DepartureEvidence,
    Employment,
    Fact,
    Finance,
    Identifier,
    IdentifierKind,
    LifeEvent,
    SevisStatus,
    StatusEvent,
)
from ingest.sources.base import Code, Collector, IsoDate, LocalTime, Name, Number, Source, Text, YesNo, birth_date, column, plain_word
from ingest.sources.persons import AddressColumns, PersonRow, address_of, name_form
from ingest.statements import AssociateStatement, Statement

STATUSES = {status.value: status for status in SevisStatus}
NO_VIOLATION_REASONS: dict[str, frozenset[str]] = {  # terminations that allege nothing, by kind of record (domain.md 3.3)
    "S": frozenset({"02", "06", "10", "20", "21", "25"}),
    "E": frozenset(),
    "D": frozenset({"02", "09"}),
}
ALERTS = frozenset({"G", "N"})
GRACE_DAYS = {"F1": 60, "J1": 30}  # authorities.md F1-60, J1-30; used only to decide what waits in the buffer
CURRICULAR = frozenset({"cpt", "cpt_full"})  # part of the program: it ends no later
NO_SHOW_DAYS = 30  # authorities.md SCH-30, J1-VALID


class DependentCell(BaseModel):
    """One dependent in the cell `dependents`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sevis_id: Number = ""
    family_name: Name
    given_name: Name
    date_of_birth: Code = ""
    relation: Literal["spouse", "child"]


class SevisRow(PersonRow, AddressColumns):
    """One SEVIS record."""

    sevis_id: Annotated[str, StringConstraints(pattern=r"^N\d{10}$")] = column(
        "SEVIS ID of the record.", form="N and 10 digits", example="N9900000123", default=...
    )
    record_type: Literal["S", "E", "D"] = column(
        "S: student. E: exchange visitor. D: dependent.", form="S, E or D", example="S", default=...
    )
    country_of_birth: Code = column("Country of birth.", form="2-letter SEVIS country code", example="BR")
    citizenship: Code = column("Country of citizenship. Unknown codes are kept.", form="2-letter SEVIS country code", example="BR")
    class_of_admission: Code = column("Class of the record.", form="F1, F2, J1, J2, M1, M2, ...", example="F1", default=...)
    status: Code = column(
        "Status word. Another word is kept and noted.",
        form="initial, active, completed, terminated, canceled or deactivated",
        example="terminated",
        default=...,
    )
    status_effective_on: IsoDate | None = column("Day from which the status counts.", form="YYYY-MM-DD", example="2026-07-01", default=None)
    reason_code: Code = column("Termination, end or cancel reason. Unknown codes are kept.", form="SEVIS reason code", example="03")
    failure_on: IsoDate | None = column(
        "Day of the failure itself, where the school stated it.", form="YYYY-MM-DD", example="2026-06-12", default=None
    )
    alert: Code = column(
        "SEVIS's own alert: G grace period over and no departure, transfer or new status on the record; "
        "N entered and not registered thirty days after the start.",
        form="G or N",
        example="G",
    )
    correction_pending: YesNo = column("A correction request or data fix is open.", form="Y or N", example="N", default=False)
    reinstatement: Literal["", "pending", "approved", "denied"] = column(
        "State of a reinstatement request.", form="pending, approved or denied", example="pending"
    )
    reinstatement_on: IsoDate | None = column("Day of that state.", form="YYYY-MM-DD", example="2026-08-20", default=None)
    cap_gap: Literal["", "F", "T", "C"] = column(
        "H-1B cap-gap extension: F filed, T waitlisted, C canceled.", form="F, T or C", example="F"
    )
    cap_gap_until: IsoDate | None = column("Last day of the cap-gap extension.", form="YYYY-MM-DD", example="2027-04-01", default=None)
    transfer_to_sevis_id: Number = column("SEVIS ID of the record that continues this one.", form="N and 10 digits", example="N9900000124")
    principal_sevis_id: Number = column(
        "On D rows: SEVIS ID of the student or exchange visitor.", form="N and 10 digits", example="N9900000122"
    )
    dependents: Json[tuple[DependentCell, ...]] = column(
        "On S and E rows: the dependents. Keys: sevis_id, family_name, given_name, date_of_birth, relation (spouse or child).",
        form="JSON list of objects",
        example='[{"sevis_id": "N9900000125", "family_name": "EXAMPLE", "given_name": "LEO", "relation": "child"}]',
        default=(),
    )
    school_code: Code = column("School or program of the record.", form="school code or program number", example="SIM214F00000012")
    education_level: Code = column("Level of study.", form="2 digits", example="05")
    field_of_study: Code = column("Major.", form="CIP code NN.NNNN", example="11.0701")
    program_start: IsoDate | None = column("First day of the program.", form="YYYY-MM-DD", example="2025-08-25", default=None)
    program_end: IsoDate | None = column("Last day of the program.", form="YYYY-MM-DD", example="2027-05-15", default=None)
    registered_on: IsoDate | None = column(
        "Day on which the school registered (or the sponsor validated) the person.", form="YYYY-MM-DD", example="2025-09-02", default=None
    )
    issued_at: LocalTime | None = column(
        "When an official issued the newest form I-20 or DS-2019, by the clock of the school; kept as day and hour.",
        form="YYYY-MM-DDTHH:MM",
        example="2025-06-12T10:40",
        default=None,
    )
    practical_training: Literal["", "opt", "stem_opt", "cpt", "cpt_full"] = column(
        "Kind of practical training; cpt_full where SEVIS says that the curricular training is full time.",
        form="opt, stem_opt, cpt or cpt_full",
        example="opt",
    )
    practical_training_start: IsoDate | None = column(
        "First day of practical training.", form="YYYY-MM-DD", example="2026-06-01", default=None
    )
    practical_training_end: IsoDate | None = column(
        "Last day of practical training.", form="YYYY-MM-DD", example="2027-05-31", default=None
    )
    employer_name: Name = column("Employer of the training.", form="text", example="Sample Works LLC")
    employer_address: Text = column("Its address.", form="text", example="9 Placeholder Road, Austin, TX")
    last_entry: IsoDate | None = column("Last entry that SEVIS learned of.", form="YYYY-MM-DD", example="2025-08-10", default=None)
    last_departure: IsoDate | None = column("Last departure that SEVIS learned of.", form="YYYY-MM-DD", example="2026-07-03", default=None)
    admission_number: Number = column("I-94 number.", form="as in ADIS", example="999000123X4")
    passport_number: Number = column("Passport number.", form="3-25 letters and digits", example="ZZ0001234")
    passport_country: Code = column("Issuing country, ICAO code.", form="ICAO code", example="UTO")
    passport_expires: IsoDate | None = column("Last day of its validity.", form="YYYY-MM-DD", example="2031-05-30", default=None)
    visa_foil: Number = column("Visa number.", form="8 digits, or a letter and 7 digits", example="X0000123")
    a_number: Number = column("Alien registration number.", form="A and 8 or 9 digits", example="A900000123")
    phone: Number = column("Phone number.", form="international number", example="+1-202-555-0143")
    email: Text = column("E-mail address.", form="name@host", example="ana.example@mail.example")
    address_reported_on: IsoDate | None = column(
        "Day on which the address was reported.", form="YYYY-MM-DD", example="2025-09-01", default=None
    )
    funding_usd: Annotated[int, "whole dollars"] | None = column(
        "Funds shown on the I-20 or DS-2019, whole US dollars.", form="digits", example="42000", default=None
    )


def statement(row: SevisRow, as_of: datetime) -> Statement:
    """The facts of one SEVIS record; flagged as `SOURCE.flagged_when` says."""
    ids = Collector()
    notes = ids.notes
    facts: list[Fact] = [name_form(row, "sevis", notes)]
    _identifiers(row, ids)
    event = _status_event(row, notes)
    facts.append(event)
    if event.reason_code in {"02", "DOE"} and event.status in {SevisStatus.TERMINATED, SevisStatus.COMPLETED}:
        facts.append(LifeEvent("died", row.status_effective_on))
    if row.last_departure is not None:
        facts.append(Departure(row.last_departure, DepartureEvidence.REPORTED))
    if row.practical_training and row.employer_name:
        facts.append(
            Employment(
                row.employer_name,
                row.practical_training,
                row.practical_training_start,
                row.practical_training_end,
                authorized=True,
                employer_address=row.employer_address,
            )
        )
    if row.funding_usd is not None:
        facts.append(Finance("funding", "Funds shown for the program", row.funding_usd))
    address = address_of(row, AddressKind.SCHOOL_REPORTED, notes, (row.address_reported_on, row.address_reported_on))
    if address is not None:
        facts.append(address)
    flagged = is_flagged(row, event, as_of.date())
    return Statement(row.sevis_id, flagged, tuple(facts), tuple(ids.found), _associates(row), notes=tuple(notes))


def is_flagged(row: SevisRow, event: StatusEvent, day: date) -> bool:
    """Whether this record alone makes the person a record of LeadTrac on `day`; a grace period still running does not."""
    if row.last_departure is not None or row.transfer_to_sevis_id or row.reinstatement == "approved":
        return False
    if event.status is SevisStatus.TERMINATED:
        return row.reason_code not in NO_VIOLATION_REASONS[row.record_type]
    return row.alert in ALERTS or _grace_is_over(row, event, day) or _never_registered(row, event, day)


def _grace_is_over(row: SevisRow, event: StatusEvent, day: date) -> bool:
    if event.status is not SevisStatus.COMPLETED or row.class_of_admission not in GRACE_DAYS:
        return False
    ends = [end for end in (row.program_end, row.practical_training_end, row.cap_gap_until) if end is not None]
    return bool(ends) and max(ends) + timedelta(days=GRACE_DAYS[row.class_of_admission]) < day


def _never_registered(row: SevisRow, event: StatusEvent, day: date) -> bool:
    if event.status is not SevisStatus.INITIAL or row.last_entry is None or row.registered_on is not None:
        return False
    return row.program_start is not None and row.program_start + timedelta(days=NO_SHOW_DAYS) < day


def _identifiers(row: SevisRow, ids: Collector) -> None:
    ids.add(IdentifierKind.SEVIS_ID, row.sevis_id)
    ids.add(IdentifierKind.I94, row.admission_number)
    ids.add(IdentifierKind.PASSPORT, row.passport_number, row.passport_country, None, row.passport_expires)
    ids.add(IdentifierKind.VISA_FOIL, row.visa_foil)
    ids.add(IdentifierKind.A_NUMBER, row.a_number)
    ids.add(IdentifierKind.PHONE, row.phone)
    ids.add(IdentifierKind.EMAIL, row.email)


def _status_event(row: SevisRow, notes: list[str]) -> StatusEvent:
    status = STATUSES.get(plain_word(row.status), SevisStatus.UNKNOWN)
    if stay_of(row.class_of_admission, row.status_effective_on) is None:
        notes.append(f"Class {row.class_of_admission} is in no table; kept as it is.")
    if status is SevisStatus.UNKNOWN:
        notes.append(f"Status {row.status} is in no table; somebody must look up what it says about the stay.")
    if row.reason_code and not words(row.class_of_admission, status.value, row.reason_code, row.status_effective_on):
        notes.append(f"Reason code {row.reason_code} is in no table; kept as it is.")
    return StatusEvent(
        sevis_id=row.sevis_id,
        status=status,
        class_of_admission=row.class_of_admission,
        effective_on=row.status_effective_on,
        reason_code=row.reason_code,
        failure_on=row.failure_on,
        program_start=row.program_start,
        program_end=row.program_end,
        practical_training_end=row.practical_training_end if row.practical_training not in CURRICULAR else None,
        registered_on=row.registered_on,
        school_code=row.school_code,
        education_level=row.education_level,
        field_of_study=row.field_of_study,
        correction_pending=row.correction_pending,
        reinstatement=row.reinstatement,
        reinstatement_on=row.reinstatement_on,
        cap_gap=row.cap_gap,
        cap_gap_until=row.cap_gap_until,
        transfer_to_sevis_id=row.transfer_to_sevis_id,
        principal_sevis_id=row.principal_sevis_id,
        issued_on=row.issued_at.date() if row.issued_at else None,
        issued_hour=row.issued_at.hour if row.issued_at else None,
    )


def _associates(row: SevisRow) -> tuple[AssociateStatement, ...]:
    """Dependents of a student, the principal of a dependent, the employer of the training: the notice's elements only."""
    found: list[AssociateStatement] = []
    for cell in row.dependents:
        numbers = Collector()
        numbers.add(IdentifierKind.SEVIS_ID, cell.sevis_id)
        found.append(
            AssociateStatement(
                cell.relation,
                cell.family_name,
                cell.given_name,
                date_of_birth=birth_date(cell.date_of_birth)[0],
                identifiers=tuple(numbers.found),
            )
        )
    if row.principal_sevis_id:
        numbers = Collector()
        numbers.add(IdentifierKind.SEVIS_ID, row.principal_sevis_id)
        principal: tuple[Identifier, ...] = tuple(numbers.found)
        found.append(AssociateStatement("principal", identifiers=principal))
    if row.practical_training and row.employer_name:
        found.append(AssociateStatement("employer", organization_name=row.employer_name, contact=row.employer_address))
    return tuple(found)


SOURCE = Source(
    code="sevis",
    name="Student and Exchange Visitor Information System",
    layout="sevis/1",
    notice="Student and Exchange Visitor Information System (SEVIS). 75 FR 412 (January 5, 2010)",
    exemption="Exempt under 5 U.S.C. 552a(j)(2) and (k)(2) as claimed for SEVIS; LeadTrac claims the same for records that come from it.",
    contract=SevisRow,
    natural_key=("sevis_id",),
    statement=statement,
    flagged_when=(
        "The record was terminated for a reason that can be a violation, or ended and its grace period is over, or "
        "the person entered and was not registered 30 days after the start; and no departure, transfer or approved "
        "reinstatement is on it."
    ),
    freshness_days=7,
    summary="One row per SEVIS record of a student, exchange visitor or dependent, with its newest state.",
)
