"""The accounting of disclosures (5 U.S.C. 552a(c)): what of a person's record left the agency, when, why, and to whom."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, User


class Disclosure(models.Model):
    """One disclosure. Its words (nature, purpose, recipient, address) have a key of their own, which the person's does not take along.

    Kept until the later of `kept_until`, five years after the disclosure, and the end of the person's record (552a(c)(2)).
    """

    class Use(models.TextChoices):
        A = "A", "A: Department of Justice or a tribunal, litigation"
        B = "B", "B: congressional office, at the person's request"
        C = "C", "C: National Archives or General Services Administration, inspection"
        D = "D", "D: audit or oversight"
        E = "E", "E: response to a breach"
        F = "F", "F: contractor"
        G = "G", "G: indication of a violation of law, to whoever enforces it"
        H = "H", "H: hiring, clearance, license, grant or benefit"
        I = "I", "I: law-enforcement coordination"  # noqa: E741  # the notice's letter
        J = "J", "J: international arrangement"
        K = "K", "K: intelligence"
        L = "L", "L: target of terrorism"
        M = "M", "M: third party, to obtain information"
        N = "N", "N: media or public, approved by the Chief Privacy Officer"
        CONSENT = "consent", "The person's own written consent"
        COURT = "court", "Order of a court, 552a(b)(11)"
        REQUEST = "request", "Written request of an agency's head, 552a(b)(7)"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    subject_uuid = models.UUIDField(db_index=True)  # no foreign key: the accounting may outlive the record
    basis = models.CharField(max_length=7, choices=Use.choices)
    disclosed_on = models.DateField()
    approved_in_writing = models.BooleanField(default=False)  # of the Chief Privacy Officer: N only
    words_sealed = models.BinaryField()
    kept_until = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)  # a second person: N only
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-disclosed_on", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(basis__in=[*"ABCDEFGHIJKLMN", "consent", "court", "request"]), name="disclosure_basis_is_listed"
            ),
            models.CheckConstraint(
                condition=~models.Q(basis="N") | models.Q(approved_in_writing=True), name="disclosure_to_public_is_approved"
            ),
            models.CheckConstraint(condition=models.Q(kept_until__gt=models.F("disclosed_on")), name="disclosure_is_kept_after_its_day"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None, confirmed_at=None)
                | (models.Q(confirmed_at__isnull=False, basis="N") & ~models.Q(confirmed_by=models.F("recorded_by"))),
                name="disclosure_to_public_is_confirmed_by_another",
            ),
        ]

    class Sensitivity:
        public = ("basis", "disclosed_on", "approved_in_writing", "kept_until")
        internal = ("id", "uuid", "access_class", "subject_uuid", "recorded_by", "recorded_at", "confirmed_by", "confirmed_at")
        restricted = ("words_sealed",)

    def __str__(self) -> str:
        return f"disclosure {self.uuid}"

    @property
    def unconfirmed(self) -> bool:
        """Whether it is to the public and no second privacy officer has seen the written approval."""
        return self.basis == self.Use.N and self.confirmed_by_id is None
