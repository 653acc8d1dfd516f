"""What the acts of the API take. `version` is the one that the caller last read: an act on an older one is refused."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.models import Office
from access.selectors import offices_on
from leads.forms import NOTE_LENGTH, REASON_LENGTH, SYSTEM_REASONS
from leads.states import CloseReason, OutcomeCode, ReturnReason

BY_HAND = [(value, label) for value, label in CloseReason.choices if value not in SYSTEM_REASONS]


class VersionBody(serializers.Serializer[object]):
    """The version that the caller last read."""

    version = serializers.IntegerField(min_value=0, max_value=2_147_483_647)


class ReasonBody(VersionBody):
    """An act with a reason in words."""

    reason = serializers.CharField(max_length=REASON_LENGTH)


class CloseBody(ReasonBody):
    """Close with a reason from the list; the words may stay empty."""

    close_reason = serializers.ChoiceField(choices=BY_HAND)
    reason = serializers.CharField(max_length=REASON_LENGTH, required=False, allow_blank=True, default="")


class HoldBody(ReasonBody):
    """Hold until a day that lies ahead."""

    until = serializers.DateField()


class NoteBody(serializers.Serializer[object]):
    """A note, or a new version of one's own."""

    text = serializers.CharField(max_length=NOTE_LENGTH)
    audience = serializers.ChoiceField(choices=[("hq", "Headquarters"), ("office", "Headquarters and the office")], default="hq")
    replaces = serializers.UUIDField(required=False, allow_null=True, default=None)


class ReturnBody(VersionBody):
    """Send a referral back."""

    return_reason = serializers.ChoiceField(choices=ReturnReason.choices)
    words = serializers.CharField(max_length=REASON_LENGTH)


@extend_schema_field(OpenApiTypes.STR)
class OfficeField(serializers.SlugRelatedField[Office]):
    """An office that exists today, by its code."""

    def get_queryset(self) -> QuerySet[Office]:
        """The offices of today."""
        return offices_on(timezone.now().date())


class TransferBody(ReasonBody):
    """Hand a referral to another office, by its code."""

    office = OfficeField(slug_field="code")


class OutcomeBody(VersionBody):
    """What the office found. The same body sent twice makes one outcome."""

    code = serializers.ChoiceField(choices=OutcomeCode.choices)
    occurred_on = serializers.DateField()
    remarks = serializers.CharField(max_length=REASON_LENGTH, required=False, allow_blank=True, default="")
