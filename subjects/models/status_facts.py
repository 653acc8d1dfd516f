"""What the person's status is: SEVIS records, benefit filings, visas."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from organizations.models import Organization
from subjects.models.fact import FactBase, FactSensitivity, fact_indexes


class StatusFact(FactBase):
    """`ingest.facts.StatusEvent`: the state of one SEVIS record as of one extract."""

    sevis_key = models.BigIntegerField()
    sevis_last_four = models.CharField(max_length=4, blank=True)
    status = models.CharField(max_length=12)
    class_of_admission = models.CharField(max_length=8)
    effective_on = models.DateField(null=True)
    reason_code = models.CharField(max_length=10, blank=True)
    failure_on = models.DateField(null=True)
    program_start = models.DateField(null=True)
    program_end = models.DateField(null=True)
    practical_training_end = models.DateField(null=True)
    registered_on = models.DateField(null=True)
    school_code = models.CharField(max_length=20, blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", null=True)
    education_level = models.CharField(max_length=10, blank=True)
    field_of_study = models.CharField(max_length=10, blank=True)
    correction_pending = models.BooleanField(default=False)
    reinstatement = models.CharField(max_length=10, blank=True)
    reinstatement_on = models.DateField(null=True)
    cap_gap = models.CharField(max_length=1, blank=True)
    cap_gap_until = models.DateField(null=True)
    transfer_to_key = models.BigIntegerField(null=True)
    principal_key = models.BigIntegerField(null=True)
    issued_on = models.DateField(null=True)  # of the newest form I-20 or DS-2019
    issued_hour = models.SmallIntegerField(null=True)  # 0-23, by the clock of the school

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(issued_on=None, issued_hour=None)
                | models.Q(issued_on__isnull=False, issued_hour__gte=0, issued_hour__lte=23),
                name="status_issued_on_a_day_in_an_hour",
            )
        ]
        indexes: ClassVar = [
            *fact_indexes("status"),
            models.Index(fields=["organization"], name="status_by_organization"),
            # whose stay ends with whose: asked with every row of a principal
            models.Index(fields=["principal_key"], condition=models.Q(principal_key__isnull=False), name="status_by_principal"),
        ]

    class Sensitivity(FactSensitivity):
        personal = (
            "sevis_last_four",
            "status",
            "class_of_admission",
            "effective_on",
            "reason_code",
            "failure_on",
            "program_start",
            "program_end",
            "practical_training_end",
            "registered_on",
            "school_code",
            "organization",
            "education_level",
            "field_of_study",
            "correction_pending",
            "reinstatement",
            "reinstatement_on",
            "cap_gap",
            "cap_gap_until",
            "issued_on",
            "issued_hour",
        )
        restricted = ("sevis_key", "transfer_to_key", "principal_key")


class FilingFact(FactBase):
    """`ingest.facts.BenefitFiling`."""

    receipt_key = models.BigIntegerField()
    receipt_last_four = models.CharField(max_length=4, blank=True)
    form = models.CharField(max_length=12)
    received_on = models.DateField()
    status = models.CharField(max_length=10)
    method = models.CharField(max_length=8, default="unknown")
    basis = models.CharField(max_length=20, blank=True)
    requested_class = models.CharField(max_length=8, blank=True)
    decided_on = models.DateField(null=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    late_filing_excused = models.BooleanField(default=False)
    denial_frivolous_or_unauthorized_work = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = fact_indexes("filing")

    class Sensitivity(FactSensitivity):
        personal = (
            "receipt_last_four",
            "form",
            "received_on",
            "status",
            "method",
            "basis",
            "requested_class",
            "decided_on",
            "valid_from",
            "valid_until",
            "late_filing_excused",
            "denial_frivolous_or_unauthorized_work",
        )
        restricted = ("receipt_key",)


class VisaFact(FactBase):
    """`ingest.facts.VisaEvent`."""

    foil_key = models.BigIntegerField(null=True)
    foil_last_four = models.CharField(max_length=4, blank=True)
    action = models.CharField(max_length=24)
    occurred_on = models.DateField()
    visa_class = models.CharField(max_length=8, blank=True)
    effective_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    post = models.CharField(max_length=10, blank=True)
    basis = models.CharField(max_length=80, blank=True)
    effective_on_departure = models.BooleanField(default=False)
    evus = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = fact_indexes("visa")

    class Sensitivity(FactSensitivity):
        personal = (
            "foil_last_four",
            "action",
            "occurred_on",
            "visa_class",
            "effective_on",
            "expires_on",
            "post",
            "basis",
            "effective_on_departure",
            "evus",
        )
        restricted = ("foil_key",)
