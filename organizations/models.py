"""Outside bodies named in the data (our own offices are in `access`), and the people who run them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass
from ingest.models import SourceRow


class Organization(models.Model):
    """A school, an exchange program or an employer, by its own code (school code, program number) or by name."""

    class Kind(models.TextChoices):
        SCHOOL = "school", "School"
        PROGRAM = "program", "Exchange program"
        EMPLOYER = "employer", "Employer"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200)  # normalized name: an employer has no code
    school_type = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    certified_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    accreditation = models.CharField(max_length=200, blank=True)
    operating_authority = models.CharField(max_length=200, blank=True)
    student_capacity = models.IntegerField(null=True)  # as stated for the certification
    students_enrolled = models.IntegerField(null=True)  # all of them, as its source counts; not those who are records here
    source_row = models.ForeignKey(SourceRow, on_delete=models.PROTECT, related_name="+", null=True)
    as_of = models.DateTimeField(null=True)  # of the extract that last described it
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("name", "id")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=["school", "program", "employer"]), name="organization_kind_is_listed"),
            models.CheckConstraint(
                condition=models.Q(student_capacity=None) | models.Q(student_capacity__gte=0), name="organization_capacity_is_a_number"
            ),
            models.CheckConstraint(
                condition=models.Q(students_enrolled=None) | models.Q(students_enrolled__gte=0), name="organization_enrolled_is_a_number"
            ),
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="organization_code_once"),
            models.UniqueConstraint(fields=["kind", "name_key"], condition=models.Q(code=""), name="organization_name_once"),
        ]

    class Sensitivity:
        public = (
            "kind",
            "code",
            "name",
            "school_type",
            "address",
            "city",
            "state",
            "postal_code",
            "phone",
            "certified_on",
            "withdrawn_on",
            "accreditation",
            "operating_authority",
            "student_capacity",
            "students_enrolled",
            "as_of",
        )
        internal = ("id", "uuid", "access_class", "name_key", "source_row", "recorded_at")

    def __str__(self) -> str:
        return f"organization {self.uuid}"


class Official(models.Model):
    """A person who runs a school or program, with only the elements that the notice lists for officials."""

    class Role(models.TextChoices):
        PDSO = "pdso", "Principal designated school official"
        DSO = "dso", "Designated school official"
        RO = "ro", "Responsible officer"
        ARO = "aro", "Alternate responsible officer"
        EXECUTIVE = "executive", "Chief executive"
        COUNSEL = "counsel", "Legal counsel"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="officials")
    role = models.CharField(max_length=10, choices=Role.choices)
    family_name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100)
    aliases = models.CharField(max_length=300, blank=True)
    sevis_official_id = models.CharField(max_length=30, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    date_of_birth = models.DateField(null=True)
    country_of_birth = models.CharField(max_length=10, blank=True)
    citizenship = models.CharField(max_length=10, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    identifiers_sealed = models.BinaryField(null=True)
    source_row = models.ForeignKey(SourceRow, on_delete=models.PROTECT, related_name="+", null=True)
    as_of = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)  # since when the description that stands names this official no more
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role__in=["pdso", "dso", "ro", "aro", "executive", "counsel"]), name="official_role_is_listed"
            ),
            models.UniqueConstraint(
                fields=["organization", "role", "family_name", "given_name", "sevis_official_id"],
                condition=models.Q(superseded_at=None),
                name="official_once",
            ),
        ]

    class Sensitivity:
        public = ("role",)
        internal = ("id", "uuid", "access_class", "organization", "source_row", "as_of", "superseded_at", "recorded_at")
        personal = (
            "family_name",
            "given_name",
            "aliases",
            "sevis_official_id",
            "sex",
            "date_of_birth",
            "country_of_birth",
            "citizenship",
            "contact",
        )
        restricted = ("identifiers_sealed",)

    def __str__(self) -> str:
        return f"official {self.uuid}"
