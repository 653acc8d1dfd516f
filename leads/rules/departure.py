"""Did the person leave, and how sure is that? Departure evidence is graded; weak evidence alone neither closes nor refers.

Grades are ours (domain.md 1.1 reports false departures from manifests; no authority grades them), so they stand as data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.facts import Departure, DepartureEvidence, Encounter, EncounterKind, Fact, IdentifierKind
from leads.rules.base import Effect, Rebuttal, Strength
from leads.rules.freshness import WORDS
from leads.rules.meetings import Where, where_met
from leads.rules.returns import before_the_entry
from leads.rules.signs_of_life import LIVED_IN, began_to_work
from leads.rules.snapshot import IdentityStrength, Known, Snapshot
from leads.rules.stays import Stay
from leads.rules.words import count, day

SIGN_OF_LIFE_DAYS = 30  # an address or a job may be reported late: only later signs contradict a departure [own]
CONFIRMED_DAYS = 14  # a confirmed address was looked up lately: half the time is enough [own]
CORROBORATION_DAYS = 3  # two weak departures this close together, from two kinds of evidence, make a fair one
_ACROSS_THE_DATE_LINE = frozenset({"AGA", "SAI"})  # Guam and Saipan: a day ahead of every other port
_FOUND_BY_OFFICE = frozenset({"arrested", "located"})

_WORDS = {
    DepartureEvidence.BIOMETRIC: "biometric exit",
    DepartureEvidence.MANIFEST_DOCUMENT: "carrier manifest, document agrees",
    DepartureEvidence.MANIFEST_NAME: "carrier manifest, name only",
    DepartureEvidence.LAND: "land border record",
    DepartureEvidence.INFERRED: "inferred from a later entry",
    DepartureEvidence.REPORTED: "reported",
}
# by kind of evidence and whether its document is one of the person's (None: no document); all else is weak
_GRADES = {
    (DepartureEvidence.MANIFEST_DOCUMENT, True): Strength.STRONG,
    (DepartureEvidence.MANIFEST_DOCUMENT, None): Strength.FAIR,
    (DepartureEvidence.LAND, True): Strength.FAIR,
}
_MATCHABLE = frozenset({DepartureEvidence.MANIFEST_NAME, DepartureEvidence.LAND})
_REPORTED_BY = {"eid": Strength.STRONG, "manual": Strength.FAIR, "adis": Strength.FAIR}


@dataclass(frozen=True, slots=True)
class Exit:
    """One piece of evidence that the person left, with its grade. `departed_on` None: the source gave no date."""

    departed_on: date | None
    strength: Strength
    words: str
    source: str
    fact_ids: tuple[str, ...]
    evidence: DepartureEvidence
    sure_whose: bool = True  # False: the facts may be several people's, and nothing ties this one to the stay
    seen_abroad: bool = False  # no departure was seen: the person was met abroad on that day
    contradicted_by: str = ""  # the fact of a meeting in the country afterwards
    contradicted_on: date | None = None


def exits(snapshot: Snapshot, stay: Stay) -> tuple[Exit, ...]:
    """Return the evidence that the person left after `stay`, graded, oldest first. Impossible dates are left out."""
    found = [_graded(snapshot, stay, known) for known in snapshot.departures if _belongs(snapshot, stay, known)]
    found += [_from_encounter(snapshot, known) for known in snapshot.encounters if _says_departed(snapshot, stay, known)]
    found += [_from_abroad(snapshot, known) for known in snapshot.encounters if _met_abroad(stay, known)]
    if stay.next_arrival is not None:
        found.append(_from_next_arrival(snapshot, stay))
    if "departed" in stay.flags() and not found:
        found.append(
            Exit(
                None,
                Strength.WEAK,
                "the source flags a departure, without a date",
                stay.newest.source,
                stay.fact_ids,
                DepartureEvidence.REPORTED,
            )
        )
    ordered = sorted(_corroborated(found), key=lambda each: (each.departed_on or date.max, each.fact_ids))
    return tuple(_contradicted(snapshot, stay, each) for each in ordered)


def departure_rebuttals(snapshot: Snapshot, stay: Stay, last_day: date | None) -> tuple[Rebuttal, ...]:
    """Return what the departures say against a violation that began after `last_day` (None: no dated end).

    Fair and strong evidence closes, also when the person left late (an out-of-country overstay, kept on record); weak or
    contradicted evidence only blocks referral until a person has looked.
    """
    return tuple(_rebuttal(each, last_day) for each in exits(snapshot, stay))


def impossible_departures(snapshot: Snapshot, stay: Stay) -> tuple[Known[Departure], ...]:
    """Return the departures matched to `stay` that lie before its arrival or after the extract that states them."""
    return tuple(
        known
        for known in snapshot.departures
        if known.fact.admission_number in stay.numbers
        and (known.fact.departed_on < _earliest(stay, stay.arrived_on) or _in_the_future(known))
    )


def _in_the_future(known: Known[Departure]) -> bool:
    return _is_ahead(known.fact.departed_on, known)


def _is_ahead(on: date, known: Known[Fact]) -> bool:
    return on > known.extract_as_of + timedelta(days=1)


def _earliest(stay: Stay, arrived_on: date) -> date:
    """Return the first date that a departure may carry: a day less for arrivals on the far side of the date line."""
    ahead = any(known.fact.port in _ACROSS_THE_DATE_LINE for known in stay.admissions)
    return arrived_on - timedelta(days=1) if ahead else arrived_on


def _belongs(snapshot: Snapshot, stay: Stay, known: Known[Departure]) -> bool:
    fact = known.fact
    if fact.departed_on < _earliest(stay, stay.returned_on) or _in_the_future(known):
        return False
    if stay.next_arrival is not None and fact.departed_on > stay.next_arrival.fact.arrived_on:
        return False
    if before_the_entry(snapshot, stay, fact.departed_on, fact.admission_number):
        return False
    if not fact.admission_number or fact.admission_number in stay.numbers:
        return True
    return all(fact.admission_number != each.fact.admission_number for each in snapshot.admissions)


def _graded(snapshot: Snapshot, stay: Stay, known: Known[Departure]) -> Exit:
    fact = known.fact
    words = f"{_WORDS[fact.evidence]}, {_told_by(known.source)}"
    left = Exit(fact.departed_on, _strength(snapshot, stay, known), words, known.source, (known.fact_id,), fact.evidence)
    matched = bool(fact.admission_number) and fact.admission_number in stay.numbers
    return left if matched else _doubted(snapshot, left)


def _told_by(source: str) -> str:
    return WORDS.get(source, source)


def _doubted(snapshot: Snapshot, each: Exit) -> Exit:
    """Return the evidence lowered to weak where the facts may be several people's; nothing raises it again."""
    return replace(each, strength=Strength.WEAK, sure_whose=False) if snapshot.identity_strength == IdentityStrength.WEAK else each


def _strength(snapshot: Snapshot, stay: Stay, known: Known[Departure]) -> Strength:
    fact = known.fact
    if known.source == "adis" and fact.admission_number in stay.numbers and fact.evidence in _MATCHABLE:
        return Strength.FAIR  # weak by itself, but the source matched it to this very I-94
    if fact.evidence is DepartureEvidence.REPORTED:
        return _REPORTED_BY.get(known.source, Strength.WEAK)
    agrees = fact.passport_number in _passports(snapshot, stay, known) if fact.passport_number else None
    return _GRADES.get((fact.evidence, agrees), Strength.STRONG if fact.evidence is DepartureEvidence.BIOMETRIC else Strength.WEAK)


def _passports(snapshot: Snapshot, stay: Stay, departure: Known[Departure]) -> frozenset[str]:
    """Return the passports known for the person from elsewhere: the departure's own row cannot vouch for itself."""
    known = {each.fact.value for each in snapshot.identifiers if each.fact.kind is IdentifierKind.PASSPORT and each.key != departure.key}
    return frozenset(known | stay.passports)


def _says_departed(snapshot: Snapshot, stay: Stay, known: Known[Encounter]) -> bool:
    left = known.fact.departed_on
    if left is None:
        left = known.fact.occurred_on if _is_outcome(known, "departed") else None
    if left is None or left < stay.returned_on or (known.fact.kind is EncounterKind.EXIT and _is_ahead(left, known)):
        return False
    if before_the_entry(snapshot, stay, left):
        return False
    return stay.next_arrival is None or left <= stay.next_arrival.fact.arrived_on


def _is_outcome(known: Known[Encounter], disposition: str) -> bool:
    return known.fact.kind is EncounterKind.OUTCOME and known.fact.disposition == disposition


def _met_abroad(stay: Stay, known: Known[Encounter]) -> bool:
    """Whether the meeting shows that the person had left by then: from two days after the arrival, for that one may begin abroad."""
    on = known.fact.occurred_on
    if where_met(known.fact) is not Where.ABROAD or on <= stay.returned_on + timedelta(days=1) or _is_ahead(on, known):
        return False
    return stay.next_arrival is None or on < stay.next_arrival.fact.arrived_on


def _from_abroad(snapshot: Snapshot, known: Known[Encounter]) -> Exit:
    """Fair: who took the prints tells that it was abroad, and nobody saw the person leave."""
    words = f"met abroad, {_told_by(known.source)}"
    on = known.fact.occurred_on
    met = Exit(on, Strength.FAIR, words, known.source, (known.fact_id,), DepartureEvidence.INFERRED, seen_abroad=True)
    return _doubted(snapshot, met)


def _from_encounter(snapshot: Snapshot, known: Known[Encounter]) -> Exit:
    """What a field office reports is about whom it was sent to; every other meeting is matched to the person."""
    if known.fact.kind is EncounterKind.EXIT:
        words = f"{_WORDS[DepartureEvidence.BIOMETRIC]}, {_told_by(known.source)}"
        left_on = known.fact.departed_on
        return _doubted(snapshot, Exit(left_on, Strength.STRONG, words, known.source, (known.fact_id,), DepartureEvidence.BIOMETRIC))
    outcome = known.fact.kind is EncounterKind.OUTCOME
    words = "a field office reported the departure" if outcome else f"departure recorded, {_told_by(known.source)}"
    strength = Strength.FAIR if outcome else _REPORTED_BY.get(known.source, Strength.WEAK)
    left = known.fact.departed_on or (None if outcome else known.fact.occurred_on)
    reported = Exit(left, strength, words, known.source, (known.fact_id,), DepartureEvidence.REPORTED)
    return reported if outcome else _doubted(snapshot, reported)


def _from_next_arrival(snapshot: Snapshot, stay: Stay) -> Exit:
    arrival = stay.next_arrival
    if arrival is None:
        raise ValueError("There is no later entry to infer a departure from.")
    same_document = bool(arrival.fact.passport_number) and arrival.fact.passport_number in stay.passports
    strength = Strength.STRONG if same_document else Strength.FAIR
    words = f"{_WORDS[DepartureEvidence.INFERRED]}, {_told_by(arrival.source)}"
    again = Exit(arrival.fact.arrived_on, strength, words, arrival.source, (arrival.fact_id,), DepartureEvidence.INFERRED)
    return again if same_document else _doubted(snapshot, again)


def _corroborated(found: list[Exit]) -> list[Exit]:
    """Return the evidence with weak pieces raised to fair where another kind of evidence gives nearly the same day."""
    return [replace(each, strength=Strength.FAIR) if _has_support(each, found) else each for each in found]


def _has_support(each: Exit, found: list[Exit]) -> bool:
    if each.strength is not Strength.WEAK or each.departed_on is None or not each.sure_whose:
        return False
    return any(
        other.departed_on is not None
        and other.sure_whose
        and (other.source, other.evidence) != (each.source, each.evidence)
        and abs((other.departed_on - each.departed_on).days) <= CORROBORATION_DAYS
        for other in found
    )


def _contradicted(snapshot: Snapshot, stay: Stay, each: Exit) -> Exit:
    """Return the evidence marked with what shows the person in the country after it, before any later entry on record.

    A meeting in person contradicts every departure; work, study or an address contradicts all but a strong one.
    """
    left = each.departed_on
    if left is None or (each.evidence is DepartureEvidence.INFERRED and not each.seen_abroad):
        return each
    until = stay.next_arrival.fact.arrived_on if stay.next_arrival else date.max
    signs = _meetings(snapshot, left, until)
    if each.strength is not Strength.STRONG:
        signs += _signs_of_life(snapshot, left, until)
    if not signs:
        return each
    on, fact_id = min(signs)
    return replace(each, contradicted_by=fact_id, contradicted_on=on)


def _meetings(snapshot: Snapshot, left: date, until: date) -> list[tuple[date, str]]:
    return [
        (known.fact.occurred_on, known.fact_id)
        for known in snapshot.encounters
        if _was_met(known) and left + timedelta(days=1) < known.fact.occurred_on < until
    ]


def _signs_of_life(snapshot: Snapshot, left: date, until: date) -> list[tuple[date, str]]:
    """Work begun, studies registered or an address still seen after a while; a filing is none, for others can make it."""
    seen: list[tuple[date | None, Known[Fact]]] = [(began_to_work(job.fact), job) for job in snapshot.employments]
    seen += [(event.fact.registered_on, event) for event in snapshot.standing_events()]
    lived_in = [known for known in snapshot.addresses if known.fact.kind in LIVED_IN]
    seen += [(known.fact.last_seen, known) for known in lived_in if not known.fact.confirmed]
    confirmed: list[tuple[date | None, Known[Fact]]] = [(known.fact.last_seen, known) for known in lived_in if known.fact.confirmed]
    return [*_later(seen, left, SIGN_OF_LIFE_DAYS, until), *_later(confirmed, left, CONFIRMED_DAYS, until)]


def _later(seen: list[tuple[date | None, Known[Fact]]], left: date, days: int, until: date) -> list[tuple[date, str]]:
    """A day ahead of the extract that names it is a plan, and shows nobody."""
    earliest = left + timedelta(days=days)
    return [(on, known.fact_id) for on, known in seen if on is not None and earliest <= on < until and on <= known.extract_as_of]


def _was_met(known: Known[Encounter]) -> bool:
    fact = known.fact
    return where_met(fact) is Where.HERE or (fact.kind is EncounterKind.OUTCOME and fact.disposition in _FOUND_BY_OFFICE)


def _rebuttal(each: Exit, last_day: date | None) -> Rebuttal:
    if each.contradicted_on is not None:
        what = "A meeting abroad" if each.seen_abroad else "A departure"
        sentence = (
            f"{what} {_on(each)} is on record ({each.words}), but the person was in the country on "
            f"{day(each.contradicted_on)}: check which is right."
        )
        ids = (*each.fact_ids, each.contradicted_by)
        return Rebuttal(
            code="departure_contradicted",
            sentence=sentence,
            effect=Effect.BLOCKS,
            strength=Strength.WEAK,
            fact_ids=ids,
            source=each.source,
        )
    if each.strength is Strength.WEAK:
        what = "been abroad" if each.seen_abroad else "left"
        sentence = f"May have {what} {_on(each)} ({each.words}): too weak to close or to refer on its own."
        return Rebuttal(
            code="departure_weak",
            sentence=sentence,
            effect=Effect.BLOCKS,
            strength=Strength.WEAK,
            fact_ids=each.fact_ids,
            source=each.source,
        )
    code, sentence = _closing_words(each, last_day)
    return Rebuttal(
        code=code,
        sentence=sentence,
        effect=Effect.CLOSES,
        strength=each.strength,
        fact_ids=each.fact_ids,
        source=each.source,
    )


def _closing_words(each: Exit, last_day: date | None) -> tuple[str, str]:
    if each.seen_abroad:
        return "seen_abroad", f"Was abroad {_on(each)}, so this stay had ended before ({each.words})."
    if each.evidence is DepartureEvidence.INFERRED:
        return "entered_again", f"Entered again {_on(each)}, so this stay had ended before ({each.words})."
    if last_day is None or each.departed_on is None or each.departed_on <= last_day:
        return "departed", f"Left {_on(each)} ({each.words})."
    late = count((each.departed_on - last_day).days, "day")
    return (
        "departed_late",
        f"Left {_on(each)}, {late} after the stay had ended ({each.words}): out-of-country overstay.",
    )


def _on(each: Exit) -> str:
    return "on an unknown day" if each.departed_on is None else f"on {day(each.departed_on)}"
