"""Programs that ended, people who came and never registered, and visas that were revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from ingest.simulator import documents
from ingest.simulator.claims_rows import Filing
from ingest.simulator.hidden import Sighting, Stay
from ingest.simulator.other_rows import EMPLOYERS, presence_versions, visa_version
from ingest.simulator.scene import UNSEEN, Scene
from ingest.simulator.schools import School
from ingest.simulator.sevis_rows import Study, study_version
from ingest.simulator.studies import Course, Situation

GRACE = {"F1": 60, "J1": 30}


def _ended(scene: Scene, schools: Sequence[School], class_code: str) -> tuple[Course, date]:
    """A program that ended so long ago that the grace period is over."""
    dice = scene.dice
    end = scene.until - timedelta(days=GRACE[class_code] + dice.whole(8, scene.parameters.days))
    course = Course(scene, class_code, schools, start=end - timedelta(days=dice.whole(200, 1200)), end=end)
    course.write(end + timedelta(days=1), status="completed", status_on=end)
    return course, end


def _alerted(course: Course, end: date) -> None:
    """SEVIS learns of no departure and no new status, so it puts the record on its list when the grace period is over."""
    course.write(end + timedelta(days=GRACE[course.class_code] + 1), alert="G")


def _rule(course: Course) -> str:
    return f"{course.rule_prefix}-completed"


def ended_here(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """The grace period is over and the person is still here."""
    course, end = _ended(scene, schools, class_code)
    _alerted(course, end)
    course.stays()
    presence_versions(scene, share=0.6)
    course.truth(_rule(course), "overstay", violated=True, present=True, first_day=end + timedelta(days=GRACE[class_code] + 1))


def ended_left(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """Left within the grace period; the departure was matched late, not matched, or told to the school."""
    course, end = _ended(scene, schools, class_code)
    left = end + timedelta(days=scene.dice.whole(0, GRACE[class_code] - 2))
    kind = scene.dice.weighted((("matched", 0.5), ("unmatched_document", 0.3), ("unmatched_name", 0.12), ("unseen", 0.08)))
    course.leave(left, Sighting(kind, scene.soon(left, 2, 80), "N" if kind == "unmatched_name" else "M"))
    _alerted(course, end)
    if kind == "unseen":
        course.write(end + timedelta(days=GRACE[class_code] + 6), last_departure=left, alert="")
    course.truth(_rule(course), f"left_in_time_{kind}", violated=False, present=False)


def ended_new_level(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """A new program under a new SEVIS ID, started within the grace period."""
    course, end = _ended(scene, schools, class_code)
    begins = end + timedelta(days=scene.dice.whole(10, GRACE[class_code] - 2))
    new_id = documents.sevis_id(scene.person.serial, 1)
    new = Study(
        new_id, class_code, scene.dice.pick(schools), begins, scene.until + timedelta(days=600), status_on=begins, registered_on=begins
    )
    course.write(begins, transfer_to=new_id)
    scene.life.versions.append(study_version(scene.dice, scene.person, new, begins, stay=course.stay, clean=scene.clean))
    course.stays()
    course.truth(_rule(course), "new_level", violated=False, present=True)


def ended_training(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """The program is over and practical training runs on (students only)."""
    course, end = _ended(scene, schools, class_code)
    course.write(
        end + timedelta(days=10),
        status="active",
        training="opt",
        training_start=end + timedelta(days=20),
        training_end=scene.until + timedelta(days=scene.dice.whole(30, 300)),
        employer=scene.dice.pick(EMPLOYERS),
    )
    course.stays()
    course.truth(_rule(course), "practical_training", violated=False, present=True)


def ended_status_changed(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """A change of status was filed in time and is pending."""
    course, end = _ended(scene, schools, class_code)
    received = end + timedelta(days=scene.dice.whole(0, GRACE[class_code] - 2))
    scene.file(
        Filing(
            "I-539",
            received,
            scene.soon(received, 3, 30),
            basis="change",
            requested_class="B2",
            number=course.stay.number,
            passport=course.stay.passport,
        )
    )
    _alerted(course, end)
    course.stays()
    course.truth(_rule(course), "change_pending", violated=False, present=True)


STUDENT_ENDED: tuple[tuple[Situation, float], ...] = (
    (ended_here, 0.42),
    (ended_left, 0.28),
    (ended_new_level, 0.1),
    (ended_training, 0.1),
    (ended_status_changed, 0.1),
)
EXCHANGE_ENDED: tuple[tuple[Situation, float], ...] = (
    (ended_here, 0.44),
    (ended_left, 0.36),
    (ended_new_level, 0.1),
    (ended_status_changed, 0.1),
)


def no_show(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """Entered on a student visa, never registered, still here; at sixty days SEVIS ends the record."""
    course, start = _unregistered(scene, schools, class_code)
    ends = start + timedelta(days=60)
    course.write(ends, status="terminated", status_on=ends, reason="24", alert="")
    course.stays()
    presence_versions(scene, share=0.5)
    course.truth("no-show-student", "no_show", violated=True, present=True, first_day=start + timedelta(days=31))


def registered_late(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """The school forgot to register the student and does so weeks later."""
    course, start = _unregistered(scene, schools, class_code)
    late = start + timedelta(days=scene.dice.whole(33, 58))
    course.write(late, status="active", status_on=late, alert="", registered_on=start + timedelta(days=scene.dice.whole(1, 20)))
    course.stays()
    course.truth("no-show-student", "registered_late", violated=False, present=True)


def other_record(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """The student registered under another SEVIS ID; the first record is canceled."""
    course, start = _unregistered(scene, schools, class_code)
    new_id = documents.sevis_id(scene.person.serial, 1)
    new = Study(
        new_id, class_code, scene.dice.pick(schools), start, scene.until + timedelta(days=600), status_on=start, registered_on=start
    )
    scene.life.versions.append(study_version(scene.dice, scene.person, new, start + timedelta(days=8), stay=course.stay, clean=scene.clean))
    course.write(
        start + timedelta(days=60), status="canceled", status_on=start + timedelta(days=60), reason="03", alert="", transfer_to=new_id
    )
    course.stays()
    course.truth("no-show-student", "registered_under_other_record", violated=False, present=True)


def no_show_left(scene: Scene, schools: Sequence[School], class_code: str) -> None:
    """Never registered and went home."""
    course, start = _unregistered(scene, schools, class_code)
    left = start + timedelta(days=scene.dice.whole(3, 29))
    kind = scene.dice.pick(("matched", "unmatched_document"))
    course.write(start + timedelta(days=60), status="terminated", status_on=start + timedelta(days=60), reason="24", alert="")
    course.leave(left, Sighting(kind, scene.soon(left, 2, 40), "M"))
    course.truth("no-show-student", f"left_{kind}", violated=False, present=False)


NO_SHOW: tuple[tuple[Situation, float], ...] = ((no_show, 0.42), (registered_late, 0.22), (other_record, 0.16), (no_show_left, 0.2))


def _unregistered(scene: Scene, schools: Sequence[School], class_code: str) -> tuple[Course, date]:
    start = scene.until - timedelta(days=scene.dice.whole(64, scene.parameters.days + 60))
    course = Course(scene, class_code, schools, start=start, end=start + timedelta(days=700), registered=False)
    course.write(start + timedelta(days=31), alert="N")
    return course, start


def revoked(scene: Scene, outcome: str) -> None:
    """A visa is revoked while its holder is on a stay that runs on; `outcome` says what the truth of it is."""
    dice, until = scene.dice, scene.until
    on = until - timedelta(days=dice.whole(15, min(scene.parameters.days, 150)))
    arrived = on - timedelta(days=dice.whole(10, 120))
    stay = scene.stay("H1B", arrived, admit_until=until + timedelta(days=dice.whole(60, 500)))
    scene.life.versions.append(visa_version(scene, stay, "issued", arrived - timedelta(days=20)))
    known = scene.soon(on, 1, 6)
    if outcome == "provisional_reversed":
        scene.life.versions.append(visa_version(scene, stay, "provisionally_revoked", on, known_on=known))
        back = min(known + timedelta(days=dice.whole(7, 30)), until - timedelta(days=2))
        scene.life.versions.append(visa_version(scene, stay, "revocation_reversed", back, known_on=back))
    else:
        scene.life.versions.append(
            visa_version(
                scene, stay, "revoked", on, evus=outcome == "evus", on_departure=outcome == "effective_on_departure", known_on=known
            )
        )
    stay, key = _record_revoked(scene, stay, outcome, on)
    violated = outcome in {"revoked_here", "revoked_left"}
    scene.truth("visa-revoked", outcome, key, violated=violated, present=stay.left is None, first_day=on if violated else None)


def _record_revoked(scene: Scene, stay: Stay, outcome: str, on: date) -> tuple[Stay, str]:
    if outcome != "revoked_left":
        presence_versions(scene, share=0.4)
        return stay, scene.record(stay, UNSEEN)
    left = min(on + timedelta(days=scene.dice.whole(1, 60)), scene.until - timedelta(days=3))
    stay = scene.leave(stay, left)
    return stay, scene.record(stay, Sighting(scene.dice.pick(("matched", "matched", "unmatched_document")), scene.soon(left), "M"))


REVOKED: tuple[tuple[str, float], ...] = (
    ("revoked_here", 0.42),
    ("revoked_left", 0.24),
    ("provisional_reversed", 0.16),
    ("evus", 0.09),
    ("effective_on_departure", 0.09),
)


def vocational_record(scene: Scene, schools: Sequence[School]) -> None:
    """The SEVIS record behind a vocational student's dated stay: the program ended thirty days before the last day."""
    stay = scene.life.stays[0]
    start = stay.arrived + timedelta(days=scene.dice.whole(5, 25))
    end = max((stay.admit_until or start) - timedelta(days=30), start + timedelta(days=30))
    study = Study(
        documents.sevis_id(scene.person.serial), stay.class_code, scene.dice.pick(schools), start, end, status_on=start, registered_on=start
    )
    scene.life.versions.append(study_version(scene.dice, scene.person, study, scene.soon(start, 3, 20), stay=stay, clean=scene.clean))
    if end < scene.until:
        done = study.changed(status="completed", status_on=end)
        scene.life.versions.append(study_version(scene.dice, scene.person, done, end + timedelta(days=1), stay=stay, clean=scene.clean))
