"""What ADIS writes about a stay, and when it learns of it."""

from __future__ import annotations

from datetime import date, timedelta

from ingest.codes.countries import in_use
from ingest.simulator import documents
from ingest.simulator import parameters as p
from ingest.simulator.dice import Dice
from ingest.simulator.hidden import Sighting, Stay, Version
from ingest.simulator.noise import bent_birth_date, bent_name
from ingest.simulator.people import Person

I94_CODES = in_use("i94") | {"DEU": "148", "KOR": "254"}  # what the data use; the published table says 112 and 276
_ODD_CODES = ("746", "252", "999")  # seen in the data or marked invalid: to be kept raw
_GARBAGE = ("/   183D", "06 02002", "99999999")


def record_key(stay: Stay, person: Person) -> str:
    """ADIS's key of the record of a stay."""
    return f"ADIS-{person.serial:09d}-{stay.trip}"


def stay_versions(
    dice: Dice, person: Person, stay: Stay, sighting: Sighting, *, clean: bool = False, neighbor_i94: str = ""
) -> tuple[list[Version], tuple[str, ...]]:
    """The row of a stay as it changes, and the kinds of noise in it. `neighbor_i94` is the number that a duplicate would carry."""
    cells, kinds = arrival_cells(dice, person, stay, clean=clean, neighbor_i94=neighbor_i94)
    key = record_key(stay, person)
    arrival_known = stay.arrived + timedelta(days=1 if clean else dice.whole(1, 3))
    versions = [_version(key, arrival_known, cells)]
    departed = _matched_departure(stay, sighting)
    known_on = sighting.known_on
    if stay.admit_until is not None:
        ended = stay.admit_until + timedelta(days=1)
        if departed is None or known_on is None or known_on > ended:
            cells = cells | {"overstay_flag": "Y", "update_flag": "O"}
            versions.append(_version(key, max(ended, arrival_known), cells))
    if departed is not None and known_on is not None:
        left = stay.left
        late = stay.admit_until is not None and departed > stay.admit_until
        cells = cells | {
            "departure_date": departed.isoformat(),
            "departure_port": left.port if left else stay.port,
            "departure_mode": left.mode if left else stay.mode,
            "departure_carrier": left.carrier if left else stay.carrier,
            "departure_evidence": sighting.evidence,
            "update_flag": "O" if late else "G",
            "overstay_flag": "N",
        }
        versions.append(_version(key, known_on, cells))
    if sighting.kind in {"unmatched_document", "unmatched_name"}:
        loose, more = departure_version(dice, person, stay, sighting)
        versions.append(loose)
        kinds += more
    return versions, kinds


def arrival_cells(dice: Dice, person: Person, stay: Stay, *, clean: bool, neighbor_i94: str = "") -> tuple[dict[str, str], tuple[str, ...]]:
    """The cells of an arrival, with the dirt of domain.md 2.4 unless `clean`."""
    cells = {
        "record_type": "A",
        "admission_number": stay.number,
        "arrival_date": stay.arrived.isoformat(),
        "arrival_port": stay.port,
        "arrival_mode": stay.mode,
        "arrival_carrier": stay.carrier,
        "class_of_admission": stay.class_code,
        "admit_until": stay.admit_until.isoformat() if stay.admit_until else "D/S",
        "visa_foil": stay.foil,
        "visa_post": stay.post,
        "sevis_id": stay.sevis_id,
        "fin": documents.fin(person.serial) if clean or dice.chance(p.FIN_IN_ADIS) else "",
        "us_address_line": stay.address.line,
        "us_address_city": stay.address.city,
        "us_address_state": stay.address.state,
        "us_address_postal_code": stay.address.postal_code,
        "overstay_flag": "N",
    }
    who, kinds = person_cells(dice, person, stay.passport, clean=clean)
    cells |= who
    return cells, kinds if clean else kinds + _soil(dice, stay, cells, neighbor_i94)


def _soil(dice: Dice, stay: Stay, cells: dict[str, str], neighbor_i94: str) -> tuple[str, ...]:
    """Dirty the cells of an arrival as the public rows are dirty; gives the kinds that matter later."""
    kinds: tuple[str, ...] = ()
    if dice.chance(p.MISSING_CARRIER):
        cells["arrival_carrier"] = ""
    if dice.chance(p.MISSING_POST):
        cells["visa_post"] = ""
    if dice.chance(p.MISSING_STATE):
        cells["us_address_state"] = ""
    elif dice.chance(p.INVALID_STATE):
        cells["us_address_state"] = dice.pick(("XX", "UN", "MEX", "99"))
    if neighbor_i94 and dice.chance(p.DUPLICATE_I94):
        cells["admission_number"] = neighbor_i94
        kinds += ("duplicate_i94",)
    if stay.admit_until is not None and dice.chance(p.GARBAGE_ADMIT_UNTIL):
        cells["admit_until"] = dice.pick(_GARBAGE)
        kinds += ("garbage_admit_until",)
    elif stay.admit_until is not None and dice.chance(0.2):
        cells["admit_until"] = stay.admit_until.strftime("%m%d%Y")  # the form of the I-94 itself
    return kinds


def person_cells(dice: Dice, person: Person, passport: str, *, clean: bool) -> tuple[dict[str, str], tuple[str, ...]]:
    """Name and document cells as an ADIS row has them."""
    family, given, bent = (person.name.family, person.name.given, "") if clean else bent_name(dice, person.name)
    born, bent_born = (person.born.isoformat(), "") if clean else bent_birth_date(dice, person.born)
    code = I94_CODES.get(person.iso3, "999")
    cells = {
        "family_name": family,
        "given_name": given,
        "name_source_script": "" if bent else person.name.script,
        "date_of_birth": born,
        "sex": person.sex if clean or not dice.chance(p.MISSING_SEX) else "",
        "citizenship": code if clean or not dice.chance(0.01) else dice.pick(_ODD_CODES),
        "country_of_birth": I94_CODES.get(person.birth_iso3, ""),
        "residence": code if clean or not dice.chance(p.RESIDENCE_DIFFERS) else dice.pick(("135", "209", "582", "689")),
        "passport_number": passport,
        "passport_country": "UTO" if passport else "",
    }
    return cells, tuple(kind for kind in (bent, bent_born) if kind)


def departure_version(dice: Dice, person: Person, stay: Stay, sighting: Sighting) -> tuple[Version, tuple[str, ...]]:
    """A departure that ADIS could not match: with the document, or with name and date of birth only."""
    left = stay.left
    day = left.on if left else sighting.on or stay.arrived
    passport = (left.passport if left else stay.passport) if sighting.kind == "unmatched_document" else ""
    cells, kinds = person_cells(dice, person, passport, clean=False)
    cells |= {
        "record_type": "D",
        "departure_date": day.isoformat(),
        "departure_port": left.port if left else stay.port,
        "departure_mode": left.mode if left else "1",
        "departure_carrier": left.carrier if left else stay.carrier,
        "departure_evidence": sighting.evidence,
    }
    known_on = sighting.known_on or day + timedelta(days=2)
    renewed = ("renewed_passport",) if passport and passport != stay.passport else ()
    return _version(f"ADIS-{person.serial:09d}-D{stay.trip}", known_on, cells), kinds + renewed


def _matched_departure(stay: Stay, sighting: Sighting) -> date | None:
    if sighting.kind == "matched" and stay.left is not None:
        return stay.left.on
    return sighting.on if sighting.kind == "false" else None


def _version(key: str, known_on: date, cells: dict[str, str]) -> Version:
    return Version("adis", key, known_on, {"record_id": key, **cells, "recorded_on": known_on.isoformat()})
