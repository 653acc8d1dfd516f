"""Files attached to a lead."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User
from leads.models.lead import Lead
from leads.models.referral import Referral
from leads.models.work import SystemCheck


class Attachment(models.Model):
    """A file that a person attached: its row; the content lies sealed under the lead's key in `ATTACHMENT_DIR`.

    Read by headquarters, or by headquarters and the office that has the referral, as notes are. It cannot be changed or taken
    back: it leaves with its lead.
    """

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        PNG = "png", "PNG picture"
        JPEG = "jpeg", "JPEG picture"
        TEXT = "text", "Plain text"

    class Scan(models.TextChoices):
        CLEAN = "clean", "scanned"
        NOT_ASKED = "not_asked", "not scanned"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="attachments")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    audience = models.CharField(max_length=6, choices=[("hq", "Headquarters"), ("office", "Headquarters and the office")])
    check_entered = models.ForeignKey(
        SystemCheck, on_delete=models.PROTECT, related_name="attachments", null=True
    )  # what it is evidence of
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="attachments", null=True)  # with which it came or went
    copy_of = models.ForeignKey("self", on_delete=models.PROTECT, related_name="copies", null=True)  # what its packet names went as a copy
    kind = models.CharField(max_length=4, choices=Kind.choices)
    size_bytes = models.IntegerField()
    sha256 = models.CharField(max_length=64)  # of the content as it was attached
    stored_as = models.CharField(max_length=32, unique=True)  # random name of its file
    name_sealed = models.BinaryField()  # as the person's file was called
    about_sealed = models.BinaryField(null=True)  # what it shows, in the person's words
    scan = models.CharField(max_length=9, choices=Scan.choices)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(audience__in=["hq", "office"]), name="attachment_audience_is_listed"),
            models.CheckConstraint(condition=models.Q(kind__in=["pdf", "png", "jpeg", "text"]), name="attachment_kind_is_listed"),
            models.CheckConstraint(condition=models.Q(scan__in=["clean", "not_asked"]), name="attachment_passed_its_scan"),
            models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="attachment_has_content"),
            models.CheckConstraint(condition=models.Q(stored_as__regex=r"^[0-9a-f]{32}$"), name="attachment_name_is_random"),
            models.CheckConstraint(condition=models.Q(referral=None) | models.Q(audience="office"), name="attachment_referral_is_office"),
            models.CheckConstraint(condition=models.Q(copy_of=None) | models.Q(referral__isnull=False), name="attachment_copy_goes_out"),
            # the same form sent twice makes one; what an office sends meets only what came or went with the same referral
            models.UniqueConstraint(
                fields=["lead", "sha256", "audience", "check_entered", "referral"], nulls_distinct=False, name="attachment_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["lead", "-id"], name="attachment_by_lead")]

    class Sensitivity:
        internal = (
            "id",
            "uuid",
            "lead",
            "access_class",
            "audience",
            "check_entered",
            "referral",
            "copy_of",
            "kind",
            "size_bytes",
            "stored_as",
            "scan",
            "added_by",
            "added_at",
            "recorded_at",
        )
        personal = ("sha256",)
        restricted = ("name_sealed", "about_sealed")

    def __str__(self) -> str:
        return f"attachment {self.uuid}"
