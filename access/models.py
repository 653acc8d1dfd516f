"""People, offices, roles, clearances, and the access classes that rows carry."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Office(models.Model):
    """One of our own offices, with the days on which it existed; old referrals keep the office that existed then."""

    class Kind(models.TextChoices):
        HEADQUARTERS = "hq", "Headquarters"
        HSI = "hsi", "HSI field office"
        ERO = "ero", "ERO field office"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    code = models.CharField(max_length=20, unique=True)  # HSI-BOS, ERO-BOS, HQ-CTCEU
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=3, choices=Kind.choices)
    city = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("code",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=["hq", "hsi", "ero"]), name="office_kind_is_listed"),
        ]

    class Sensitivity:
        public = ("code", "name", "kind", "city", "phone", "valid_from", "valid_until")
        internal = ("id", "uuid")

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person with an account, or a named service actor. Never deleted: deactivated."""

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        SERVICE = "service", "Service"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.PERSON)
    display_name = models.CharField(max_length=100, blank=True)
    team = models.CharField(max_length=40, blank=True)
    shortcuts_on = models.BooleanField(default=True)
    queue_columns = models.CharField(max_length=200, blank=True, db_default="")  # chosen by the person (leads.columns); empty: of the role
    notice_accepted_at = models.DateTimeField(null=True, blank=True)
    demonstration = models.BooleanField(default=False)
    opened_at = models.DateTimeField(db_default=Now())  # made, or opened again: from here an account that nobody uses counts its days

    must_change_password = models.BooleanField(default=False)  # somebody else has chosen the present one
    closes_at = models.DateTimeField(null=True, blank=True)  # a temporary account closes by itself, and who leaves with the last day
    temporary = models.BooleanField(default=False)
    home_index = models.BigIntegerField(null=True, blank=True)  # keyed hash of the home address (`access.home`)

    class Meta(AbstractUser.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=["person", "service"]), name="user_kind_is_listed"),
        ]

    class Sensitivity:
        public = ("display_name", "team", "kind")
        internal = (
            "id",
            "uuid",
            "password",
            "last_login",
            "is_superuser",
            "is_staff",
            "is_active",
            "date_joined",
            "shortcuts_on",
            "queue_columns",
            "notice_accepted_at",
            "demonstration",
            "opened_at",
            "must_change_password",
            "closes_at",
            "temporary",
            "groups",
            "user_permissions",
        )
        personal = ("username", "first_name", "last_name", "email")
        restricted = ("home_index",)

    def __str__(self) -> str:
        return f"user {self.uuid}"

    @property
    def label(self) -> str:
        """The name that colleagues see."""
        return self.display_name or self.username


class Leaver(models.Model):
    """A supervisor's word that a colleague leaves or changes duties, until an administrator has dealt with it."""

    class Kind(models.TextChoices):
        LEAVES = "leaves", "Leaves the agency"
        CHANGES = "changes", "Changes duties"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    last_day = models.DateField()
    reason = models.CharField(max_length=300)
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=["leaves", "changes"]), name="leaver_kind_is_listed"),
            models.CheckConstraint(condition=~models.Q(user=models.F("told_by")), name="leaver_is_told_of_by_another"),
            models.CheckConstraint(
                condition=models.Q(settled_by=None, settled_at=None) | models.Q(settled_by__isnull=False, settled_at__isnull=False),
                name="leaver_settled_whole",
            ),
            models.UniqueConstraint(fields=["user"], condition=models.Q(settled_at=None), name="leaver_told_of_once"),
        ]

    class Sensitivity:
        internal = ("id", "user", "kind", "last_day", "reason", "told_by", "told_at", "settled_by", "settled_at")

    def __str__(self) -> str:
        return f"user {self.user_id} {self.kind}"


class RoleRecord(models.Model):
    """The database's copy of a role class (kept by `sync_roles`): what row-level security needs of it."""

    code = models.CharField(max_length=30, primary_key=True)
    audiences = ArrayField(models.CharField(max_length=10), default=list)
    own_office = models.BooleanField(default=False)
    reads_audit = models.BooleanField(default=False)

    class Sensitivity:
        public = ("code", "audiences", "own_office", "reads_audit")

    def __str__(self) -> str:
        return self.code


class Given(models.Model):
    """Who gave something to whom, why, and until when."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="%(class)ss")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)  # null: set up by the system
    granted_at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=300)
    until = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    class Sensitivity:
        internal = ("id", "user", "granted_by", "granted_at", "reason", "until", "revoked_at")


class RoleGrant(Given):
    """A role that a person holds."""

    role = models.ForeignKey(RoleRecord, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "role"], condition=models.Q(revoked_at=None), name="role_granted_once"),
        ]

    class Sensitivity(Given.Sensitivity):
        public = ("role",)

    def __str__(self) -> str:
        return f"{self.role_id} for user {self.user_id}"


class Membership(Given):
    """The office where a person works."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "office"], condition=models.Q(revoked_at=None), name="member_once"),
        ]

    class Sensitivity(Given.Sensitivity):
        public = ("office",)

    def __str__(self) -> str:
        return f"user {self.user_id} at office {self.office_id}"


class Compartment(models.Model):
    """A marking that only cleared people see through; a row with several needs all of them."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=100)
    authority = models.CharField(max_length=200, blank=True)

    class Sensitivity:
        public = ("code", "name", "authority")
        internal = ("id",)

    def __str__(self) -> str:
        return self.code


class Clearance(Given):
    """A person's permission for one compartment."""

    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "compartment"], condition=models.Q(revoked_at=None), name="cleared_once"),
        ]

    class Sensitivity(Given.Sensitivity):
        public = ("compartment",)

    def __str__(self) -> str:
        return f"user {self.user_id} cleared for {self.compartment_id}"


class AccessClass(models.Model):
    """One distinct combination of audience, office, compartments and phase; every protected row names one."""

    audience = models.CharField(max_length=10)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", null=True)
    compartments = ArrayField(models.IntegerField(), default=list)  # sorted ids
    phase = models.CharField(max_length=10, default="live")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["audience", "office", "compartments", "phase"], nulls_distinct=False, name="access_class_is_interned"
            ),
            models.CheckConstraint(
                condition=models.Q(audience__in=["hq", "office", "records", "intake"]), name="access_class_audience_is_listed"
            ),
            models.CheckConstraint(condition=models.Q(phase__in=["live", "archived"]), name="access_class_phase_is_listed"),
        ]

    class Sensitivity:
        internal = ("id", "audience", "office", "compartments", "phase")

    def __str__(self) -> str:
        return f"class {self.pk}"


class UserSight(models.Model):
    """What the one resolver found for a user: their classes and roles, and until when that holds.

    One row a user with the classes as an array: a query reads one row instead of thousands (docs/adr/0005).
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="+")
    classes = ArrayField(models.IntegerField(), default=list)
    roles = ArrayField(models.CharField(max_length=30), default=list)
    reads_audit = models.BooleanField(default=False)
    valid_until = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(db_default=Now())

    class Sensitivity:
        internal = ("user", "classes", "roles", "reads_audit", "valid_until", "refreshed_at")

    def __str__(self) -> str:
        return f"sight of user {self.user_id}"
