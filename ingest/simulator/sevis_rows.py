"""What SEVIS writes about a record of a student or exchange visitor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.codes.countries import in_use
from ingest.simulator import documents
from ingest.simulator.dice import Dice
from ingest.simulator.hidden import Stay, Version
from ingest.simulator.noise import bent_name
from ingest.simulator.people import Person
from ingest.simulator.schools import School

SEVIS_CODES = in_use("sevis")
ODD_HOURS = 0.04  # share of forms that are issued outside office hours: our guess


@dataclass(frozen=True, slots=True)
class Study:
    """The state of one SEVIS record; changes are made with `changed` and give a new version."""

    sevis_id: str
    class_code: str
    school: School
    program_start: date
    program_end: date
    status: str = "active"
    status_on: date | None = None
    reason: str = ""
    alert: str = ""
    failure_on: date | None = None
    registered_on: date | None = None
    training: str = ""
    training_start: date | None = None
    training_end: date | None = None
    employer: str = ""
    cap_gap: str = ""
    cap_gap_until: date | None = None
    correction_pending: bool = False
    reinstatement: str = ""
    reinstatement_on: date | None = None
    transfer_to: str = ""
    last_departure: date | None = None
    dependents: str = ""
    level: str = "05"
    field: str = "11.0701"
    record_type: str = ""
    principal: str = ""
    by_night: bool = False  # its official issues forms outside office hours

    def changed(self, **changes: object) -> Study:
        """The record after a change."""
        return replace(self, **changes)  # type: ignore[arg-type]  # names and types are those of the fields


def study_version(dice: Dice, person: Person, study: Study, known_on: date, *, stay: Stay | None, clean: bool) -> Version:
    """The row of a record as of `known_on`."""
    cells = _record_cells(study) | _who(dice, person, clean=clean)
    if stay is not None:
        cells |= {
            "last_entry": stay.arrived.isoformat(),
            "admission_number": stay.number,
            "passport_number": stay.passport,
            "passport_country": "UTO",
            "visa_foil": stay.foil,
        }
    return Version("sevis", study.sevis_id, known_on, cells)


def _record_cells(study: Study) -> dict[str, str]:
    return {
        "sevis_id": study.sevis_id,
        "record_type": study.record_type or ("E" if study.class_code.startswith("J") else "S"),
        "class_of_admission": study.class_code,
        "status": study.status,
        "status_effective_on": _text(study.status_on),
        "reason_code": study.reason,
        "failure_on": _text(study.failure_on),
        "alert": study.alert,
        "correction_pending": "Y" if study.correction_pending else "N",
        "reinstatement": study.reinstatement,
        "reinstatement_on": _text(study.reinstatement_on),
        "cap_gap": study.cap_gap,
        "cap_gap_until": _text(study.cap_gap_until),
        "transfer_to_sevis_id": study.transfer_to,
        "principal_sevis_id": study.principal,
        "dependents": study.dependents,
        "school_code": study.school.code,
        "education_level": study.level,
        "field_of_study": study.field,
        "program_start": study.program_start.isoformat(),
        "program_end": study.program_end.isoformat(),
        "registered_on": _text(study.registered_on),
        "issued_at": _issued(study),
        "practical_training": study.training,
        "practical_training_start": _text(study.training_start),
        "practical_training_end": _text(study.training_end),
        "employer_name": study.employer,
        "last_departure": _text(study.last_departure),
        "address_reported_on": _text(study.registered_on),
    }


def _who(dice: Dice, person: Person, *, clean: bool) -> dict[str, str]:
    family, given, bent = (person.name.family, person.name.given, "") if clean else bent_name(dice, person.name)
    return {
        "family_name": family,
        "given_name": given,
        "name_source_script": "" if bent else person.name.script,
        "date_of_birth": person.born.isoformat(),
        "sex": person.sex,
        "country_of_birth": SEVIS_CODES.get(person.birth_iso3, ""),
        "citizenship": SEVIS_CODES.get(person.iso3, ""),
        "phone": documents.phone(person.serial) if person.serial % 3 == 0 else "",
        "email": documents.email(person.name.family, person.name.given, person.serial) if person.serial % 2 == 0 else "",
        "address_line": person.home.line,
        "address_city": person.home.city,
        "address_county": person.home.county,
        "address_state": person.home.state,
        "address_postal_code": person.home.postal_code,
        "funding_usd": str(18_000 + person.serial % 40 * 1_000),
    }


def _issued(study: Study) -> str:
    """When the newest form was issued: some weeks before the program, or when the record last changed; mostly in office hours."""
    day = study.status_on if study.registered_on and study.status_on else study.program_start - timedelta(days=70)
    dice = Dice(0, f"issued {study.sevis_id}", day.toordinal())
    if study.by_night or dice.chance(ODD_HOURS):
        hour = dice.pick((0, 1, 5, 21, 22, 23))
    else:
        day -= timedelta(days=max(0, day.weekday() - 4))
        hour = dice.whole(9, 16)
    return f"{day.isoformat()}T{hour:02}:{dice.whole(0, 59):02}"


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
