"""Overstay of the Guam-CNMI visa waiver: 45 days, by statute (domain.md 3.2 row 3)."""

from __future__ import annotations

from datetime import date

from leads.rules.base import Opinion, Rule, Unverified, Violation
from leads.rules.classes import Group
from leads.rules.overstay_vwp import judge_waiver
from leads.rules.snapshot import Snapshot


def judge(snapshot: Snapshot, as_of: date) -> tuple[Opinion, ...]:
    """Return one opinion for each admission to Guam or the Northern Marianas without a visa."""
    return judge_waiver(snapshot, as_of, Group.GUAM_CNMI, "guam_cnmi_stay", "Guam-CNMI visa waiver overstay")


RULE = Rule(
    id="overstay-guam-cnmi",
    version=1,
    title="Guam-CNMI visa waiver overstay",
    description=(
        "The person was admitted without a visa for Guam or the Northern Marianas only, for at most 45 days, and the date has passed. It "
        "is answered as a visa waiver overstay is."
    ),
    violation=Violation.OVERSTAY_GUAM_CNMI,
    authorities=(
        "DEP-1B",
        "GC-45",
        "VWP-NOCOS",
        "VWP-TU",
        "VWP-AOS",
        Unverified("Satisfactory departure is read as for the visa waiver program."),
    ),
    sources=("adis",),
    judge=judge,
)
