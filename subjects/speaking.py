"""The most telling thing that a row states, in a word: what a person is asked to judge, and what a stop sign says. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.facts import (
    Address,
    Admission,
    BenefitFiling,
    Departure,
    Employment,
    Encounter,
    Fact,
    Finance,
    LifeEvent,
    StatusEvent,
    Vehicle,
    VisaEvent,
)

# in the order in which they tell: what may clear the person first
SPEAKS_OF: Mapping[str, str] = {
    "departure": "a departure",
    "life": "a death, a naturalization or a permanent residence",
    "filing": "a benefit filing",
    "status": "a student or exchange record",
    "encounter": "a meeting with an officer",
    "entry": "an entry",
    "visa": "a visa",
    "trace": "an address or work",
    "other": "a name or a number",
}
# the same after "this person's"
OF_THE_PERSON: Mapping[str, str] = {
    "departure": "departure",
    "life": "death, naturalization or permanent residence",
    "filing": "benefit filing",
    "status": "student or exchange record",
    "encounter": "meeting with an officer",
    "entry": "entry",
    "visa": "visa",
    "trace": "address or work",
    "other": "name or number",
}
_BY_KIND: Mapping[type, str] = {
    Departure: "departure",
    LifeEvent: "life",
    BenefitFiling: "filing",
    StatusEvent: "status",
    Encounter: "encounter",
    Admission: "entry",
    VisaEvent: "visa",
    Address: "trace",
    Employment: "trace",
    Vehicle: "trace",
    Finance: "trace",
}


def speaks_of(facts: Sequence[Fact]) -> str:
    """The first word of `SPEAKS_OF` that fits one of the facts; an encounter may report a departure."""
    said = {_BY_KIND.get(type(fact), "other") for fact in facts}
    if any(isinstance(fact, Encounter) and fact.departed_on is not None for fact in facts):
        said.add("departure")
    return next((word for word in SPEAKS_OF if word in said), "other")
