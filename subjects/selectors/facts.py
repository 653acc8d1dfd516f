"""All standing facts of one person, each kind in one query."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from access.models import User
from access.permissions import Permission
from access.policy import require
from foundation.errors import NotFound
from subjects.models import (
    FACT_MODELS,
    AddressFact,
    AdmissionFact,
    DepartureFact,
    EmploymentFact,
    EncounterFact,
    FactBase,
    FilingFact,
    FinanceFact,
    IdentifierFact,
    LifeEventFact,
    NameFact,
    StatusFact,
    Subject,
    VehicleFact,
    VisaFact,
)

KINDS: dict[str, type[FactBase]] = {str(model._meta.model_name).removesuffix("fact"): model for model in FACT_MODELS}

# the list of `SubjectFacts` that holds each kind
LISTS = {
    "name": "names",
    "identifier": "identifiers",
    "admission": "admissions",
    "departure": "departures",
    "status": "statuses",
    "filing": "filings",
    "visa": "visas",
    "encounter": "encounters",
    "address": "addresses",
    "employment": "employments",
    "lifeevent": "life_events",
    "vehicle": "vehicles",
    "finance": "finances",
}


def kind_of(fact: FactBase) -> str:
    """The kind of a fact as addresses write it: `name`, `admission`, ..."""
    return str(fact._meta.model_name).removesuffix("fact")


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """Lists by kind, each newest statement first."""

    names: list[NameFact] = field(default_factory=list)
    identifiers: list[IdentifierFact] = field(default_factory=list)
    admissions: list[AdmissionFact] = field(default_factory=list)
    departures: list[DepartureFact] = field(default_factory=list)
    statuses: list[StatusFact] = field(default_factory=list)
    filings: list[FilingFact] = field(default_factory=list)
    visas: list[VisaFact] = field(default_factory=list)
    encounters: list[EncounterFact] = field(default_factory=list)
    addresses: list[AddressFact] = field(default_factory=list)
    employments: list[EmploymentFact] = field(default_factory=list)
    life_events: list[LifeEventFact] = field(default_factory=list)
    vehicles: list[VehicleFact] = field(default_factory=list)
    finances: list[FinanceFact] = field(default_factory=list)

    def __iter__(self) -> Iterator[FactBase]:
        for part in fields(self):
            yield from getattr(self, part.name)

    def newest_by_source(self) -> dict[str, date]:
        """The newest as-of day of each source that says something about the person."""
        newest: dict[str, date] = {}
        for fact in self:
            newest[fact.source] = max(fact.as_of, newest.get(fact.source, fact.as_of))
        return newest


def standing() -> Q:
    """Facts that stand now."""
    return Q(superseded_at=None, retracted_at=None)


def standing_facts(user: User, subject: Subject) -> SubjectFacts:
    """The facts of `subject` that stand; thirteen queries whatever the number of facts."""
    require(user, Permission.VIEW_SUBJECT)

    def of(model: type[Any], *related: str) -> list[Any]:
        found: QuerySet[Any] = model.objects.filter(standing(), subject=subject).order_by("-as_of", "-id")
        return list(found.select_related(*related)) if related else list(found)

    return SubjectFacts(
        names=of(NameFact),
        identifiers=of(IdentifierFact),
        admissions=sorted(of(AdmissionFact), key=lambda fact: fact.arrived_on, reverse=True),
        departures=sorted(of(DepartureFact), key=lambda fact: fact.departed_on, reverse=True),
        statuses=of(StatusFact, "organization"),
        filings=sorted(of(FilingFact), key=lambda fact: fact.received_on, reverse=True),
        visas=sorted(of(VisaFact), key=lambda fact: fact.occurred_on, reverse=True),
        encounters=sorted(of(EncounterFact), key=lambda fact: fact.occurred_on, reverse=True),
        addresses=of(AddressFact),
        employments=of(EmploymentFact, "organization"),
        life_events=of(LifeEventFact),
        vehicles=of(VehicleFact),
        finances=of(FinanceFact),
    )


def fact_for(user: User, kind: str, fact_uuid: uuid.UUID) -> FactBase:
    """One fact with its subject, extract and row; raises `NotFound`."""
    require(user, Permission.VIEW_SUBJECT)
    model = KINDS.get(kind)
    found: FactBase | None = None
    if model is not None:
        manager: Any = model._default_manager
        found = manager.select_related("subject", "extract", "source_row").filter(uuid=fact_uuid).first()
    if found is None:
        raise NotFound
    return found
