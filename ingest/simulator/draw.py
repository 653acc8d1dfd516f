"""One person after another: what kind of life it is, then the life itself. Any one can be drawn alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ingest.simulator import endings, overstays, studies
from ingest.simulator import parameters as p
from ingest.simulator.dice import Dice
from ingest.simulator.hidden import Life
from ingest.simulator.other_rows import background_versions
from ingest.simulator.parameters import Parameters
from ingest.simulator.people import Person, draw_person, twin_of
from ingest.simulator.scene import Scene
from ingest.simulator.schools import School

# Which matter an enriched life is about. At 20,000 people and enrich 0.3 each of them has well over 100 true and 100 false cases.
MATTERS: tuple[tuple[str, float], ...] = (
    ("dated", 0.25), ("waiver", 0.19), ("f1-terminated", 0.14), ("j1-terminated", 0.05), ("guam", 0.07), ("f1-ended", 0.06),
    ("j1-ended", 0.05), ("no-show", 0.05), ("vocational", 0.04), ("revoked", 0.05), ("parole", 0.05),
)  # fmt: skip
CLASS_OF_MATTER: dict[str, tuple[tuple[str, float], ...]] = {
    "dated": (("B2", 0.75), ("B1", 0.13), ("H2B", 0.04), ("E2", 0.03), ("H1B", 0.03), ("L1", 0.02)),
    "waiver": (("WT", 0.85), ("WB", 0.15)),
    "guam": (("GMT", 0.95), ("GMB", 0.05)),
    "f1-terminated": (("F1", 1),),
    "j1-terminated": (("J1", 1),),
    "f1-ended": (("F1", 1),),
    "j1-ended": (("J1", 1),),
    "no-show": (("F1", 1),),
    "vocational": (("M1", 1),),
    "revoked": (("H1B", 1),),
    "parole": (("CP", 1),),
}
WAIVER_CLASSES = frozenset({"WT", "WB", "GMT", "GMB"})


class Plan(NamedTuple):
    """What a life will be about; `matter` is empty for the calibrated many."""

    matter: str
    class_code: str
    twin: bool


def plan_of(parameters: Parameters, index: int) -> Plan:
    """The plan of the `index`-th person; every second may be the twin of the one before."""
    dice = Dice(parameters.seed, "plan", index)
    twin = index % 2 == 1 and dice.chance(p.TWINS * 2)
    if dice.chance(parameters.enrich):
        matter = dice.weighted(MATTERS)
        return Plan(matter, dice.weighted(CLASS_OF_MATTER[matter]), twin)
    return Plan("", dice.weighted(p.CLASS_MIX), twin)


def person_of(parameters: Parameters, index: int, plan: Plan) -> Person:
    """Who the `index`-th person is."""
    if plan.twin:
        before = plan_of(parameters, index - 1)
        return twin_of(parameters, index, person_of(parameters, index - 1, before))
    return draw_person(
        parameters,
        index,
        visa_waiver=plan.class_code in WAIVER_CLASSES,
        adult=plan.class_code not in {"WT", "WB", "B1", "B2", "GMT", "GMB", "CP"},
    )


def draw_life(parameters: Parameters, index: int, schools: Sequence[School], programs: Sequence[School]) -> Life:
    """The whole life of the `index`-th person, as it was and as the sources have it."""
    plan = plan_of(parameters, index)
    scene = Scene(parameters, person_of(parameters, index, plan), Dice(parameters.seed, "life", index))
    _play(scene, plan, schools, programs)
    background_versions(scene)
    return scene.life


def _play(scene: Scene, plan: Plan, schools: Sequence[School], programs: Sequence[School]) -> None:
    dice, class_code = scene.dice, plan.class_code
    places_of_study = programs if class_code == "J1" else schools
    visitors = {
        "dated": overstays.DATED,
        "waiver": overstays.WAIVER,
        "guam": overstays.WAIVER,
        "parole": overstays.PAROLE,
        "vocational": overstays.VOCATIONAL,
    }
    students = {
        "f1-terminated": studies.TERMINATED,
        "j1-terminated": studies.EXCHANGE_TERMINATED,
        "f1-ended": endings.STUDENT_ENDED,
        "j1-ended": endings.EXCHANGE_ENDED,
        "no-show": endings.NO_SHOW,
    }
    if plan.matter in visitors:
        dice.weighted(visitors[plan.matter])(scene, class_code)
        if plan.matter == "vocational":
            endings.vocational_record(scene, schools)
    elif plan.matter in students:
        dice.weighted(students[plan.matter])(scene, places_of_study, class_code)
    elif plan.matter == "revoked":
        endings.revoked(scene, dice.weighted(endings.REVOKED))
    elif class_code in p.STUDENT_CLASSES:
        studies.ordinary(scene, places_of_study, class_code)
    else:
        overstays.ordinary(scene, class_code)
