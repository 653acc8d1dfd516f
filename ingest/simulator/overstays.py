"""Visitors: the calibrated many who leave in time, and the situations that a desk has to tell apart.

Each situation is one small function from a scene and a class to nothing: it plays the truth and lets the systems see
their part of it. The tables at the end give the shares.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from ingest.simulator import parameters as p
from ingest.simulator.claims_rows import Filing
from ingest.simulator.hidden import Sighting, Stay
from ingest.simulator.other_rows import arrest_version, died_versions, presence_versions
from ingest.simulator.scene import UNSEEN, Scene, rule_of

Situation = Callable[[Scene, str], None]


def ordinary(scene: Scene, class_code: str) -> None:
    """A visitor as the public figures draw them: nearly all leave in time and are matched within days."""
    dice, until = scene.dice, scene.until
    allowed = p.ALLOWED_DAYS[class_code]
    arrived = until - timedelta(days=dice.whole(1, scene.parameters.days + min(allowed, 240)))
    stay = scene.stay(class_code, arrived)
    last = stay.admit_until or until
    if dice.chance(p.OVERSTAY_RATE.get(class_code, p.OTHER_OVERSTAY_RATE)):
        key = scene.record(stay, UNSEEN)
        presence_versions(scene, share=0.6)
        _here(scene, stay, key)
        return
    length = min(dice.quantiles(p.STAY_QUANTILES[class_code]), allowed)
    late = dice.chance(p.LATE_DEPARTURE_RATE)
    leaves = last + timedelta(days=dice.whole(1, 60)) if late else arrived + timedelta(days=length)
    if leaves >= until:
        key = scene.record(stay, UNSEEN)
        _here(scene, stay, key)
        return
    stay = scene.leave(stay, leaves)
    missed = dice.chance(p.MISSED_DEPARTURE[stay.mode])
    sighting = (
        _missed(scene, stay)
        if missed
        else Sighting("matched", scene.soon(leaves), "L" if stay.mode == "3" else dice.weighted((("B", 0.4), ("M", 0.55), ("N", 0.05))))
    )
    key = scene.record(stay, sighting)
    scene.truth(rule_of(class_code), f"left_{'late' if late else 'in_time'}_{sighting.kind}", key, violated=late, present=False)


def still_here(scene: Scene, class_code: str) -> None:
    """A true overstay, still in the country; often with an address that can be found."""
    stay = _ended(scene, class_code)
    key = scene.record(stay, UNSEEN)
    presence_versions(scene, share=0.7)
    _true(scene, stay, key, "overstay")


def still_here_false_departure(scene: Scene, class_code: str) -> None:
    """Still here, but a carrier's manifest, sent late, says that the person left: somebody of that name did not board."""
    stay = _ended(scene, class_code)
    last = _last(stay)
    on = last - timedelta(days=scene.dice.whole(0, 12))
    key = scene.record(stay, Sighting("false", scene.soon(last, 3, 30), "N", on))
    presence_versions(scene, share=1.0)
    _true(scene, stay, key, "false_departure")


def still_here_in_proceedings(scene: Scene, class_code: str) -> None:
    """Still here, arrested, and before an immigration judge: true, but no longer LeadTrac's to refer."""
    stay = _ended(scene, class_code)
    key = scene.record(stay, UNSEEN)
    scene.life.versions.append(arrest_version(scene, scene.dice.day(_last(stay), scene.until - timedelta(days=3)), in_proceedings=True))
    _true(scene, stay, key, "in_proceedings")


def removed(scene: Scene, class_code: str) -> None:
    """Overstayed, was removed; only EID knows of the departure."""
    stay = _ended(scene, class_code)
    left = scene.dice.day(min(_last(stay) + timedelta(days=2), scene.until - timedelta(days=4)), scene.until - timedelta(days=3))
    stay = scene.leave(stay, left)
    key = scene.record(stay, UNSEEN)
    scene.life.versions.append(arrest_version(scene, left - timedelta(days=1), departed_on=left))
    scene.truth(rule_of(class_code), "removed", key, violated=True, present=False)


def left_late(scene: Scene, class_code: str) -> None:
    """An out-of-country overstay: left after the last day, and that is known."""
    stay = _ended(scene, class_code)
    left = min(_last(stay) + timedelta(days=scene.dice.whole(2, 90)), scene.until - timedelta(days=4))
    stay = scene.leave(stay, left)
    key = scene.record(stay, Sighting("matched", scene.soon(left), "M"))
    scene.truth(rule_of(class_code), "left_late", key, violated=left > _last(stay), present=False)


def left_late_truth(scene: Scene, class_code: str) -> None:
    """Left in time; the departure reaches ADIS weeks or months later (domain.md 2.2)."""
    stay = _left_in_time(scene, class_code)
    days, _ = scene.dice.weighted([((top, share), share) for top, share in p.LATE_KNOWN])
    known = _last(stay) + timedelta(days=scene.dice.whole(5, days))
    key = scene.record(stay, Sighting("matched", known, scene.dice.weighted((("M", 0.6), ("B", 0.3), ("N", 0.1)))))
    scene.truth(rule_of(class_code), "left_in_time_known_late", key, violated=False, present=False)


def left_unmatched_document(scene: Scene, class_code: str) -> None:
    """Left in time on the same passport; ADIS has the departure and did not match it."""
    stay = _left_in_time(scene, class_code)
    key = scene.record(stay, Sighting("unmatched_document", scene.soon(_left(stay), 1, 20), "M"))
    scene.truth(rule_of(class_code), "left_in_time_unmatched_document", key, violated=False, present=False)


def left_renewed_passport(scene: Scene, class_code: str) -> None:
    """Left in time on a passport that was renewed meanwhile: only name and date of birth agree."""
    stay = _left_in_time(scene, class_code, passport=scene.person.renewed_passport)
    key = scene.record(stay, Sighting("unmatched_document", scene.soon(_left(stay), 1, 20), "M"))
    scene.truth(rule_of(class_code), "left_in_time_renewed_passport", key, violated=False, present=False)


def left_unmatched_name(scene: Scene, class_code: str) -> None:
    """Left in time; the manifest had name and date of birth only."""
    stay = _left_in_time(scene, class_code)
    key = scene.record(stay, Sighting("unmatched_name", scene.soon(_left(stay), 1, 20), "N"))
    scene.truth(rule_of(class_code), "left_in_time_unmatched_name", key, violated=False, present=False)


def left_unseen(scene: Scene, class_code: str) -> None:
    """Left in time over land; nobody wrote it down. No desk can tell from records alone."""
    stay = _left_in_time(scene, class_code)
    key = scene.record(stay, UNSEEN)
    scene.truth(rule_of(class_code), "left_in_time_unseen", key, violated=False, present=False)


def came_back(scene: Scene, class_code: str) -> None:
    """The departure was missed, but the person entered again later, so they must have left."""
    stay = _left_in_time(scene, class_code)
    again = scene.dice.day(_last(stay) + timedelta(days=5), scene.until - timedelta(days=2))
    key = scene.record(stay, UNSEEN)
    scene.truth(rule_of(class_code), "left_in_time_came_back", key, violated=False, present=False)
    second = scene.stay(class_code, again, trip=1)
    _here(scene, second, scene.record(second, UNSEEN))


def extension_pending(scene: Scene, class_code: str) -> None:
    """A timely I-539 is pending; CLAIMS often shows it only after the last day. On a weekend, paper may come the next Monday."""
    stay = _ended(scene, class_code, recent=True)
    last = _last(stay)
    weekend = last.weekday() >= 5 and scene.dice.chance(0.5)  # Saturday, Sunday
    received = last + timedelta(days=7 - last.weekday()) if weekend else last - timedelta(days=scene.dice.whole(0, 40))
    key = scene.record(stay, UNSEEN)
    scene.file(_extension(scene, stay, received, method="P" if weekend else scene.dice.pick(("P", "O"))))
    scene.truth(rule_of(class_code), "extension_pending", key, violated=False, present=True)


def extension_approved(scene: Scene, class_code: str) -> None:
    """A timely I-539 was approved and runs beyond the last day of the world."""
    stay = _ended(scene, class_code, recent=True)
    last = _last(stay)
    received = last - timedelta(days=scene.dice.whole(5, 40))
    decided = min(received + timedelta(days=scene.dice.whole(30, 120)), scene.until - timedelta(days=2))
    key = scene.record(stay, UNSEEN)
    scene.file(
        _extension(
            scene,
            stay,
            received,
            decision="approved",
            decided_on=decided,
            valid_until=scene.until + timedelta(days=scene.dice.whole(10, 90)),
        )
    )
    scene.truth(rule_of(class_code), "extension_approved", key, violated=False, present=True)


def extension_denied(scene: Scene, class_code: str) -> None:
    """A timely I-539 was denied and the person stayed."""
    stay = _ended(scene, class_code)
    received = _last(stay) - timedelta(days=scene.dice.whole(5, 30))
    decided = min(_last(stay) + timedelta(days=scene.dice.whole(1, 40)), scene.until - timedelta(days=4))
    key = scene.record(stay, UNSEEN)
    scene.file(_extension(scene, stay, received, decision="denied", decided_on=decided))
    presence_versions(scene, share=0.6)
    scene.truth(rule_of(class_code), "extension_denied", key, violated=True, present=True, first_day=decided + timedelta(days=1))


def extension_too_late(scene: Scene, class_code: str) -> None:
    """An I-539 was filed after the last day: it does not help."""
    stay = _ended(scene, class_code)
    received = min(_last(stay) + timedelta(days=scene.dice.whole(5, 60)), scene.until - timedelta(days=3))
    key = scene.record(stay, UNSEEN)
    scene.file(_extension(scene, stay, received))
    _true(scene, stay, key, "extension_too_late")


def adjustment_pending(scene: Scene, class_code: str) -> None:
    """A timely I-485 is pending (for visa waiver people: as an immediate relative)."""
    _adjustment(scene, class_code, "adjustment_pending", decided=False)


def adjusted(scene: Scene, class_code: str) -> None:
    """The I-485 was approved: a permanent resident."""
    _adjustment(scene, class_code, "adjusted", decided=True)


def asylum_pending(scene: Scene, class_code: str) -> None:
    """An I-589 is pending: a protected person."""
    stay = _ended(scene, class_code)
    received = _last(stay) - timedelta(days=scene.dice.whole(1, 40))
    key = scene.record(stay, UNSEEN)
    scene.file(Filing("I-589", received, scene.soon(received, 2, 25), basis="asylum", number=stay.number))
    scene.truth(rule_of(class_code), "asylum_pending", key, violated=False, present=True)


def temporary_protected(scene: Scene, class_code: str) -> None:
    """TPS was granted before the stay ended and runs on."""
    stay = _ended(scene, class_code)
    received = _last(stay) - timedelta(days=scene.dice.whole(50, 80))
    decided = _last(stay) - timedelta(days=scene.dice.whole(1, 20))
    key = scene.record(stay, UNSEEN)
    granted = Filing(
        "I-821",
        received,
        scene.soon(received, 2, 20),
        basis="tps",
        decision="approved",
        decided_on=decided,
        valid_from=decided,
        valid_until=scene.until + timedelta(days=200),
        number=stay.number,
    )
    scene.file(granted)
    scene.truth(rule_of(class_code), "temporary_protected", key, violated=False, present=True)


def died(scene: Scene, class_code: str) -> None:
    """Died during the stay."""
    stay = _ended(scene, class_code)
    on = scene.dice.day(stay.arrived, _last(stay))
    key = scene.record(stay, UNSEEN)
    died_versions(scene, key, on)
    scene.truth(rule_of(class_code), "died", key, violated=False, present=False)


def _ended(scene: Scene, class_code: str, *, recent: bool = False) -> Stay:
    """A stay whose last day lies inside the world; `recent` for filings that would have been decided by now otherwise."""
    until = scene.until
    oldest = 100 if recent else scene.parameters.days + 120
    last = until - timedelta(days=scene.dice.whole(12, oldest))
    return scene.stay(class_code, last - timedelta(days=p.ALLOWED_DAYS[class_code]), admit_until=last)


def _left_in_time(scene: Scene, class_code: str, *, passport: str | None = None) -> Stay:
    stay = _ended(scene, class_code)
    length = min(scene.dice.quantiles(p.STAY_QUANTILES[class_code]), p.ALLOWED_DAYS[class_code])
    return scene.leave(stay, stay.arrived + timedelta(days=length), passport=passport)


def _last(stay: Stay) -> date:
    return stay.admit_until or stay.arrived


def _left(stay: Stay) -> date:
    return stay.left.on if stay.left else _last(stay)


def _true(scene: Scene, stay: Stay, key: str, outcome: str) -> None:
    scene.truth(rule_of(stay.class_code), outcome, key, violated=True, present=True, first_day=_last(stay) + timedelta(days=1))


def _here(scene: Scene, stay: Stay, key: str) -> None:
    """Still in the country: an overstay when the last day is over."""
    if _last(stay) < scene.until:
        _true(scene, stay, key, "overstay")
    else:
        scene.truth(rule_of(stay.class_code), "still_authorized", key, violated=False, present=True)


def _missed(scene: Scene, stay: Stay) -> Sighting:
    """A departure that was not matched: unseen, loose in ADIS, or known late."""
    left = _left(stay)
    kind = scene.dice.weighted((("unseen", 0.35), ("unmatched_document", 0.25), ("unmatched_name", 0.15), ("matched", 0.25)))
    if kind == "matched":
        return Sighting("matched", _last(stay) + timedelta(days=scene.dice.whole(5, 270)), "M")
    return Sighting(kind, scene.soon(left, 1, 20), "N" if kind == "unmatched_name" else "M")


def _extension(
    scene: Scene,
    stay: Stay,
    received: date,
    *,
    method: str = "O",
    decision: str = "",
    decided_on: date | None = None,
    valid_until: date | None = None,
) -> Filing:
    loaded = min(scene.soon(received, 3, 35), scene.until - timedelta(days=1))
    return Filing(
        "I-539",
        received,
        loaded,
        basis="extension",
        requested_class=stay.class_code,
        method=method,
        decision=decision,
        decided_on=decided_on,
        valid_from=_last(stay) + timedelta(days=1) if decision == "approved" else None,
        valid_until=valid_until,
        number=stay.number,
        passport=stay.passport,
    )


def _adjustment(scene: Scene, class_code: str, outcome: str, *, decided: bool) -> None:
    stay = _ended(scene, class_code)
    last = _last(stay)
    received = last - timedelta(days=scene.dice.whole(1, 45))
    basis = "immediate_relative" if rule_of(class_code) in {"overstay-vwp", "overstay-guam-cnmi"} or scene.dice.chance(0.6) else "family"
    day = min(last + timedelta(days=scene.dice.whole(5, 90)), scene.until - timedelta(days=2)) if decided else None
    key = scene.record(stay, UNSEEN)
    filing = Filing(
        "I-485",
        received,
        scene.soon(received, 3, 30),
        basis=basis,
        method="P",
        decision="approved" if decided else "",
        decided_on=day,
        valid_from=day,
        number=stay.number,
        passport=stay.passport,
        petitioner=(scene.person.name.family.split(" ")[0], "ROBIN", "spouse"),
    )
    scene.file(filing)
    scene.truth(rule_of(class_code), outcome, key, violated=False, present=True)


DATED: tuple[tuple[Situation, float], ...] = (
    (still_here, 0.27), (still_here_false_departure, 0.03), (still_here_in_proceedings, 0.02), (extension_denied, 0.03),
    (extension_too_late, 0.03), (removed, 0.01), (left_late, 0.04), (left_late_truth, 0.13), (left_unmatched_document,
    0.12), (left_renewed_passport, 0.03), (left_unmatched_name, 0.05), (left_unseen, 0.03), (came_back, 0.03),
    (extension_pending, 0.06), (extension_approved, 0.03), (adjustment_pending, 0.03), (adjusted, 0.02), (asylum_pending,
    0.02), (temporary_protected, 0.01), (died, 0.01),
)  # fmt: skip
WAIVER: tuple[tuple[Situation, float], ...] = (
    (still_here, 0.27), (still_here_false_departure, 0.03), (still_here_in_proceedings, 0.02), (extension_too_late, 0.02),
    (removed, 0.01), (left_late, 0.05), (left_late_truth, 0.17), (left_unmatched_document, 0.16), (left_renewed_passport,
    0.04), (left_unmatched_name, 0.07), (left_unseen, 0.03), (came_back, 0.04), (adjustment_pending, 0.05), (adjusted,
    0.02), (asylum_pending, 0.02), (died, 0.01),
)  # fmt: skip
PAROLE: tuple[tuple[Situation, float], ...] = (
    (still_here, 0.42), (still_here_in_proceedings, 0.03), (left_late, 0.08), (left_late_truth, 0.15),
    (left_unmatched_document, 0.14), (left_unmatched_name, 0.06), (asylum_pending, 0.06), (temporary_protected, 0.04),
    (left_unseen, 0.02),
)  # fmt: skip
VOCATIONAL: tuple[tuple[Situation, float], ...] = (
    (still_here, 0.42), (extension_too_late, 0.03), (left_late, 0.08), (left_late_truth, 0.17), (left_unmatched_document,
    0.16), (left_unmatched_name, 0.07), (adjustment_pending, 0.05), (left_unseen, 0.02),
)  # fmt: skip
