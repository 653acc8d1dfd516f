"""Rows of the sources beside ADIS, SEVIS and CLAIMS: EID, TECS, CCD, IDENT, commercial and public."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from ingest.simulator import documents, places
from ingest.simulator.dice import Dice
from ingest.simulator.hidden import Stay, Version
from ingest.simulator.noise import bent_birth_date, bent_name
from ingest.simulator.people import Person

if TYPE_CHECKING:
    from ingest.simulator.scene import Scene

VENDORS = ("Sample Data Co.", "Fictional Records Inc.")
EMPLOYERS = (
    "Sample Works LLC",
    "Placeholder Foods Inc.",
    "Example Builders Co.",
    "Mock Care Services",
    "Pretend Logistics LLC",
    "Fiction Hotels Inc.",
)
EID_DUPLICATE = 0.05  # domain.md 6


def who(dice: Dice, person: Person, *, clean: bool = False) -> dict[str, str]:
    """Name and biographic cells with ICAO country codes, now and then bent."""
    family, given, bent = (person.name.family, person.name.given, "") if clean else bent_name(dice, person.name)
    born, _ = (person.born.isoformat(), "") if clean else bent_birth_date(dice, person.born)
    return {
        "family_name": family,
        "given_name": given,
        "name_source_script": "" if bent else person.name.script,
        "date_of_birth": born,
        "sex": person.sex,
        "country_of_birth": person.birth_iso3,
        "citizenship": person.iso3,
    }


def arrest_version(
    scene: Scene, on: date, *, in_proceedings: bool = False, departed_on: date | None = None, criminal: bool = False
) -> Version:
    """An EID event about the person."""
    person = scene.person
    event, subject = documents.eid_event(person.serial, on), documents.eid_subject(person.serial)
    cells = who(scene.dice, person, clean=scene.clean) | {
        "event_number": event,
        "subject_id": subject,
        "event_type": "arrest",
        "event_date": on.isoformat(),
        "agency": "ERO",
        "site": "Sample Field Office",
        "in_custody": "Y" if in_proceedings and scene.dice.chance(0.5) else "N",
        "case_status": "ACTIVE" if in_proceedings else "CLOSED",
        "in_proceedings": "Y" if in_proceedings else "N",
        "final_order_on": (departed_on - timedelta(days=1)).isoformat() if departed_on else "",
        "departed_on": departed_on.isoformat() if departed_on else "",
        "departure_country": person.iso3 if departed_on else "",
        "disposition": "NTA" if in_proceedings else "V",
        "charge_section": "237(a)(1)(B)",
        "criminal": "Y" if criminal else "N",
        "a_number": documents.a_number(person.serial),
        "fin": documents.fin(person.serial),
    }
    return Version("eid", f"{event}/{subject}", scene.soon(departed_on or on), cells)


def died_versions(scene: Scene, adis_key: str, on: date) -> None:
    """ADIS learns of a death, and an obituary is published."""
    last = next(version for version in reversed(scene.life.versions) if version.source == "adis" and version.key == adis_key)
    known = on + timedelta(days=scene.dice.whole(10, 60))
    scene.life.versions.append(
        Version(
            "adis",
            adis_key,
            max(known, last.known_on),
            last.cells | {"update_flag": "D", "overstay_flag": "N", "recorded_on": known.isoformat()},
        )
    )
    if scene.dice.chance(0.5):
        key = f"PUB-{scene.person.serial:09d}"
        cells = who(scene.dice, scene.person, clean=scene.clean) | {
            "record_id": key,
            "record_type": "obituary",
            "published_on": (on + timedelta(days=3)).isoformat(),
            "publisher": "Sample Gazette",
            "web_address": f"https://gazette.example/{scene.person.serial}",
            "died_on": on.isoformat(),
            "summary": "Obituary",
        }
        scene.life.versions.append(Version("public", key, on + timedelta(days=5), cells))


def presence_versions(scene: Scene, *, share: float) -> None:
    """Traces of somebody who is still here: an address lately confirmed, work, a car; for some of them."""
    if not scene.dice.chance(share):
        return
    dice, person = scene.dice, scene.person
    seen = scene.until - timedelta(days=dice.whole(3, 60))
    place = person.home if dice.chance(0.7) else places.residence(dice)
    scene.life.versions.append(
        commercial_version(
            scene,
            place,
            (seen - timedelta(days=dice.whole(30, 200)), seen),
            confidence=dice.whole(60, 98),
            employed=dice.chance(0.4),
            car=dice.chance(0.3),
        )
    )
    if dice.chance(0.06):
        scene.life.versions.append(
            court_version(scene, dice.day(scene.until - timedelta(days=120), scene.until - timedelta(days=5)), criminal=dice.chance(0.3))
        )


def commercial_version(
    scene: Scene, place: places.Place, seen: tuple[date, date], *, confidence: int, employed: bool, car: bool
) -> Version:
    """One line of a commercial report."""
    dice, person = scene.dice, scene.person
    key = f"COM-{person.serial:09d}"
    cells = who(dice, person, clean=scene.clean) | {
        "record_id": key,
        "vendor": dice.pick(VENDORS),
        "address_line": place.line,
        "address_city": place.city,
        "address_county": place.county,
        "address_state": place.state,
        "address_postal_code": place.postal_code,
        "first_seen": seen[0].isoformat(),
        "last_seen": seen[1].isoformat(),
        "confidence": str(confidence),
        "ssn": documents.ssn(person.serial) if employed else "",
        "phone": documents.phone(person.serial),
        "email": documents.email(person.name.family, person.name.given, person.serial) if dice.chance(0.5) else "",
        "employer_name": dice.pick(EMPLOYERS) if employed else "",
        "vehicle_plate": documents.plate(person.serial) if car else "",
        "vehicle_state": place.state if car else "",
        "vehicle_description": dice.pick(("White sedan", "Blue pickup", "Gray van")) if car else "",
        "finance_kind": "account" if employed and dice.chance(0.3) else "",
    }
    return Version("commercial", key, min(seen[1] + timedelta(days=2), scene.until - timedelta(days=1)), cells)


def court_version(scene: Scene, on: date, *, criminal: bool) -> Version:
    """A docket entry."""
    key = f"PUB-{scene.person.serial:09d}"
    cells = who(scene.dice, scene.person, clean=scene.clean) | {
        "record_id": key,
        "record_type": "criminal_court" if criminal else "civil_court",
        "published_on": on.isoformat(),
        "publisher": f"Sample {scene.person.home.county} Court",
        "web_address": f"https://records.example/docket/{scene.person.serial}",
        "docket_number": f"SIM-{on.year % 100:02d}-{'CR' if criminal else 'CV'}-{scene.person.serial % 100000:05d}",
        "disposition": "open",
        "address_city": scene.person.home.city,
        "address_state": scene.person.home.state,
        "summary": "Criminal complaint" if criminal else "Tenant dispute",
    }
    return Version("public", key, on + timedelta(days=2), cells)


def background_versions(scene: Scene) -> None:
    """What the other systems hold on anybody who travels: some fingerprints, some visas, a few lookouts and arrests."""
    dice, life = scene.dice, scene.life
    if not life.stays:
        return
    stay = life.stays[0]
    if dice.chance(0.25):
        life.versions.append(ident_version(scene, stay, stay.arrived, "Entry"))
    if stay.foil and dice.chance(0.4) and not any(version.source == "ccd" for version in life.versions):
        life.versions.append(visa_version(scene, stay, "issued", stay.arrived - timedelta(days=dice.whole(20, 900))))
    if dice.chance(0.012):
        life.versions.append(
            lookout_version(
                scene,
                stay.arrived - timedelta(days=dice.whole(10, 700)),
                reason=dice.pick(("Prior overstay", "Agriculture violation", "Document query", "Watchlist")),
                number=0,
            )
        )
    if dice.chance(0.004) and not any(version.source == "eid" for version in life.versions):
        end = stay.left.on if stay.left else scene.until - timedelta(days=3)
        arrest = arrest_version(scene, dice.day(stay.arrived, end), criminal=True)
        life.versions.append(arrest)
        if dice.chance(EID_DUPLICATE):
            again = documents.eid_event(scene.person.serial, date.fromisoformat(arrest.cells["event_date"]), 1)
            cells = arrest.cells | {"event_number": again, "case_status": "E-Charging Document Canceled by ICE"}
            life.versions.append(Version("eid", f"{again}/{arrest.cells['subject_id']}", arrest.known_on, cells))
    _prints_of_the_gone(scene)


def _prints_of_the_gone(scene: Scene) -> None:
    """Some give prints at the exit, some at a consulate when they ask for the next visa: neither shows them here [own rates]."""
    stay = scene.life.stays[-1]
    if stay.left is None:
        return
    if stay.left.mode == "1" and scene.dice.chance(0.1):
        scene.life.versions.append(ident_version(scene, stay, stay.left.on, "Exit", number=1, place=stay.left.port))
    asked_on = stay.left.on + timedelta(days=scene.dice.whole(20, 300))
    if stay.post and asked_on < scene.until and scene.dice.chance(0.05):
        scene.life.versions.append(ident_version(scene, stay, asked_on, "Visa application", number=2, place=stay.post, agency="DOS"))


def ident_version(
    scene: Scene,
    stay: Stay,
    on: date,
    reason: str,
    *,
    number: int = 0,
    names: tuple[str, str] | None = None,
    place: str = "",
    agency: str = "CBP",
) -> Version:
    """A fingerprint encounter, at the port of the stay unless `place` says otherwise; `names` when another name was used."""
    key = f"IDENT-{scene.person.serial:09d}-{number}"
    cells = who(scene.dice, scene.person, clean=scene.clean) | {
        "encounter_id": key,
        "fin": documents.fin(scene.person.serial),
        "encountered_on": on.isoformat(),
        "agency": agency,
        "reason": reason,
        "place": place or stay.port,
        "passport_number": stay.passport,
        "passport_country": "UTO",
    }
    if names is not None:
        cells |= {"family_name": names[0], "given_name": names[1], "name_source_script": ""}
    return Version("ident", key, on + timedelta(days=1), cells)


def visa_version(
    scene: Scene,
    stay: Stay,
    action: str,
    on: date,
    *,
    evus: bool = False,
    on_departure: bool = False,
    known_on: date | None = None,
) -> Version:
    """The visa behind a stay, with the newest thing that happened to it."""
    person = scene.person
    issued = stay.arrived - timedelta(days=30 + person.serial % 300)
    control = documents.visa_control(person.serial, issued)
    cells = who(scene.dice, person, clean=scene.clean) | {
        "control_number": control,
        "visa_foil": stay.foil,
        "visa_class": {"B1": "B1/B2", "B2": "B1/B2"}.get(stay.class_code, stay.class_code),
        "post": stay.post,
        "action": action,
        "action_on": on.isoformat(),
        "effective_on": on.isoformat() if action != "issued" else "",
        "effective_on_departure": "Y" if on_departure else "N",
        "evus": "Y" if evus else "N",
        "basis": "INA 221(i)" if "revo" in action else "",
        "issued_on": issued.isoformat(),
        "expires_on": (issued + timedelta(days=3652)).isoformat(),
        "passport_number": stay.passport,
        "passport_country": "UTO",
        "fin": documents.fin(person.serial),
        "address_line": stay.address.line,
        "address_city": stay.address.city,
        "address_state": stay.address.state,
    }
    return Version("ccd", control, known_on or on + timedelta(days=1), cells)


def lookout_version(scene: Scene, on: date, *, reason: str, number: int, aliases: str = "") -> Version:
    """A TECS lookout. `aliases` is the JSON of the cell."""
    key = documents.tecs_id(scene.person.serial, number)
    cells = who(scene.dice, scene.person, clean=scene.clean) | {
        "record_id": key,
        "record_type": "lookout",
        "occurred_on": on.isoformat(),
        "owner_agency": "CBP",
        "reason": reason,
        "watchlist": "Y" if reason == "Watchlist" else "N",
        "passport_number": scene.person.passport,
        "passport_country": "UTO",
        "fin": documents.fin(scene.person.serial),
        "aliases": aliases,
    }
    return Version("tecs", key, on + timedelta(days=1), cells)
