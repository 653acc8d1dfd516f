"""Who the person is: names, numbers, life, work, vehicles, money."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from organizations.models import Organization
from subjects.models.fact import FactBase, FactSensitivity, fact_indexes


class NameFact(FactBase):
    """`ingest.facts.NameForm`."""

    family_name = models.CharField(max_length=100, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    full_name_source_script = models.CharField(max_length=200, blank=True)
    name_key = models.CharField(max_length=220, blank=True)
    kind = models.CharField(max_length=10, default="primary")
    date_of_birth = models.DateField(null=True)
    date_of_birth_text = models.CharField(max_length=20, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    country_of_birth = models.CharField(max_length=10, blank=True)
    citizenship = models.CharField(max_length=10, blank=True)
    citizenship_iso3 = models.CharField(max_length=3, blank=True)
    us_person = models.BooleanField(null=True)

    class Meta:
        indexes: ClassVar = fact_indexes("name_fact")

    class Sensitivity(FactSensitivity):
        personal = (
            "family_name",
            "given_name",
            "full_name_source_script",
            "name_key",
            "kind",
            "date_of_birth",
            "date_of_birth_text",
            "sex",
            "country_of_birth",
            "citizenship",
            "citizenship_iso3",
            "us_person",
        )


class IdentifierFact(FactBase):
    """`ingest.facts.Identifier`: sealed, with a blind index for exact look-up and the last four for the page."""

    kind = models.CharField(max_length=12)
    blind_index = models.BigIntegerField()  # of kind, country and normalized value
    sealed = models.BinaryField()  # under the shared scope `identifiers`
    last_four = models.CharField(max_length=4)
    country = models.CharField(max_length=10, blank=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [*fact_indexes("identifier"), models.Index(fields=["blind_index"], name="identifier_by_value")]

    class Sensitivity(FactSensitivity):
        public = (*FactSensitivity.public, "kind")
        personal = ("last_four", "country", "valid_from", "valid_until")
        restricted = ("sealed", "blind_index")


class LifeEventFact(FactBase):
    """`ingest.facts.LifeEvent`."""

    kind = models.CharField(max_length=20)
    occurred_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = fact_indexes("life_event")

    class Sensitivity(FactSensitivity):
        personal = ("kind", "occurred_on")


class EmploymentFact(FactBase):
    """`ingest.facts.Employment`."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", null=True)
    employer_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, blank=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    authorized = models.BooleanField(null=True)
    employer_address = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = fact_indexes("employment")

    class Sensitivity(FactSensitivity):
        personal = ("organization", "employer_name", "kind", "started_on", "ended_on", "authorized", "employer_address")


class VehicleFact(FactBase):
    """`ingest.facts.Vehicle`."""

    plate = models.CharField(max_length=20)
    state = models.CharField(max_length=2, blank=True)
    description = models.CharField(max_length=200, blank=True)
    last_seen = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [*fact_indexes("vehicle"), models.Index(fields=["plate"], name="vehicle_by_plate")]

    class Sensitivity(FactSensitivity):
        personal = ("plate", "state", "description", "last_seen")


class FinanceFact(FactBase):
    """`ingest.facts.Finance`."""

    kind = models.CharField(max_length=20)
    description = models.CharField(max_length=200, blank=True)
    amount_usd = models.BigIntegerField(null=True)
    occurred_on = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = fact_indexes("finance")

    class Sensitivity(FactSensitivity):
        personal = ("kind", "description", "amount_usd", "occurred_on")
