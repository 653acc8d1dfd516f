"""Stories of students and their schools."""

from __future__ import annotations

import json
from datetime import date, timedelta

from ingest.simulator import documents
from ingest.simulator.cast import people
from ingest.simulator.cast.play import Play
from ingest.simulator.other_rows import commercial_version
from ingest.simulator.scene import UNSEEN
from ingest.simulator.sevis_rows import Study


def cap_gap(play: Play) -> None:
    """Wei's practical training ended and his grace period ran out; weeks later SEVIS shows that a petition carries him over to April."""
    scene = play.scene(people.WEI, "cap-gap")
    stay, study = play.study(scene, "F1", play.schools[2], play.ago(1180), play.ago(520))
    trained = study.changed(training="opt", training_start=play.ago(480), training_end=play.ago(115), employer="Sample Works LLC")
    play.write(scene, trained, stay, play.ago(480))
    april = date(play.until.year + (1 if play.until >= date(play.until.year, 4, 1) else 0), 4, 1)
    done = trained.changed(status="completed", status_on=play.ago(115))
    play.write(scene, done, stay, play.ago(114))
    play.write(scene, done.changed(alert="G"), stay, play.ago(54))
    play.write(scene, done.changed(cap_gap="F", cap_gap_until=april), stay, play.ago(31))
    scene.record(stay, UNSEEN)
    scene.life.versions.append(
        commercial_version(scene, people.WEI.home, (play.ago(400), play.ago(46)), confidence=84, employed=False, car=False)
    )
    scene.truth("f1-completed", "cap_gap", study.sevis_id, violated=False, present=True, source="sevis")


def corrected_record(play: Play) -> None:
    """Nora's school terminated her record by mistake and put it back three weeks later."""
    scene = play.scene(people.NORA, "corrected-record")
    stay, study = play.study(scene, "F1", play.schools[2], play.ago(455), play.until + timedelta(days=900))
    play.write(scene, study.changed(status="terminated", status_on=play.ago(52), reason="04", failure_on=play.ago(60)), stay, play.ago(51))
    play.write(scene, study.changed(status="active", status_on=play.ago(29)), stay, play.ago(29))
    scene.record(stay, UNSEEN)
    scene.truth("f1-terminated", "record_corrected", study.sevis_id, violated=False, present=True, source="sevis")


def school_withdrawn(play: Play) -> None:
    """Placeholder Language Academy lost its certification; its twelve students did nothing wrong."""
    for person in people.group(people.WITHDRAWN_FIRST, 12, people.LOS_ANGELES):
        scene = play.scene(person, "school-withdrawn")
        stay, study = play.study(scene, "F1", play.schools[0], play.ago(300 + person.serial % 7), play.until + timedelta(days=200))
        play.write(scene, study.changed(status="terminated", status_on=play.ago(60), reason="25"), stay, play.ago(59))
        scene.record(stay, UNSEEN)
        scene.truth("f1-terminated", "school_withdrawn", study.sevis_id, violated=False, present=True, source="sevis")


def wrong_person(play: Play) -> None:
    """Two students are called Marco Esempio. The school means the one in Chicago, first ends the record of the other, and mends that."""
    for person, terminated in ((people.MARCO, False), (people.MARCO_TOO, True)):
        scene = play.scene(person, "wrong-person")
        stay, study = play.study(scene, "F1", play.schools[2], play.ago(430), play.until + timedelta(days=600))
        if not terminated:
            mistaken = study.changed(status="terminated", status_on=play.ago(73), reason="01", failure_on=play.ago(75))
            play.write(scene, mistaken, stay, play.ago(72))
            play.write(scene, study.changed(status="active", status_on=play.ago(44)), stay, play.ago(44))
        else:
            play.write(
                scene, study.changed(status="terminated", status_on=play.ago(70), reason="01", failure_on=play.ago(75)), stay, play.ago(69)
            )
            scene.life.versions.append(
                commercial_version(scene, person.home, (play.ago(100), play.ago(20)), confidence=83, employed=False, car=False)
            )
        scene.record(stay, UNSEEN)
        outcome = "terminated" if terminated else "record_corrected"
        scene.truth(
            "f1-terminated",
            outcome,
            study.sevis_id,
            violated=terminated,
            present=True,
            first_day=play.ago(75) if terminated else None,
            source="sevis",
        )


def crowded_school(play: Play) -> None:
    """Forty students of Sample Career Institute live at one address, the school's own; one official signs for all, at night."""
    for person in people.group(people.CROWDED_FIRST, 40, people.ONE_ADDRESS):
        scene = play.scene(person, "crowded-school")
        stay, study = play.study(scene, "F1", play.schools[1], play.ago(200 + person.serial % 90), play.until + timedelta(days=400))
        working = study.changed(
            training="cpt_full",
            training_start=play.ago(150),
            training_end=play.until + timedelta(days=200),
            employer="Pretend Logistics LLC",
            by_night=True,
        )
        terminated = person.serial < people.CROWDED_FIRST + 6
        play.write(scene, working, stay, play.ago(140))
        if terminated:
            play.write(
                scene,
                working.changed(status="terminated", status_on=play.ago(40), reason="16", failure_on=play.ago(44)),
                stay,
                play.ago(39),
            )
        scene.record(stay, UNSEEN)
        outcome = "terminated" if terminated else "studying"
        scene.truth(
            "f1-terminated",
            outcome,
            study.sevis_id,
            violated=terminated,
            present=True,
            first_day=play.ago(44) if terminated else None,
            source="sevis",
        )


def terminated_with_family(play: Play) -> None:
    """Juma worked without permission and was terminated; his wife Asha is here as his dependent."""
    scene = play.scene(people.JUMA, "terminated-with-family")
    asha = people.ASHA
    wife_id = documents.sevis_id(asha.serial)
    stay, study = play.study(scene, "F1", play.schools[2], play.ago(460), play.until + timedelta(days=250))
    cell = [
        {
            "sevis_id": wife_id,
            "family_name": asha.name.family,
            "given_name": asha.name.given,
            "date_of_birth": asha.born.isoformat(),
            "relation": "spouse",
        }
    ]
    study = study.changed(dependents=json.dumps(cell))
    play.write(scene, study, stay, play.ago(440))
    play.write(scene, study.changed(status="terminated", status_on=play.ago(36), reason="03", failure_on=play.ago(50)), stay, play.ago(35))
    scene.record(stay, UNSEEN)
    scene.life.versions.append(
        commercial_version(scene, people.HOUSTON, (play.ago(120), play.ago(5)), confidence=90, employed=True, car=False)
    )
    scene.truth("f1-terminated", "terminated", study.sevis_id, violated=True, present=True, first_day=play.ago(50), source="sevis")
    wife = play.scene(asha, "terminated-with-family")
    stay = wife.stay("F2", play.ago(440), sevis_id=wife_id, address=people.HOUSTON)
    wife.record(stay, UNSEEN)
    dependent = Study(
        wife_id,
        "F2",
        play.schools[2],
        study.program_start,
        study.program_end,
        status_on=study.status_on,
        record_type="D",
        principal=study.sevis_id,
    )
    play.write(wife, dependent, stay, play.ago(440))
    play.write(wife, dependent.changed(status="terminated", status_on=play.ago(36), reason="06"), stay, play.ago(35))
    wife.truth("dependent", "principal_terminated", wife_id, violated=True, present=True, first_day=play.ago(50), source="sevis")
