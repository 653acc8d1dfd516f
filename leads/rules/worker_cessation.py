"""Work ended before the stay did: 60 days at most, or the end of validity, whichever is first (domain.md 3.2 row 15).

Classes: E-1, E-2, E-3, H-1B, H-1B1, L-1, O-1 and TN. The 10 days around validity are inside the I-94 date, never on top (W-10).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from ingest.facts import Employment, FilingStatus
from leads.rules.authorized_stay import follow_filings
from leads.rules.base import Effect, Opinion, Rebuttal, Rule, Step, Violation
from leads.rules.benefits import authorized_until, benefit_rebuttals
from leads.rules.classes import GRACE_WORKERS
from leads.rules.departure import departure_rebuttals
from leads.rules.periods import days
from leads.rules.snapshot import Known, Snapshot, evidence_digest
from leads.rules.standing import standing_rebuttals
from leads.rules.stays import Stay, stays
from leads.rules.words import day

_WORK_KINDS = frozenset({"petition", "reported"})


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each worker's stay in which a job ended."""
    found = (_judge_stay(snapshot, stay, as_of) for stay in stays(snapshot) if stay.class_of_admission in GRACE_WORKERS)
    return tuple(opinion for opinion in found if opinion is not None)


def _judge_stay(snapshot: Snapshot, stay: Stay, as_of: date) -> Opinion | None:
    ended = _last_ended(snapshot, stay)
    if ended is None or ended.fact.ended_on is None:
        return None
    ceased = ended.fact.ended_on
    last_day = _last_day(_validity(snapshot, stay, as_of), ceased)
    step = Step(
        f"Work ended {day(ceased)}: may stay until {day(last_day)}, once per validity; DHS may shorten it.", (ended.fact_id,), "W-60"
    )
    end = follow_filings(_without_its_petitions(snapshot, ended.fact), stay, last_day, as_of)
    authorized = authorized_until(snapshot, stay, end.last_day, as_of)
    running = authorized >= as_of and any(each.closes for each in end.rebuttals)
    moved_to = last_day if running else authorized
    first = moved_to + timedelta(days=1)
    rebuttals = (
        *_other_job(snapshot, ended.fact),
        *end.rebuttals,
        *benefit_rebuttals(snapshot, stay, as_of),
        *departure_rebuttals(snapshot, stay, None if end.open_ended else authorized),
        *standing_rebuttals(snapshot, stay),
    )
    over = f"the time to find other work or leave ended {day(last_day)}" if first <= as_of else f"may stay until {day(moved_to)}"
    later = "" if moved_to == last_day or first > as_of else f", and the stay, later authorized, ended {day(moved_to)}"
    return Opinion(
        matter_key=stay.key,
        sentence=f"Work as {stay.class_of_admission} ended {day(ceased)}; {over}{later}.",
        holds_from=first,
        evidence=(ended.fact_id, *stay.fact_ids),
        evidence_digest=evidence_digest((ended, *stay.admissions)),
        rebuttals=rebuttals,
        next_change_on=first,
        trace=(step, *end.trace),
    )


def _validity(snapshot: Snapshot, stay: Stay, as_of: date) -> date | None:
    """Return the end of validity: the I-94 date, or the later one to which it was extended; None without a date."""
    return None if stay.admit_until is None else follow_filings(snapshot, stay, stay.admit_until, as_of).status_last


def _last_day(validity: date | None, ceased: date) -> date:
    """Return min(cessation + 60, end of validity) (8 CFR 214.1(l)(2), key W-60)."""
    grace = ceased + timedelta(days=days("worker_grace", ceased))
    return grace if validity is None else min(grace, validity)


def _goes_with(job: Employment, ended: Employment) -> bool:
    """Return whether `job` is of the employer whose job ended, and no new one with it.

    Where nobody named the employer (an analyst's "the job has ended"), whatever had begun by then is meant.
    """
    if job.started_on is not None and ended.ended_on is not None and job.started_on > ended.ended_on:
        return False
    named = ended.employer_name.strip().casefold()
    return not named or job.employer_name.strip().casefold() == named


def _without_its_petitions(snapshot: Snapshot, ended: Employment) -> Snapshot:
    """Return the snapshot without what was granted on the petition of the job that ended: it does not outlive the job."""
    its = {known.key for known in snapshot.employments if known.fact.kind == "petition" and _goes_with(known.fact, ended)}
    return replace(snapshot, filings=tuple(known for known in snapshot.filings if known.key not in its)) if its else snapshot


def _jobs(snapshot: Snapshot) -> list[Known[Employment]]:
    """The jobs on record; what a petition only asked for, or was refused, is none."""
    asked = {known.key for known in snapshot.filings if known.fact.status is not FilingStatus.APPROVED}
    return [
        known
        for known in snapshot.employments
        if known.fact.kind in _WORK_KINDS
        and known.fact.authorized is not False
        and not (known.fact.kind == "petition" and known.key in asked)
    ]


def _last_ended(snapshot: Snapshot, stay: Stay) -> Known[Employment] | None:
    """Return the job that ended last within the stay. A job that ends with the I-94 says nothing: the dated rule speaks."""
    until = stay.next_arrival.fact.arrived_on if stay.next_arrival else date.max
    found = [
        known
        for known in _jobs(snapshot)
        if known.fact.ended_on is not None
        and stay.arrived_on <= known.fact.ended_on < until
        and known.fact.ended_on != stay.admit_until
        and not (known.fact.kind == "petition" and _is_only_a_period(snapshot, stay, known))
    ]
    return max(found, key=lambda known: (known.fact.ended_on or date.min, known.fact_id), default=None)


def _is_only_a_period(snapshot: Snapshot, stay: Stay, known: Known[Employment]) -> bool:
    """Return whether the end of a petition is that of its period, which says nothing about the work; the I-94 may rest on another."""
    ends = known.fact.ended_on or date.max
    granted = {each.fact.valid_until for each in snapshot.filings if each.fact.status is FilingStatus.APPROVED}
    return ends >= (stay.admit_until or date.max) or ends in granted or known.key in {each.key for each in snapshot.filings}


def _other_job(snapshot: Snapshot, ended: Employment) -> tuple[Rebuttal, ...]:
    others = [known for known in _jobs(snapshot) if known.fact.started_on is not None and not _goes_with(known.fact, ended)]
    later = [known for known in others if known.fact.ended_on is None or ended.ended_on is None or known.fact.ended_on > ended.ended_on]
    running = sorted(later, key=lambda known: known.fact_id)
    if not running:
        return ()
    ids = tuple(known.fact_id for known in running)
    sentence = "Another employer's petition or job runs on after that day."
    return (Rebuttal(code="other_employment", sentence=sentence, effect=Effect.CLOSES, fact_ids=ids, source=running[0].source),)


RULE = Rule(
    id="worker-cessation",
    version=1,
    title="Worker stayed after the job ended",
    description=(
        "The job on which the stay rests has ended. The person may stay up to 60 days, or to the end of the validity if that is first: the "
        "I-94 date, or the later one of an extension. A new petition, a change of status or other work answers it."
    ),
    violation=Violation.STATUS_VIOLATION,
    authorities=("DEP-1C", "W-60", "W-10", "EOS-LATE", "COS-LATE"),
    sources=("adis", "claims3"),
    judge=judge,
)
