"""The referral: a contract with one office, its packet and its outcome."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from access.models import AccessClass, Office, User
from leads.models.decision import Decision
from leads.models.lead import Lead
from leads.states import OutcomeCode, ReferralState, ReturnReason


class Referral(models.Model):
    """What an office sees of a lead. Name and date of birth are frozen copies: an office never reads the live subject."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="referrals")
    # scope of the key that seals packet and words: an office cannot read the lead itself
    lead_uuid = models.UUIDField(db_index=True)  # asked on each page of the audit log
    lead_number = models.CharField(max_length=12)
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=11, choices=ReferralState.choices, default=ReferralState.SENT)
    routing_reason = models.CharField(max_length=300)
    family_name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100, blank=True)
    full_name_source_script = models.CharField(max_length=200, blank=True)
    date_of_birth = models.DateField(null=True)
    why = models.CharField(max_length=200)
    risk = models.CharField(max_length=6, blank=True)
    evaluation_digest = models.CharField(max_length=64, blank=True)  # of what the packet says
    reliance_digest = models.CharField(
        max_length=64, blank=True, db_default=""
    )  # of where and who it says the person is; empty: not compared
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", null=True)  # what the sender saw
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    sent_at = models.DateTimeField()
    accept_due_on = models.DateField()
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    accepted_at = models.DateTimeField(null=True)
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    return_reason = models.CharField(max_length=16, choices=ReturnReason.choices, blank=True)
    answer_sealed = models.BinaryField(null=True)  # the words of a return or recall
    answered_at = models.DateTimeField(null=True)
    out_of_date_since = models.DateTimeField(null=True)
    out_of_date_because = models.CharField(max_length=300, blank=True)  # content-free sentence
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    acknowledged_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when the office was written to that its packet no longer holds
    escalated_at = models.DateTimeField(null=True)  # when the supervisors of both sides were, because nobody had read it
    transferred_from = models.OneToOneField("self", on_delete=models.PROTECT, related_name="transferred_to", null=True)
    version = models.IntegerField(default=0)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=ReferralState.values), name="referral_state_is_listed"),
            models.CheckConstraint(
                condition=models.Q(accepted_by=None, accepted_at=None) | models.Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="referral_accepted_by_and_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="returned") | ~models.Q(return_reason=""), name="referral_returned_with_reason"
            ),
            models.UniqueConstraint(fields=["lead"], condition=models.Q(state__in=["sent", "accepted"]), name="referral_open_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["access_class", "state", "accept_due_on", "id"], name="referral_inbox"),
            models.Index(fields=["lead", "-id"], name="referral_by_lead"),
            models.Index(
                fields=["out_of_date_since"],
                condition=models.Q(out_of_date_since__isnull=False, acknowledged_at=None),
                name="referral_unread",
            ),
        ]

    class Sensitivity:
        public = ("state", "office", "sent_at", "accept_due_on", "return_reason", "lead_number")
        internal = (
            "id",
            "uuid",
            "lead",
            "lead_uuid",
            "access_class",
            "routing_reason",
            "sent_by",
            "approved_by",
            "accepted_by",
            "accepted_at",
            "assigned_to",
            "answered_at",
            "out_of_date_since",
            "out_of_date_because",
            "acknowledged_by",
            "acknowledged_at",
            "told_at",
            "escalated_at",
            "transferred_from",
            "evaluation_digest",
            "reliance_digest",
            "decision",
            "version",
            "recorded_at",
        )
        personal = ("family_name", "given_name", "full_name_source_script", "date_of_birth", "why", "risk")
        restricted = ("answer_sealed",)

    def __str__(self) -> str:
        return f"referral {self.uuid}"


class Packet(models.Model):
    """The immutable packet: canonical JSON and PDF, sealed under the lead's data key, with plain digests."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="packet")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    json_sealed = models.BinaryField()
    json_sha256 = models.CharField(max_length=64)
    pdf_sealed = models.BinaryField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    do_not_rely_after = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Sensitivity:
        public = ("json_sha256", "pdf_sha256", "do_not_rely_after")
        internal = ("id", "uuid", "referral", "access_class", "recorded_at")
        restricted = ("json_sealed", "pdf_sealed")

    def __str__(self) -> str:
        return f"packet {self.uuid}"


class Outcome(models.Model):
    """What the office found; a fact that re-judges the lead at once. A form sent twice makes one outcome."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="outcome")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    code = models.CharField(max_length=12, choices=OutcomeCode.choices)
    occurred_on = models.DateField()
    disposition = models.CharField(max_length=10, blank=True)  # EID processing disposition code
    remarks_sealed = models.BinaryField(null=True)
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(code__in=OutcomeCode.values), name="outcome_code_is_listed"),
        ]

    class Sensitivity:
        public = ("code", "occurred_on", "disposition", "reported_at")
        internal = ("id", "uuid", "referral", "access_class", "reported_by", "recorded_at")
        restricted = ("remarks_sealed",)

    def __str__(self) -> str:
        return f"outcome {self.uuid}"


class RecallNotice(models.Model):
    """What an office still sees of a referral that moved into a compartment: the lead's number and that it must not act.

    No name, no reason, no compartment: whoever was told before is told to stop, and nothing else (8 USC 1367; 8 CFR 208.6).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="notice")
    access_class = models.ForeignKey(AccessClass, on_delete=models.PROTECT, related_name="+", db_column="class_id")
    packet_uuid = models.UUIDField(unique=True)
    lead_number = models.CharField(max_length=12)
    recalled_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["access_class", "-recalled_at"], name="recall_notice_by_class")]

    class Sensitivity:
        public = ("lead_number", "recalled_at")
        internal = ("id", "uuid", "referral", "access_class", "packet_uuid", "recorded_at")

    def __str__(self) -> str:
        return f"recall notice {self.uuid}"
