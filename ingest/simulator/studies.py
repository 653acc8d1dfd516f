"""Students and exchange visitors: the ordinary course, and the situations that a desk has to tell apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from ingest.simulator import documents
from ingest.simulator import parameters as p
from ingest.simulator.claims_rows import Filing
from ingest.simulator.hidden import Sighting, Stay
from ingest.simulator.other_rows import EMPLOYERS, presence_versions
from ingest.simulator.scene import UNSEEN, Scene
from ingest.simulator.schools import School
from ingest.simulator.sevis_rows import Study, study_version

VIOLATIONS = ("01", "03", "03", "04", "04", "08", "09", "11", "16", "16", "05")  # domain.md 3.3, the commoner ones twice
EXCHANGE_VIOLATIONS = ("CONVIC", "DISCIP", "ENGEMP", "FALACT", "FALINS", "FALSTD", "VIOEXV")


class Course:
    """A student's scene: the stay, the record, and how both are written down."""

    def __init__(
        self, scene: Scene, class_code: str, schools: Sequence[School], *, start: date, end: date, registered: bool = True
    ) -> None:
        self.scene = scene
        self.class_code = class_code
        self.rule_prefix = "j1" if class_code.startswith("J") else "f1"
        dice = scene.dice
        arrived = start - timedelta(days=dice.whole(3, 25))
        sevis_id = documents.sevis_id(scene.person.serial)
        self.stay: Stay = scene.stay(class_code, arrived, sevis_id=sevis_id)
        known = start + timedelta(days=dice.whole(5, 25))
        self.study = Study(
            sevis_id,
            class_code,
            dice.pick(schools),
            start,
            end,
            status="active" if registered else "initial",
            status_on=known if registered else arrived,
            registered_on=known if registered else None,
        )
        self.write(known if registered else arrived)

    def write(self, known_on: date, **changes: object) -> None:
        """Change the SEVIS record; SEVIS shows it from `known_on` on."""
        self.study = self.study.changed(**changes) if changes else self.study
        self.scene.life.versions.append(
            study_version(self.scene.dice, self.scene.person, self.study, known_on, stay=self.stay, clean=self.scene.clean)
        )

    def leave(self, on: date, sighting: Sighting) -> None:
        """A true departure."""
        self.stay = self.scene.leave(self.stay, on)
        self.scene.record(self.stay, sighting)

    def stays(self) -> None:
        """No departure so far."""
        self.scene.record(self.stay, UNSEEN)

    def truth(self, rule: str, outcome: str, *, violated: bool, present: bool, first_day: date | None = None) -> None:
        """The truth about this record."""
        self.scene.truth(rule, outcome, self.study.sevis_id, violated=violated, present=present, first_day=first_day, source="sevis")


Situation = Callable[[Scene, Sequence[School], str], None]


def ordinary(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """An ordinary program: most are under way, some ended and the student left, a few stayed on."""
    dice, until = scene.dice, scene.until
    length = dice.whole(120, 340) if class_code == "M1" else dice.whole(200, 1400)
    start = until - timedelta(days=dice.whole(40, length + 250))
    end = start + timedelta(days=length)
    course = Course(scene, class_code, schools, start=start, end=end)
    grace = 30 if class_code == "J1" else 60
    rule = "overstay-m1" if class_code == "M1" else f"{course.rule_prefix}-completed"
    if end >= until:
        course.stays()
        course.truth(rule, "studying", violated=False, present=True)
        return
    course.write(end + timedelta(days=1), status="completed", status_on=end)
    if dice.chance(p.OVERSTAY_RATE[class_code]):
        course.write(end + timedelta(days=grace + 1), alert="G")
        course.stays()
        presence_versions(scene, share=0.5)
        course.truth(
            rule, "overstay", violated=end + timedelta(days=grace) < until, present=True, first_day=end + timedelta(days=grace + 1)
        )
        return
    left = end + timedelta(days=dice.whole(-5, grace - 5))
    if left >= until:
        course.stays()
        course.truth(rule, "in_grace_period", violated=False, present=True)
        return
    seen = Sighting("matched", scene.soon(left), "M") if dice.chance(0.98) else Sighting("unmatched_document", scene.soon(left, 2, 20), "M")
    course.leave(left, seen)
    course.truth(rule, f"left_in_time_{seen.kind}", violated=False, present=False)


def _running(scene: Scene, schools: Sequence[School], class_code: str = "F1") -> tuple[Course, date]:
    """A program under way, and a day in the world on which something goes wrong."""
    dice, until = scene.dice, scene.until
    trouble = until - timedelta(days=dice.whole(45, scene.parameters.days + 80))
    start = trouble - timedelta(days=dice.whole(60, 400))
    return Course(scene, class_code, schools, start=start, end=until + timedelta(days=dice.whole(120, 700))), trouble


def _terminate(course: Course, trouble: date, *, reason: str | None = None) -> date:
    """The school terminates the record, days after the failure; gives the day SEVIS shows it."""
    dice = course.scene.dice
    recorded = trouble + timedelta(days=dice.whole(1, 18))
    code = reason or dice.pick(EXCHANGE_VIOLATIONS if course.rule_prefix == "j1" else VIOLATIONS)
    course.write(recorded, status="terminated", status_on=recorded, reason=code, failure_on=trouble if dice.chance(0.5) else None)
    return recorded


def terminated_here(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """Terminated for a violation, still here."""
    course, trouble = _running(scene, schools, class_code)
    _terminate(course, trouble)
    course.stays()
    presence_versions(scene, share=0.6)
    course.truth(f"{course.rule_prefix}-terminated", "terminated", violated=True, present=True, first_day=trouble)


def terminated_left(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """Terminated for a violation; left soon after, matched or not."""
    course, trouble = _running(scene, schools, class_code)
    recorded = _terminate(course, trouble)
    left = min(recorded + timedelta(days=scene.dice.whole(1, 40)), scene.until - timedelta(days=3))
    kind = scene.dice.weighted((("matched", 0.6), ("unmatched_document", 0.3), ("unmatched_name", 0.1)))
    course.leave(left, Sighting(kind, scene.soon(left, 1, 15), "N" if kind == "unmatched_name" else "M"))
    course.truth(f"{course.rule_prefix}-terminated", "terminated_left", violated=True, present=False, first_day=trouble)


def corrected(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """Terminated by mistake; the school puts the record back weeks later."""
    course, trouble = _running(scene, schools, class_code)
    recorded = _terminate(course, trouble)
    fixed = min(recorded + timedelta(days=scene.dice.whole(10, 60)), scene.until - timedelta(days=2))
    course.write(fixed, status="active", status_on=fixed, reason="", failure_on=None)
    course.stays()
    course.truth(f"{course.rule_prefix}-terminated", "record_corrected", violated=False, present=True)


def correction_pending(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """Terminated by mistake; the correction request is still open."""
    course, trouble = _running(scene, schools, class_code)
    recorded = _terminate(course, trouble)
    course.write(recorded + timedelta(days=scene.dice.whole(3, 15)), correction_pending=True)
    course.stays()
    course.truth(f"{course.rule_prefix}-terminated", "correction_pending", violated=False, present=True)


def reinstated(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """Reinstatement was asked for, and granted."""
    course, trouble = _running(scene, schools, class_code)
    recorded = _terminate(course, trouble, reason=None if class_code == "J1" else "04")
    asked = recorded + timedelta(days=scene.dice.whole(5, 15))
    course.write(asked, reinstatement="pending", reinstatement_on=asked)
    granted = min(asked + timedelta(days=scene.dice.whole(20, 90)), scene.until - timedelta(days=2))
    course.write(max(granted, asked), status="active", status_on=granted, reinstatement="approved", reinstatement_on=granted)
    course.stays()
    course.truth(f"{course.rule_prefix}-terminated", "reinstated", violated=False, present=True)


def reinstatement_pending(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """Reinstatement is pending: a hold, not a lead."""
    course, trouble = _running(scene, schools, class_code)
    recorded = _terminate(course, trouble)
    asked = min(recorded + timedelta(days=scene.dice.whole(5, 60)), scene.until - timedelta(days=2))
    course.write(asked, reinstatement="pending", reinstatement_on=asked)
    course.stays()
    course.truth(f"{course.rule_prefix}-terminated", "reinstatement_pending", violated=False, present=True)


def transferred(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """The old record ended because the student moved to another school under a new SEVIS ID, which is active."""
    course, trouble = _running(scene, schools, class_code)
    recorded = _terminate(course, trouble)
    new_id = documents.sevis_id(scene.person.serial, 1)
    moved = min(recorded + timedelta(days=scene.dice.whole(5, 30)), scene.until - timedelta(days=2))
    new = Study(
        new_id, class_code, scene.dice.pick(schools), moved, scene.until + timedelta(days=500), status_on=moved, registered_on=moved
    )
    course.write(moved, transfer_to=new_id)
    scene.life.versions.append(study_version(scene.dice, scene.person, new, moved, stay=course.stay, clean=scene.clean))
    course.stays()
    course.truth(f"{course.rule_prefix}-terminated", "transferred", violated=False, present=True)


def changed_status(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """A timely change of status was approved before the record was terminated."""
    course, trouble = _running(scene, schools, class_code)
    received, decided = trouble - timedelta(days=scene.dice.whole(60, 120)), trouble - timedelta(days=2)
    _terminate(course, trouble)
    scene.file(
        Filing(
            "I-129",
            received,
            scene.soon(received, 3, 25),
            basis="change",
            requested_class="H1B",
            method="P",
            decision="approved",
            decided_on=decided,
            valid_from=decided,
            valid_until=scene.until + timedelta(days=700),
            number=course.stay.number,
            passport=course.stay.passport,
            employer=scene.dice.pick(EMPLOYERS),
        )
    )
    course.stays()
    course.truth(f"{course.rule_prefix}-terminated", "status_changed", violated=False, present=True)


def school_withdrawn(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """Terminated because the school lost its certification: not the student's fault."""
    course, trouble = _running(scene, schools, class_code)
    _terminate(course, trouble, reason="25")
    course.stays()
    course.truth(f"{course.rule_prefix}-terminated", "school_withdrawn", violated=False, present=True)


TERMINATED: tuple[tuple[Situation, float], ...] = (
    (terminated_here, 0.42), (terminated_left, 0.16), (corrected, 0.14), (correction_pending, 0.05), (reinstated, 0.05),
    (reinstatement_pending, 0.05), (transferred, 0.06), (changed_status, 0.05), (school_withdrawn, 0.02),
)  # fmt: skip
EXCHANGE_TERMINATED = tuple(entry for entry in TERMINATED if entry[0] is not school_withdrawn)
