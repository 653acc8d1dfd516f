"""Stories of visitors."""

from __future__ import annotations

import json
from datetime import date, timedelta

from ingest.simulator.cast import people
from ingest.simulator.cast.play import Play
from ingest.simulator.claims_rows import Filing
from ingest.simulator.hidden import Sighting
from ingest.simulator.other_rows import arrest_version, commercial_version, ident_version, lookout_version, visa_version
from ingest.simulator.places import Place
from ingest.simulator.scene import UNSEEN, Scene


def twins(play: Play) -> None:
    """Mina stayed; Mira, born the same day at the same address, left in time."""
    for person, stayed in ((people.MINA, True), (people.MIRA, False)):
        scene = play.scene(person, "twins")
        stay = scene.stay("WT", play.ago(200), address=people.LOS_ANGELES)
        if stayed:
            key = scene.record(stay, UNSEEN)
            scene.life.versions.append(
                commercial_version(scene, person.home, (play.ago(150), play.ago(9)), confidence=88, employed=False, car=False)
            )
            scene.truth("overstay-vwp", "overstay", key, violated=True, present=True, first_day=play.ago(110))
        else:
            stay = scene.leave(stay, play.ago(120))
            scene.truth(
                "overstay-vwp",
                "left_in_time_matched",
                scene.record(stay, Sighting("matched", play.ago(118), "B")),
                violated=False,
                present=False,
            )


def false_departure(play: Play) -> None:
    """Already on the list, Oleg seems to have left: a late manifest names him. He did not board; he was met here since."""
    scene = play.scene(people.OLEG, "false-departure")
    stay = scene.stay("B2", play.ago(260), address=people.QUEENS)
    key = scene.record(stay, Sighting("false", play.ago(64), "N", play.ago(82)))
    scene.life.versions.append(ident_version(scene, stay, play.ago(33), "Local arrest check"))
    scene.life.versions.append(arrest_version(scene, play.ago(33), criminal=False))
    scene.life.versions.append(
        commercial_version(scene, people.QUEENS, (play.ago(140), play.ago(12)), confidence=91, employed=True, car=False)
    )
    scene.truth("overstay-dated", "false_departure", key, violated=True, present=True, first_day=play.ago(77))


def _address_seen(scene: Scene, place: Place, first: date, last: date) -> None:
    """A commercial record still gives an address: true, or merely old news."""
    scene.life.versions.append(commercial_version(scene, place, (first, last), confidence=81, employed=False, car=False))


def late_true_departure(play: Play) -> None:
    """Lucía left in time; old news of an address spoke against her until ADIS learnt of it in the last days of the world."""
    scene = play.scene(people.LUCIA, "late-departure")
    stay = scene.leave(scene.stay("B2", play.ago(240), address=people.MIAMI), play.ago(75))
    key = scene.record(stay, Sighting("matched", play.ago(2), "M"))
    _address_seen(scene, people.MIAMI, play.ago(230), play.ago(50))
    scene.truth("overstay-dated", "left_in_time_known_late", key, violated=False, present=False)


def leap_day(play: Play) -> None:
    """Emma was born on 29 February; she is over her visa waiver days by the smallest number that counts."""
    scene = play.scene(people.EMMA, "leap-day")
    stay = scene.stay("WT", play.ago(91), address=people.NEWARK)
    key = scene.record(stay, UNSEEN)
    scene.truth("overstay-vwp", "overstay", key, violated=True, present=True, first_day=play.ago(1))


def renewed_passport(play: Play) -> None:
    """Yousef renewed his passport at the consulate and left on the new one."""
    scene = play.scene(people.YOUSEF, "renewed-passport")
    stay = scene.leave(scene.stay("B2", play.ago(250), address=people.CHICAGO), play.ago(100), passport=people.YOUSEF.renewed_passport)
    key = scene.record(stay, Sighting("unmatched_document", play.ago(97), "M"))
    scene.truth("overstay-dated", "left_in_time_renewed_passport", key, violated=False, present=False)


def vawa_filer(play: Play) -> None:
    """Aino overstayed and filed as an abused spouse: nobody outside the compartment may see that she is here at all."""
    scene = play.scene(people.AINO, "vawa-filer")
    stay = scene.stay("WT", play.ago(300), address=people.NEWARK)
    key = scene.record(stay, UNSEEN)
    scene.file(Filing("I-360", play.ago(190), play.ago(170), basis="vawa", method="P", number=stay.number, passport=stay.passport))
    scene.file(Filing("I-485", play.ago(189), play.ago(168), basis="vawa", method="P", number=stay.number, passport=stay.passport))
    scene.truth("overstay-vwp", "protected_filing", key, violated=False, present=True)


def revoked_and_reinstated(play: Play) -> None:
    """Rafael's visa was provisionally revoked, and the revocation was reversed three weeks later."""
    scene = play.scene(people.RAFAEL, "revoked-and-reversed")
    stay = scene.stay("H1B", play.ago(400), admit_until=play.until + timedelta(days=300), address=people.BOSTON)
    key = scene.record(stay, UNSEEN)
    scene.life.versions.append(visa_version(scene, stay, "issued", play.ago(430)))
    scene.life.versions.append(visa_version(scene, stay, "provisionally_revoked", play.ago(45), known_on=play.ago(43)))
    scene.life.versions.append(visa_version(scene, stay, "revocation_reversed", play.ago(22), known_on=play.ago(20)))
    scene.truth("visa-revoked", "provisional_reversed", key, violated=False, present=True)


def shared_alias(play: Play) -> None:
    """Two men who do not know each other both used the name SAMPLE, JARVIS once; one of them overstayed."""
    alias = json.dumps([{"family_name": "SAMPLE", "given_name": "JARVIS"}])
    for person, stayed in ((people.BUDI, True), (people.AGUS, False)):
        scene = play.scene(person, "shared-alias")
        stay = scene.stay("B2", play.ago(280), address=people.LOS_ANGELES)
        if not stayed:
            stay = scene.leave(stay, play.ago(200))
        key = scene.record(stay, UNSEEN if stayed else Sighting("matched", play.ago(198), "B"))
        if stayed:
            _address_seen(scene, people.LOS_ANGELES, play.ago(220), play.ago(15))
        scene.life.versions.append(lookout_version(scene, play.ago(600), reason="Document query", number=0, aliases=alias))
        scene.life.versions.append(ident_version(scene, stay, play.ago(610), "Visa application", names=("SAMPLE", "JARVIS")))
        scene.truth(
            "overstay-dated",
            "overstay" if stayed else "left_in_time_matched",
            key,
            violated=stayed,
            present=stayed,
            first_day=play.ago(97) if stayed else None,
        )


def pending_extension(play: Play) -> None:
    """Dewi filed her extension five days before the last day; CLAIMS showed it a month after."""
    scene = play.scene(people.DEWI, "pending-extension")
    stay = scene.stay("B2", play.ago(240), address=people.QUEENS)
    key = scene.record(stay, UNSEEN)
    _address_seen(scene, people.QUEENS, play.ago(200), play.ago(45))
    scene.file(
        Filing(
            "I-539",
            play.ago(63),
            play.ago(25),
            basis="extension",
            requested_class="B2",
            method="P",
            number=stay.number,
            passport=stay.passport,
        )
    )
    scene.truth("overstay-dated", "extension_pending", key, violated=False, present=True)


def true_overstay(play: Play) -> None:
    """Victor overstayed eight months ago; work, car and a fresh address say where he is."""
    scene = play.scene(people.VICTOR, "true-overstay")
    stay = scene.stay("B2", play.ago(425), address=people.HOUSTON)
    key = scene.record(stay, UNSEEN)
    scene.life.versions.append(
        commercial_version(scene, people.HOUSTON, (play.ago(300), play.ago(6)), confidence=96, employed=True, car=True)
    )
    scene.truth("overstay-dated", "overstay", key, violated=True, present=True, first_day=play.ago(242))


def naturalized(play: Play) -> None:
    """Anna's last visit as a visitor was never matched with a departure; she is a US citizen today."""
    scene = play.scene(people.ANNA, "naturalized")
    stay = scene.stay("B2", play.ago(2400), address=people.CHICAGO)
    key = scene.record(stay, UNSEEN)
    scene.file(
        Filing(
            "I-485",
            play.ago(2300),
            play.ago(2290),
            basis="immediate_relative",
            method="P",
            decision="approved",
            decided_on=play.ago(2000),
            number=stay.number,
            petitioner=("SAMPLE", "ROBERT", "spouse"),
        )
    )
    scene.file(Filing("N-400", play.ago(600), play.ago(590), method="O", decision="approved", decided_on=play.ago(200)))
    scene.truth("overstay-dated", "naturalized", key, violated=False, present=True)


def came_back(play: Play) -> None:
    """Pierre's departure by land was seen by nobody, but he has entered again since."""
    scene = play.scene(people.PIERRE, "came-back")
    stay = scene.leave(scene.stay("WT", play.ago(220), address=people.MIAMI), play.ago(180))
    key = scene.record(stay, UNSEEN)
    scene.truth("overstay-vwp", "left_in_time_came_back", key, violated=False, present=False)
    again = scene.stay("WT", play.ago(20), trip=1, address=people.MIAMI)
    scene.truth("overstay-vwp", "still_authorized", scene.record(again, UNSEEN), violated=False, present=True)
