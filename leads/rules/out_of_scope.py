"""Officials, crew and transit: outside overstay reporting, a person decides by hand (domain.md 3.2 row 20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from leads.rules.base import Opinion, Rule, Unverified, Violation
from leads.rules.classes import Group
from leads.rules.dated_stay import judge_dated_stay
from leads.rules.snapshot import Snapshot
from leads.rules.stays import Stay, stays

GROUPS = frozenset({Group.OFFICIAL, Group.CREW_TRANSIT})


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each admission of an official, a crew member or a person in transit."""
    return tuple(_judge_stay(snapshot, stay, as_of) for stay in stays(snapshot) if stay.group in GROUPS)


def _judge_stay(snapshot: Snapshot, stay: Stay, as_of: date) -> Opinion:
    if stay.admit_until is None:
        sentence = f"Class {stay.class_of_admission} is outside overstay reporting and was admitted without a date."
        return Opinion(matter_key=stay.key, sentence=sentence, evidence=stay.fact_ids)
    opinion = judge_dated_stay(snapshot, stay, stay.admit_until, as_of, what="Out of scope: a person decides; past the date")
    return replace(opinion, review_only=True)


RULE = Rule(
    id="out-of-scope",
    version=1,
    title="Class out of scope",
    description="Officials, crew and people in transit are outside overstay reporting. A date that has passed is shown and makes no lead.",
    violation=Violation.OUT_OF_SCOPE,
    authorities=("DEP-1B", Unverified("Classes A, G, NATO, C and D are out of scope of the overstay report.")),
    sources=("adis",),
    judge=judge,
)
