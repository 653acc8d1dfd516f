"""Schools and exchange programs of the simulated world, with their officials. None of them exists."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.simulator import documents, names, places
from ingest.simulator.dice import Dice
from ingest.simulator.hidden import Version
from ingest.simulator.parameters import Parameters

SCHOOLS = 60
PROGRAMS = 14
FIRST_DRAWN = 20  # lower numbers belong to the cast
_TYPES = ("university", "college", "language", "vocational", "flight", "high_school")
_KINDS = ("State College", "University", "Language Academy", "Career Institute", "Flight School", "Preparatory School")
_ADJECTIVES = ("Specimen", "Placeholder", "Sample", "Fictional", "Invented", "Mock", "Imaginary", "Pretend", "Example", "Dummy")


@dataclass(frozen=True, slots=True)
class School:
    """A school (F, M) or a program (J)."""

    code: str
    kind: str
    name: str
    school_type: str
    place: places.Place
    certified_on: date
    officials: tuple[dict[str, object], ...]
    withdrawn_on: date | None = None
    capacity: int = 900
    enrolled: int = 640


def all_schools(parameters: Parameters) -> tuple[list[School], list[School]]:
    """The drawn schools and programs of this world."""
    return (
        [_draw(parameters, FIRST_DRAWN + number, "school") for number in range(SCHOOLS)],
        [_draw(parameters, FIRST_DRAWN + number, "program") for number in range(PROGRAMS)],
    )


def school_versions(school: School, parameters: Parameters) -> list[Version]:
    """The row of a school; a second one when it was withdrawn."""
    cells = {
        "code": school.code,
        "kind": school.kind,
        "name": school.name,
        "school_type": school.school_type,
        "phone": documents.phone(int(school.code[-3:])),
        "certified_on": school.certified_on.isoformat(),
        "accreditation": "Fictional Commission on Schools",
        "operating_authority": f"State of {school.place.state}",
        "student_capacity": str(school.capacity),
        "students_enrolled": str(school.enrolled),
        "officials": json.dumps(school.officials, ensure_ascii=False),
        "address_line": school.place.line,
        "address_city": school.place.city,
        "address_county": school.place.county,
        "address_state": school.place.state,
        "address_postal_code": school.place.postal_code,
    }
    versions = [Version("sevis_schools", school.code, parameters.start - timedelta(days=30), cells)]
    if school.withdrawn_on is not None:
        versions.append(
            Version(
                "sevis_schools",
                school.code,
                school.withdrawn_on + timedelta(days=1),
                cells | {"withdrawn_on": school.withdrawn_on.isoformat()},
            )
        )
    return versions


def official(dice: Dice, role: str, serial: int, name: tuple[str, str] | None = None) -> dict[str, object]:
    """One official as the cell `officials` has them: the notice's elements only."""
    drawn = names.draw_name(dice, "english", "F" if dice.chance(0.5) else "M")
    family, given = name or (drawn.family, drawn.given)
    return {
        "role": role,
        "family_name": family,
        "given_name": given,
        "sevis_official_id": f"SIM-{serial:06d}",
        "date_of_birth": date(1955 + dice.whole(0, 40), dice.whole(1, 12), dice.whole(1, 28)).isoformat(),
        "country_of_birth": "US",
        "citizenship": "US",
        "contact": documents.email(family, given, serial),
    }


def _draw(parameters: Parameters, number: int, kind: str) -> School:
    dice = Dice(parameters.seed, kind, number)
    what = dice.whole(0, len(_TYPES) - 1)
    roles = ("pdso", "dso", "executive", "counsel") if kind == "school" else ("ro", "aro", "executive")
    place = places.residence(dice)
    size = Dice(parameters.seed, f"{kind} size", number)
    capacity = size.whole(8, 240) * 10
    return School(
        code=documents.school_code(number) if kind == "school" else documents.program_code(number),
        kind=kind,
        name=f"{_ADJECTIVES[number % 10]} {place.city} {_KINDS[what] if kind == 'school' else 'Exchange Program'}",
        school_type=_TYPES[what] if kind == "school" else "program",
        place=place,
        certified_on=date(2003 + dice.whole(0, 18), dice.whole(1, 12), dice.whole(1, 28)),
        officials=tuple(official(dice, role, number * 10 + step) for step, role in enumerate(roles)),
        capacity=capacity,
        enrolled=capacity * size.whole(55, 108) // 100,
    )
