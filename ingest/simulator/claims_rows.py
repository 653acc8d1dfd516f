"""What CLAIMS 3 writes about a filing, and when it learns of it: often weeks after the day on which it counts as filed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ingest.simulator import documents
from ingest.simulator.dice import Dice
from ingest.simulator.hidden import Version
from ingest.simulator.noise import bent_birth_date, bent_name
from ingest.simulator.people import Person


@dataclass(frozen=True, slots=True)
class Filing:
    """One true filing. `loaded_on`: the day CLAIMS shows it; `decided_on`: the day of a decision, which it shows the day after."""

    form: str
    received_on: date
    loaded_on: date
    basis: str = ""
    requested_class: str = ""
    method: str = "O"
    decision: str = ""  # approved | denied | withdrawn; empty while pending
    decided_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    frivolous: bool = False
    number: str = ""  # I-94 that it rests on
    passport: str = ""
    employer: str = ""
    petitioner: tuple[str, str, str] = ("", "", "")  # family, given, relation


def filing_version(dice: Dice, person: Person, filing: Filing, count: int, *, clean: bool) -> list[Version]:
    """The row of a filing: pending from `loaded_on`, decided from the day after the decision."""
    receipt = documents.receipt(person.serial, filing.received_on, count)
    cells = {"receipt_number": receipt, "status": "pending"} | _who(dice, person, clean=clean) | _what(dice, person, filing, clean=clean)
    versions = [Version("claims3", receipt, filing.loaded_on, cells)]
    if filing.decision and filing.decided_on is not None:
        decided = cells | {
            "status": filing.decision,
            "decided_on": filing.decided_on.isoformat(),
            "valid_from": filing.valid_from.isoformat() if filing.valid_from else "",
            "valid_until": filing.valid_until.isoformat() if filing.valid_until else "",
            "denial_frivolous_or_unauthorized_work": "Y" if filing.frivolous else "N",
        }
        versions.append(Version("claims3", receipt, max(filing.decided_on, filing.loaded_on), decided))
    return versions


def _who(dice: Dice, person: Person, *, clean: bool) -> dict[str, str]:
    family, given, _ = (person.name.family, person.name.given, "") if clean else bent_name(dice, person.name)
    born, _ = (person.born.isoformat(), "") if clean else bent_birth_date(dice, person.born)
    return {
        "family_name": family,
        "given_name": given,
        "date_of_birth": born,
        "sex": person.sex,
        "country_of_birth": person.birth_iso3,
        "citizenship": person.iso3,
        "address_line": person.home.line,
        "address_city": person.home.city,
        "address_county": person.home.county,
        "address_state": person.home.state,
        "address_postal_code": person.home.postal_code,
    }


def _what(dice: Dice, person: Person, filing: Filing, *, clean: bool) -> dict[str, str]:
    return {
        "form": filing.form,
        "received_on": filing.received_on.isoformat(),
        "method": filing.method,
        "basis": filing.basis,
        "requested_class": filing.requested_class,
        "loaded_on": filing.loaded_on.isoformat(),
        "a_number": documents.a_number(person.serial) if filing.form in {"I-485", "I-589", "I-821", "N-400", "I-360"} else "",
        "admission_number": filing.number if clean or dice.chance(0.85) else "",
        "passport_number": filing.passport,
        "passport_country": "UTO" if filing.passport else "",
        "ssn": documents.ssn(person.serial) if filing.form in {"I-485", "N-400"} else "",
        "employer_name": filing.employer,
        "petitioner_family_name": filing.petitioner[0],
        "petitioner_given_name": filing.petitioner[1],
        "petitioner_relation": filing.petitioner[2],
    }
