"""Stop signs: what must be looked at before anything else. A blocking sign stops referral until refreshed or overridden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ingest.facts import EncounterKind
from leads.rules.base import Effect, Outcome, Rebuttal, Rule, Verdict, Violation
from leads.rules.departure import impossible_departures
from leads.rules.freshness import MAX_AGE_DAYS, WORDS, age_in_days, checked_on, is_stale
from leads.rules.meetings import Where, where_met
from leads.rules.snapshot import Snapshot, Unsettled
from leads.rules.standing import standing_rebuttals
from leads.rules.stays import stays
from leads.rules.words import count, day
from subjects.speaking import OF_THE_PERSON

_MAY_CLEAR = frozenset({"departure", "life", "filing", "status", "encounter", "entry"})
_OF_THE_VISA_ALONE = frozenset({"revocation_provisional", "other_visa"})  # they speak for the visa, not against an overstay
_RELEVANT = frozenset({Outcome.STANDS, Outcome.HELD, Outcome.REVIEW})
_ALWAYS_ASKED = ("adis", "claims3", "eid")  # for a person of whom no rule says which sources it needs
NOTHING_STANDS = "nothing_stands"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSign:
    """One sign: what to look at, whether it blocks referral, which source it rests on, when that was last asked."""

    code: str
    sentence: str
    blocking: bool
    source: str = ""
    checked_on: date | None = None
    age_days: int | None = None
    fact_ids: tuple[str, ...] = ()


def stop_signs(snapshot: Snapshot, verdicts: Sequence[Verdict], rules: Sequence[Rule], *, on: date | None = None) -> tuple[StopSign, ...]:
    """Return the signs for the verdicts that still allege something, blocking ones first.

    `on` is the day to which the age of each source is counted (default: the newest source date).
    """
    open_verdicts = [verdict for verdict in verdicts if verdict.outcome in _RELEVANT]
    if not open_verdicts:
        return ()
    today = on or max(snapshot.sources.values(), default=max(verdict.as_of for verdict in open_verdicts))
    found = [
        *_from_rebuttals(snapshot, open_verdicts, today),
        *_from_reviews(open_verdicts),
        *_running_periods(verdicts, open_verdicts),
        *_identity(snapshot),
        *_unsettled(snapshot),
        *_custody(snapshot, today),
        *_met_somewhere(snapshot, open_verdicts),
        *_impossible_dates(snapshot),
        *_unreported(snapshot, open_verdicts),
        *_stale(snapshot, open_verdicts, rules, today),
    ]
    return _in_order(found)


def signs_of_a_tip(
    snapshot: Snapshot, verdicts: Sequence[Verdict], rules: Sequence[Rule], *, on: date | None = None
) -> tuple[StopSign, ...]:
    """Return the signs for a person with an open lead of whom no verdict alleges anything, blocking ones first; else none.

    That no rule finds a violation is a sign itself: a tip may be a reason, and a person signs for it by name. Where evidence
    answers all that was ever alleged it is none: that lead has fallen, and nobody passes that.
    """
    if any(verdict.outcome in _RELEVANT for verdict in verdicts):
        return ()
    today = on or max(snapshot.sources.values(), default=date.min)
    found = [
        *_nothing_stands(verdicts),
        *_in_favor(snapshot, verdicts, today),
        *_identity(snapshot),
        *_unsettled(snapshot),
        *_custody(snapshot, today),
        *_impossible_dates(snapshot),
        *_stale(snapshot, verdicts, rules, today, always=_ALWAYS_ASKED),
    ]
    return _in_order(found)


def _in_order(found: Iterable[StopSign]) -> tuple[StopSign, ...]:
    return tuple(sorted(_one_of_each(found), key=lambda sign: (not sign.blocking, sign.code, sign.source, sign.sentence)))


def _nothing_stands(verdicts: Sequence[Verdict]) -> list[StopSign]:
    answered = {verdict.matter_key for verdict in verdicts if verdict.outcome is Outcome.REBUTTED}
    clear = [verdict.sentence for verdict in verdicts if verdict.outcome is Outcome.CLEAR and verdict.matter_key not in answered]
    if answered and not clear:
        return []
    words = ("No rule finds a violation.", *dict.fromkeys(clear), "A tip may be a reason: a person signs for it by name.")
    return [StopSign(code=NOTHING_STANDS, sentence=" ".join(words), blocking=True)]


def _in_favor(snapshot: Snapshot, verdicts: Sequence[Verdict], on: date) -> list[StopSign]:
    """All that says who the person is by now, or speaks for a stay that nobody faults."""
    said = [each for stay in (*stays(snapshot), None) for each in standing_rebuttals(snapshot, stay)]
    clear = (each for verdict in verdicts if verdict.outcome is Outcome.CLEAR for each in verdict.rebuttals)
    said += [each for each in clear if not each.closes]
    return [_from_rebuttal(snapshot, each, on, blocking=True) for each in said]


def _one_of_each(found: Iterable[StopSign]) -> Iterable[StopSign]:
    """Signs that say the same are one sign, which rests on the facts of all of them."""
    unique: dict[tuple[str, str, str], StopSign] = {}
    for sign in found:
        key = (sign.code, sign.source, sign.sentence)
        same = unique.get(key)
        unique[key] = sign if same is None else replace(same, fact_ids=tuple(sorted({*same.fact_ids, *sign.fact_ids})))
    return unique.values()


def _from_rebuttals(snapshot: Snapshot, verdicts: Sequence[Verdict], on: date) -> list[StopSign]:
    """Evidence in the person's favor that does not close: pending filings, weak departures, marks of citizenship.

    What speaks for a visa alone stops no referral that another finding carries.
    """
    stands = any(verdict.outcome is Outcome.STANDS for verdict in verdicts)
    return [
        _from_rebuttal(snapshot, each, on, blocking=not (stands and verdict.outcome is Outcome.HELD and each.code in _OF_THE_VISA_ALONE))
        for verdict in verdicts
        for each in verdict.rebuttals
        if each.effect in {Effect.BLOCKS, Effect.HOLDS}
    ]


def _from_rebuttal(snapshot: Snapshot, each: Rebuttal, on: date, *, blocking: bool) -> StopSign:
    return StopSign(
        code=each.code,
        sentence=each.sentence,
        blocking=blocking,
        source=each.source,
        checked_on=checked_on(snapshot, each.source),
        age_days=age_in_days(snapshot, each.source, on),
        fact_ids=each.fact_ids,
    )


def _from_reviews(verdicts: Sequence[Verdict]) -> list[StopSign]:
    """What only a person may decide. It stops a referral that would rest on it, not one that another finding carries."""
    stands = any(verdict.outcome is Outcome.STANDS for verdict in verdicts)
    return [
        StopSign(code="person_decides", sentence=verdict.sentence, blocking=not stands)
        for verdict in verdicts
        if verdict.outcome is Outcome.REVIEW
    ]


def _running_periods(verdicts: Sequence[Verdict], open_verdicts: Sequence[Verdict]) -> list[StopSign]:
    """Another stay, program or time to depart that still runs. A revoked visa is a ground of its own: it does not block that."""
    alleged = {verdict.matter_key for verdict in open_verdicts}
    only_visa = all(verdict.claim is not None and verdict.claim.violation is Violation.VISA_REVOKED for verdict in open_verdicts)
    return [
        StopSign(code="period_running", sentence=f"Another period still runs: {verdict.sentence}", blocking=not only_visa)
        for verdict in verdicts
        if verdict.outcome is Outcome.CLEAR and verdict.next_change_on is not None and verdict.matter_key not in alleged
    ]


def _identity(snapshot: Snapshot) -> list[StopSign]:
    if snapshot.identity_strength == "weak":
        return [
            StopSign(
                code="identity_weak",
                sentence="The facts may belong to more than one person: judge the match first.",
                blocking=True,
            )
        ]
    if snapshot.link_flags & {"conflicting_birth_dates", "possible_twin", "shared_identifier"}:
        return [
            StopSign(
                code="identity_doubt",
                sentence="Sources disagree about who this is: judge the match first.",
                blocking=True,
            )
        ]
    return []


def _unsettled(snapshot: Snapshot) -> list[StopSign]:
    """Records in the buffer that may be this person's. What may clear the person, or shows that somebody else acts, blocks."""
    waiting: dict[tuple[str, str], list[Unsettled]] = {}
    for each in snapshot.unsettled:
        waiting.setdefault((each.speaks_of, each.source), []).append(each)
    return [
        StopSign(
            code=f"possible_{speaks_of}",
            sentence=_unsettled_sentence(len(found), speaks_of, WORDS.get(source, source)),
            blocking=speaks_of in _MAY_CLEAR,
            source=source,
            checked_on=max(each.as_of for each in found),
            fact_ids=tuple(sorted(each.key for each in found)),
        )
        for (speaks_of, source), found in sorted(waiting.items())
    ]


def _unsettled_sentence(number: int, speaks_of: str, source: str) -> str:
    what = OF_THE_PERSON[speaks_of]
    if number == 1:
        return f"A record of {source} that may be this person's {what} waits for a judgement."
    return f"{number} records of {source} that may be this person's {what} wait for a judgement."


def _custody(snapshot: Snapshot, on: date) -> list[StopSign]:
    """In custody, in proceedings or ordered removed: another office already acts. Who entered again since is in custody no more."""
    came = max((known.fact.arrived_on for known in snapshot.admissions), default=date.min)
    found = []
    for known in snapshot.encounters:
        fact = known.fact
        if fact.departed_on is not None or fact.kind is EncounterKind.LOOKOUT:
            continue
        held = fact.in_custody and fact.occurred_on >= came
        if held:
            words = f"In custody since {day(fact.occurred_on)}"
        elif fact.in_proceedings or fact.final_order_on:
            words = f"Already in proceedings (case of {day(fact.occurred_on)})"
        else:
            continue
        found.append(
            StopSign(
                code="in_custody" if held else "in_proceedings",
                sentence=f"{words}, {WORDS.get(known.source, known.source)}: another office acts.",
                blocking=True,
                source=known.source,
                checked_on=checked_on(snapshot, known.source),
                age_days=age_in_days(snapshot, known.source, on),
                fact_ids=(known.fact_id,),
            )
        )
    return found


def _met_somewhere(snapshot: Snapshot, verdicts: Sequence[Verdict]) -> list[StopSign]:
    """Meetings since the violation began at places that no table knows: the person may have been abroad."""
    since = min((verdict.claim.holds_from for verdict in verdicts if verdict.claim is not None), default=date.max)
    return [
        StopSign(
            code="met_somewhere",
            sentence=f"Met on {day(known.fact.occurred_on)} ({WORDS.get(known.source, known.source)}) at a place that no table knows"
            f"{': ' + known.fact.place if known.fact.place else ''}. Find out whether that was in the United States.",
            blocking=True,
            source=known.source,
            checked_on=checked_on(snapshot, known.source),
            fact_ids=(known.fact_id,),
        )
        for known in snapshot.encounters
        if where_met(known.fact) is Where.UNKNOWN and known.fact.occurred_on >= since
    ]


def _impossible_dates(snapshot: Snapshot) -> list[StopSign]:
    return [
        StopSign(
            code="departure_date_impossible",
            sentence=f"A departure on {day(known.fact.departed_on)} is on record, which cannot be right: ask the source.",
            blocking=False,
            source=known.source,
            fact_ids=(known.fact_id,),
        )
        for stay in stays(snapshot)
        for known in impossible_departures(snapshot, stay)
    ]


def _unreported(snapshot: Snapshot, verdicts: Sequence[Verdict]) -> list[StopSign]:
    """Records that a finding rests on and that their source no longer has: withdrawn, merged or corrected, nobody knows which."""
    relied_on = {fact_id for verdict in verdicts if verdict.claim is not None for fact_id in verdict.claim.evidence}
    gone: dict[tuple[str, date], list[str]] = {}
    for known in snapshot.all_known():
        if known.unreported_since is not None and known.fact_id in relied_on:
            gone.setdefault((known.source, known.unreported_since), []).append(known.fact_id)
    return [
        StopSign(
            code="record_unreported",
            sentence=f"{WORDS.get(source, source)} no longer reports a record that this rests on (since {day(since)}): ask the source.",
            blocking=True,
            source=source,
            checked_on=checked_on(snapshot, source),
            fact_ids=tuple(sorted(fact_ids)),
        )
        for (source, since), fact_ids in sorted(gone.items())
    ]


def _stale(
    snapshot: Snapshot, verdicts: Sequence[Verdict], rules: Sequence[Rule], on: date, *, always: Sequence[str] = ()
) -> list[StopSign]:
    """Sources that the verdicts rest on, or that could rebut them, and whose word is too old; `always`: asked in any case."""
    concerned = {verdict.rule_id for verdict in verdicts}
    sources = sorted({*always, *(source for rule in rules if rule.id in concerned for source in (*rule.sources, *rule.checks))})
    return [_stale_sign(snapshot, source, on) for source in sources if is_stale(snapshot, source, on)]


def _stale_sign(snapshot: Snapshot, source: str, on: date) -> StopSign:
    age = age_in_days(snapshot, source, on)
    name = WORDS.get(source, source)
    if age is None:
        sentence = f"{name} was never asked."
    else:
        sentence = f"{name} is {count(age, 'day')} old; the limit is {count(MAX_AGE_DAYS.get(source, 0), 'day')}."
    return StopSign(
        code="source_stale",
        sentence=sentence,
        blocking=True,
        source=source,
        checked_on=checked_on(snapshot, source),
        age_days=age,
    )
