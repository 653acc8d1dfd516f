"""Work that a source calls unauthorized, done in a stay (domain.md 3.2 row 16); for a person, never automatic.

Students and exchange visitors are also judged by the reason with which their record ended. A source that saw somebody at
work does not know every permit, so the rule only points a person to what was said.
"""

from __future__ import annotations

from datetime import date

from ingest.facts import Employment
from leads.rules.base import Opinion, Rule, Step, Unverified, Violation
from leads.rules.benefits import benefit_rebuttals
from leads.rules.departure import departure_rebuttals
from leads.rules.snapshot import Known, Snapshot, evidence_digest
from leads.rules.standing import standing_rebuttals
from leads.rules.stays import Stay, stays
from leads.rules.words import day


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each stay in which unauthorized work began, by the first day of it."""
    found = ((stay, _first_work(snapshot, stay)) for stay in stays(snapshot))
    return tuple(_judge_work(snapshot, stay, work, as_of) for stay, work in found if work is not None)


def _first_work(snapshot: Snapshot, stay: Stay) -> Known[Employment] | None:
    """Return the report of the work that began first in the stay; one without a day says nothing of which stay it was in."""
    until = stay.next_arrival.fact.arrived_on if stay.next_arrival else date.max
    found = [
        known
        for known in snapshot.employments
        if known.fact.authorized is False and known.fact.started_on is not None and stay.arrived_on <= known.fact.started_on < until
    ]
    return min(found, key=lambda known: (known.fact.started_on or date.max, known.fact_id), default=None)


def _judge_work(snapshot: Snapshot, stay: Stay, work: Known[Employment], as_of: date) -> Opinion:
    began = work.fact.started_on or stay.arrived_on
    over = f"Worked without authorization from {day(began)}, as a source says: whether it was authorized, a person decides."
    return Opinion(
        matter_key=f"{stay.key}:work",
        sentence=over if began <= as_of else f"Work is reported to begin on {day(began)}.",
        holds_from=began,
        evidence=(*stay.fact_ids, work.fact_id),
        evidence_digest=evidence_digest((*stay.admissions, work)),
        rebuttals=(
            *benefit_rebuttals(snapshot, stay, as_of),
            *departure_rebuttals(snapshot, stay, None),
            *standing_rebuttals(snapshot, stay),
        ),
        next_change_on=began,
        review_only=True,
        trace=(Step(f"Admitted {day(stay.arrived_on)} as {stay.class_of_admission}.", stay.fact_ids, "DEP-1C"),),
    )


RULE = Rule(
    id="unauthorized-work",
    version=1,
    title="Unauthorized work",
    description=(
        "A source says that the person worked without authorization during a stay. The violation is the day on which the work began. No "
        "source knows every work permit, so the rule only points a person to the report."
    ),
    violation=Violation.STATUS_VIOLATION,
    authorities=(
        "DEP-1C",
        "WORK-240",
        Unverified("Work without a permit is read as a failure to comply with the conditions of the stay."),
        Unverified("A conviction outside the records of students and exchange visitors makes no finding: its text was not read."),
    ),
    sources=("adis",),
    checks=("adis", "claims3", "eid", "sevis"),
    judge=judge,
)
