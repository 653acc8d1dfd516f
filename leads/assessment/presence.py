"""Is the person still in the country? Points are ours and unmeasured until outcomes are counted (domain.md 0.2, 2.3, 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ingest.facts import Fact, Mode
from leads.assessment.base import Assessment, Hypothesis, Line, Measured, Weights, assess
from leads.rules.base import Outcome, Strength
from leads.rules.departure import Exit, exits
from leads.rules.evaluation import Evaluation
from leads.rules.meetings import Where, where_met
from leads.rules.signs_of_life import ASKED_IN_THE_COUNTRY, LIVED_IN, began_to_work
from leads.rules.snapshot import Known, Snapshot
from leads.rules.stays import stays
from leads.rules.words import count, day

LIKELY, POSSIBLE, UNLIKELY = "likely", "possible", "unlikely"

# Version 1 called nobody "likely" here in the first months, whatever was seen of them, and counted silence as much as a trace.
VERSION_1 = Weights(
    version=1,
    points={
        "no_exit_after_months": 2,
        "just_ended": -1,
        "met_in_person": 4,
        "address_confirmed": 4,
        "address_seen": 2,
        "filing_made": 2,
        "working": 2,
        "studying": 2,
        "left_strong": -12,
        "left_fair": -8,
        "left_weak": -3,
        "came_by_land": -2,
        "badly_matched_mode": -4,
    },
    bands=((LIKELY, 3), (POSSIBLE, -1)),
    lowest=UNLIKELY,
)
# Version 2: silence alone never makes "likely" (a matched departure is missed about as often as somebody stays, domain.md 2.3
# and 2.4), one trace after the last day does, unless the way of travel is badly matched.
WEIGHTS = Weights(
    version=2,
    points=VERSION_1.points
    | {
        "no_exit_after_months": 1,
        "met_in_person": 6,
        "address_confirmed": 5,
        "address_seen": 4,
        "filing_made": 4,
        "working": 4,
        "studying": 4,
        "left_weak": -2,
    },
    bands=((LIKELY, 2), (POSSIBLE, -1)),
    lowest=UNLIKELY,
)
VERSIONS = (VERSION_1, WEIGHTS)
SETTLING_DAYS = 90  # domain.md 2.2: an eighth of in-country overstays turn out to have left within three to four months
_EXIT_CODE = {Strength.STRONG: "left_strong", Strength.FAIR: "left_fair", Strength.WEAK: "left_weak"}


@dataclass(frozen=True, slots=True)
class Trace:
    """Something that shows the person in the country on a day after the violation began."""

    code: str
    on: date
    words: str
    fact_id: str = ""


@dataclass(frozen=True, slots=True)
class ExitSeen:
    """Evidence of a departure, reduced to its strength."""

    strength: Strength
    words: str
    fact_ids: tuple[str, ...] = ()
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceInput:
    """All that the judgement may look at: traces, exits, days and the way of arrival. Nothing about who the person is."""

    as_of: date
    since: date | None
    arrival_mode: Mode | None
    traces: tuple[Trace, ...]
    exits: tuple[ExitSeen, ...]


def presence_input(snapshot: Snapshot, evaluation: Evaluation) -> PresenceInput:
    """Return the input for a subject: what happened since the earliest violation that is not answered."""
    as_of = max(snapshot.sources.values(), default=date.min)
    since = _since(evaluation)
    found = stays(snapshot)
    stay = found[-1] if found else None
    seen = () if stay is None else tuple(_seen(each) for each in exits(snapshot, stay) if not each.contradicted_by)
    return PresenceInput(
        as_of=as_of,
        since=since,
        arrival_mode=stay.newest.fact.mode if stay else None,
        traces=tuple(sorted(_traces(snapshot, since), key=lambda trace: (trace.code, trace.on, trace.fact_id))) if since else (),
        exits=seen,
    )


def judge_presence(given: PresenceInput, weights: Weights = WEIGHTS, measured: Measured | None = None) -> Assessment:
    """Return how likely it is that the person is still here: likely, possible or unlikely, with reasons."""
    return assess(given, _read, weights, _HYPOTHESES, measured)


def _since(evaluation: Evaluation) -> date | None:
    """Return the first day of what stands; where nothing does, of what waits or is for a person, else of what was ever alleged.

    What is only for a person to look at may lie in a stay that was lawful: who was seen then is not shown to have stayed.
    """
    for outcomes in ({Outcome.STANDS}, {Outcome.HELD, Outcome.REVIEW}, set(Outcome)):
        days = [each.claim.holds_from for each in evaluation.verdicts if each.claim is not None and each.outcome in outcomes]
        if days:
            return min(days)
    return None


def _seen(each: Exit) -> ExitSeen:
    on = f" on {day(each.departed_on)}" if each.departed_on else ""
    return ExitSeen(each.strength, f"departure{on}, {each.words}", each.fact_ids, each.departed_on)


def _traces(snapshot: Snapshot, since: date) -> Iterator[Trace]:
    """What shows the person in the country on or after `since`, from every kind of fact that can."""
    yield from _meetings(snapshot, since)
    yield from _sightings(snapshot, since)
    for filing in snapshot.filings:
        if filing.fact.form in ASKED_IN_THE_COUNTRY:
            yield from _dated("filing_made", "made a filing", filing.fact.received_on, since, filing)
    for job in snapshot.employments:
        yield from _dated("working", "began to work", began_to_work(job.fact), since, job)
    for event in snapshot.standing_events():
        yield from _dated("studying", "registered at a school", event.fact.registered_on, since, event)


def _dated(code: str, words: str, on: date | None, since: date, known: Known[Fact]) -> Iterator[Trace]:
    """A day ahead of the extract that names it is a plan, not something seen."""
    if on is not None and since <= on <= known.extract_as_of:
        yield Trace(code, on, f"{words} on {day(on)}", known.fact_id)


def _meetings(snapshot: Snapshot, since: date) -> Iterator[Trace]:
    for met in snapshot.encounters:
        if where_met(met.fact) is Where.HERE and met.fact.departed_on is None:
            yield from _dated("met_in_person", "met in person", met.fact.occurred_on, since, met)


def _sightings(snapshot: Snapshot, since: date) -> Iterator[Trace]:
    for known in snapshot.addresses:
        if known.fact.kind not in LIVED_IN:
            continue
        if known.fact.confirmed:
            yield from _dated("address_confirmed", "confirmed at an address", known.fact.last_seen, since, known)
        else:
            yield from _dated("address_seen", "seen at an address", known.fact.last_seen, since, known)


def _read(given: PresenceInput, weights: Weights) -> Iterator[Line]:
    points = weights.points
    traces = _since_the_last_exit(given)
    for code in sorted({trace.code for trace in traces}):
        same = [trace for trace in traces if trace.code == code]
        newest = max(same, key=lambda trace: (trace.on, trace.fact_id))
        yield Line(
            code, f"{newest.words[0].upper()}{newest.words[1:]}.", points[code], tuple(trace.fact_id for trace in same if trace.fact_id)
        )
    for code in sorted({_EXIT_CODE[each.strength] for each in given.exits}):
        same_exits = [each for each in given.exits if _EXIT_CODE[each.strength] == code]
        words = f"{same_exits[0].words[0].upper()}{same_exits[0].words[1:]}."
        yield Line(code, words, points[code], tuple(sorted({each for found in same_exits for each in found.fact_ids})))
    yield from _silence(given, points)
    yield from _arrival(given, points)


def _since_the_last_exit(given: PresenceInput) -> tuple[Trace, ...]:
    """Return the traces that are newer than every departure on record: who was seen, and may have left since, is not shown here."""
    last = max((each.on for each in given.exits if each.on is not None), default=date.min)
    return tuple(trace for trace in given.traces if trace.on > last)


def _silence(given: PresenceInput, points: dict[str, int]) -> Iterator[Line]:
    if given.since is None or given.exits:
        return
    over = (given.as_of - given.since).days + 1
    if over > SETTLING_DAYS:
        text = f"No departure that stands has come in for {count(over, 'day')}."
        yield Line("no_exit_after_months", text, points["no_exit_after_months"])
    else:
        yield Line(
            "just_ended", f"Only {count(over, 'day')} since the violation began: late departures still arrive.", points["just_ended"]
        )


def _arrival(given: PresenceInput, points: dict[str, int]) -> Iterator[Line]:
    """How the person came weakens the silence only: who was seen since is here whichever way they came."""
    if given.traces:
        return
    if given.arrival_mode is Mode.LAND:
        yield Line("came_by_land", "Came by land: departures by land are largely unseen.", points["came_by_land"])
    if given.arrival_mode in {Mode.SEA, Mode.UNKNOWN}:
        yield Line(
            "badly_matched_mode", "Came by sea or in an unknown way: such departures are often not matched.", points["badly_matched_mode"]
        )


def _with_trace(code: str, words: str) -> Hypothesis[PresenceInput]:
    def apply(given: PresenceInput) -> PresenceInput:
        return replace(given, traces=(*given.traces, Trace(code, given.as_of, words)))

    return Hypothesis(code, f"If the person were {words}, that", apply)


def _with_exit(code: str, strength: Strength, sentence: str) -> Hypothesis[PresenceInput]:
    def apply(given: PresenceInput) -> PresenceInput:
        return replace(given, exits=(*given.exits, ExitSeen(strength, "departure", on=given.as_of)))

    return Hypothesis(code, sentence, apply)


def _months_later(given: PresenceInput) -> PresenceInput:
    return replace(given, as_of=given.as_of + timedelta(days=SETTLING_DAYS))


_HYPOTHESES: tuple[Hypothesis[PresenceInput], ...] = (
    _with_trace("address_confirmed", "confirmed at an address"),
    _with_trace("met_in_person", "met in person"),
    _with_exit("left_fair", Strength.FAIR, "A departure record with a matching document"),
    _with_exit("left_weak", Strength.WEAK, "A departure record by name only"),
    Hypothesis("months_later", f"{SETTLING_DAYS} more days without a departure", _months_later),
)
