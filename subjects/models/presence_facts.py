"""Where the person is or was: admissions, departures, addresses, encounters."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from subjects.models.fact import FactBase, FactSensitivity, fact_indexes


class AdmissionFact(FactBase):
    """`ingest.facts.Admission`; the I-94, passport and visa numbers are identifier facts of the same row."""

    admission_key = models.BigIntegerField(null=True)  # blind index of the I-94
    admission_last_four = models.CharField(max_length=4, blank=True)
    passport_key = models.BigIntegerField(null=True)
    arrived_on = models.DateField()
    class_of_admission = models.CharField(max_length=8)
    admit_until = models.DateField(null=True)
    duration_of_status = models.BooleanField(default=False)
    admit_until_text = models.CharField(max_length=20, blank=True)
    port = models.CharField(max_length=10, blank=True)
    mode = models.CharField(max_length=8, default="unknown")
    carrier = models.CharField(max_length=40, blank=True)
    us_address_state = models.CharField(max_length=10, blank=True)
    source_says = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes: ClassVar = [*fact_indexes("admission"), models.Index(fields=["admission_key"], name="admission_by_i94")]

    class Sensitivity(FactSensitivity):
        personal = (
            "admission_last_four",
            "arrived_on",
            "class_of_admission",
            "admit_until",
            "duration_of_status",
            "admit_until_text",
            "port",
            "mode",
            "carrier",
            "us_address_state",
            "source_says",
        )
        restricted = ("admission_key", "passport_key")


class DepartureFact(FactBase):
    """`ingest.facts.Departure`."""

    admission_key = models.BigIntegerField(null=True)
    passport_key = models.BigIntegerField(null=True)
    departed_on = models.DateField()
    evidence = models.CharField(max_length=20)
    port = models.CharField(max_length=10, blank=True)
    mode = models.CharField(max_length=8, default="unknown")
    carrier = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes: ClassVar = [*fact_indexes("departure"), models.Index(fields=["admission_key"], name="departure_by_i94")]

    class Sensitivity(FactSensitivity):
        personal = ("departed_on", "evidence", "port", "mode", "carrier")
        restricted = ("admission_key", "passport_key")


class AddressFact(FactBase):
    """`ingest.facts.Address`."""

    line = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=80, blank=True)
    county = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    kind = models.CharField(max_length=16)
    first_seen = models.DateField(null=True)
    last_seen = models.DateField(null=True)
    confirmed = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            *fact_indexes("address"),
            # who else lives there: the link chart asks by the line among all standing addresses
            models.Index(fields=["line"], condition=models.Q(superseded_at=None, retracted_at=None), name="address_by_line"),
        ]

    class Sensitivity(FactSensitivity):
        personal = ("line", "city", "county", "state", "postal_code", "kind", "first_seen", "last_seen", "confirmed")


class EncounterFact(FactBase):
    """`ingest.facts.Encounter`, and what a field office reported as the outcome of a referral."""

    event_number = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    occurred_on = models.DateField()
    agency = models.CharField(max_length=40, blank=True)
    case_status = models.CharField(max_length=80, blank=True)
    in_custody = models.BooleanField(null=True)
    in_proceedings = models.BooleanField(null=True)
    final_order_on = models.DateField(null=True)
    departed_on = models.DateField(null=True)
    disposition = models.CharField(max_length=30, blank=True)
    basis = models.CharField(max_length=120, blank=True)
    watchlist = models.BooleanField(default=False)
    criminal = models.BooleanField(default=False)
    place = models.CharField(max_length=160, blank=True)

    class Meta:
        indexes: ClassVar = [*fact_indexes("encounter"), models.Index(fields=["event_number"], name="encounter_by_event")]

    class Sensitivity(FactSensitivity):
        personal = (
            "event_number",
            "kind",
            "occurred_on",
            "agency",
            "case_status",
            "in_custody",
            "in_proceedings",
            "final_order_on",
            "departed_on",
            "disposition",
            "basis",
            "watchlist",
            "criminal",
            "place",
        )
