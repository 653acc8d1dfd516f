"""What the stories are played with: a scene per member of the cast, all without dirt, and the cast's own schools."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from ingest.simulator import documents
from ingest.simulator.cast.people import HOUSTON, LOS_ANGELES, ONE_ADDRESS
from ingest.simulator.dice import Dice
from ingest.simulator.hidden import Life, Stay
from ingest.simulator.parameters import Parameters
from ingest.simulator.people import Person
from ingest.simulator.places import Place
from ingest.simulator.scene import Scene
from ingest.simulator.schools import School, official
from ingest.simulator.sevis_rows import Study, study_version


@dataclass(slots=True)
class Play:
    """One staging of all stories."""

    parameters: Parameters
    lives: list[Life] = field(default_factory=list)
    schools: tuple[School, ...] = ()

    def __post_init__(self) -> None:
        self.schools = _schools(self.parameters)

    @property
    def until(self) -> date:
        """The last day of the world."""
        return self.parameters.until

    def ago(self, days: int) -> date:
        """So many days before the last day of the world."""
        return self.until - timedelta(days=days)

    def scene(self, person: Person, story: str) -> Scene:
        """A member of the cast enters."""
        scene = Scene(self.parameters, person, Dice(0, "cast", person.serial), clean=True)
        scene.life.story = story
        self.lives.append(scene.life)
        return scene

    def study(self, scene: Scene, class_code: str, school: School, start: date, end: date) -> tuple[Stay, Study]:
        """A D/S stay with an active SEVIS record, registered ten days after the start."""
        sevis_id = documents.sevis_id(scene.person.serial)
        stay = scene.stay(class_code, start - timedelta(days=9), sevis_id=sevis_id, address=scene.person.home)
        registered = start + timedelta(days=10)
        study = Study(sevis_id, class_code, school, start, end, status_on=registered, registered_on=registered)
        self.write(scene, study, stay, registered)
        return stay, study

    def write(self, scene: Scene, study: Study, stay: Stay | None, known_on: date) -> None:
        """SEVIS shows this state of the record from that day on."""
        scene.life.versions.append(study_version(scene.dice, scene.person, study, known_on, stay=stay, clean=True))


def _schools(parameters: Parameters) -> tuple[School, ...]:
    academy = (("pdso", "SPECIMEN", "PAULA"), ("executive", "SPECIMEN", "MARTIN"))
    institute = (("pdso", "PLACEHOLDER", "RUTH"), ("executive", "PLACEHOLDER", "DEAN"), ("counsel", "LAWEXAMPLE", "GRANT"))
    university = (("pdso", "SAMPLEWELL", "IRIS"), ("dso", "SAMPLEWELL", "HUGO"))
    withdrawn_on = parameters.until - timedelta(days=68)
    return (
        replace(_school(1, "Placeholder Language Academy", "language", LOS_ANGELES, academy), withdrawn_on=withdrawn_on),
        # stands where its students live, and is meant for fewer
        replace(_school(2, "Sample Career Institute", "vocational", ONE_ADDRESS, institute), capacity=25, enrolled=40),
        _school(3, "Specimen State University", "university", HOUSTON, university),
    )


def _school(number: int, name: str, school_type: str, place: Place, names: tuple[tuple[str, str, str], ...]) -> School:
    dice = Dice(0, "cast school", number)
    officials = tuple(official(dice, role, number * 10 + step, (family, given)) for step, (role, family, given) in enumerate(names))
    return School(documents.school_code(number), "school", name, school_type, place, date(2009, 4, 1), officials)
