"""Who the person is by now: citizen, permanent resident, deceased, or somebody else than the record says."""

from __future__ import annotations

from datetime import date

from ingest.facts import EncounterKind
from leads.rules.base import Effect, Rebuttal, Strength
from leads.rules.snapshot import Snapshot
from leads.rules.stays import Stay
from leads.rules.words import day

_LIFE = {
    "died": ("deceased", "Died{on}."),
    "naturalized": ("citizen", "Became a citizen{on}."),
    "permanent_resident": ("permanent_resident", "Became a lawful permanent resident{on}."),
}
_OUTCOMES = {
    "wrong_person": ("wrong_person", "A field office found that the record belongs to another person.", Effect.CLOSES),
    "deceased": ("deceased", "A field office found that the person has died.", Effect.CLOSES),
    "us_person": ("us_person", "A field office found a citizen or lawful permanent resident.", Effect.CLOSES),
    "in_status": ("found_in_status", "A field office found the person in lawful status.", Effect.HOLDS),
}

_OF_THE_PERSON = frozenset({"deceased", "us_person"})


def standing_rebuttals(snapshot: Snapshot, stay: Stay | None) -> tuple[Rebuttal, ...]:
    """Return what life events, marks of citizenship, field outcomes and the source's own flags say against a violation."""
    found = [_life(known.fact.kind, known.fact.occurred_on, known.fact_id, known.source) for known in snapshot.life_events]
    found += _outcomes(snapshot, stay)
    found.append(_us_person(snapshot))
    found += _source_flags(stay) if stay else []
    return tuple(each for each in found if each is not None)


def _life(kind: str, occurred_on: date | None, fact_id: str, source: str) -> Rebuttal | None:
    if kind not in _LIFE:
        return None
    code, sentence = _LIFE[kind]
    on = f" on {day(occurred_on)}" if occurred_on else ""
    return Rebuttal(
        code=code,
        sentence=sentence.format(on=on),
        effect=Effect.CLOSES,
        fact_ids=(fact_id,),
        authority="PA-WHO" if code != "deceased" else "",
        source=source,
    )


def _outcomes(snapshot: Snapshot, stay: Stay | None) -> list[Rebuttal | None]:
    """What an office found: whose record it is, and whether that person is in status, it found of the stay that it was sent for."""
    began = stay.arrived_on if stay else date.min
    return [
        Rebuttal(
            code=_OUTCOMES[known.fact.disposition][0],
            sentence=_OUTCOMES[known.fact.disposition][1],
            effect=_OUTCOMES[known.fact.disposition][2],
            strength=Strength.FAIR,
            fact_ids=(known.fact_id,),
            source=known.source,
        )
        for known in snapshot.encounters
        if known.fact.kind is EncounterKind.OUTCOME
        and known.fact.disposition in _OUTCOMES
        and (known.fact.occurred_on >= began or known.fact.disposition in _OF_THE_PERSON)
    ]


def _us_person(snapshot: Snapshot) -> Rebuttal | None:
    if not snapshot.us_person:
        return None
    ids = tuple(sorted(known.fact_id for known in snapshot.names if known.fact.us_person))
    sentence = "A source marks the person as a citizen or lawful permanent resident: confirm before anything else."
    return Rebuttal(
        code="us_person",
        sentence=sentence,
        effect=Effect.HOLDS,
        strength=Strength.FAIR,
        fact_ids=ids,
        authority="PA-WHO",
    )


def _source_flags(stay: Stay) -> list[Rebuttal | None]:
    found: list[Rebuttal | None] = []
    flags = stay.flags()
    source = stay.newest.source
    if "deceased" in flags:
        found.append(
            Rebuttal(
                code="deceased",
                sentence=f"{source.upper()} flags the person as deceased.",
                effect=Effect.CLOSES,
                strength=Strength.FAIR,
                fact_ids=stay.fact_ids,
                source=source,
            )
        )
    if "adjusted" in flags:
        sentence = f"{source.upper()} flags the status as adjusted: check the benefit systems."
        found.append(
            Rebuttal(
                code="flagged_adjusted",
                sentence=sentence,
                effect=Effect.BLOCKS,
                strength=Strength.WEAK,
                fact_ids=stay.fact_ids,
                source=source,
            )
        )
    return found
