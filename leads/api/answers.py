"""What the API gives out, field by field. Identifiers never leave whole; sentences are those of the pages."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from leads.models import Lead


class QueueRowSerializer(serializers.Serializer[object]):
    """A lead as the queue lists it."""

    number = serializers.CharField()
    state = serializers.CharField()
    name = serializers.CharField()
    birth_year = serializers.IntegerField(allow_null=True)
    citizenship = serializers.CharField()
    organization_name = serializers.CharField()
    why = serializers.CharField()
    rule_title = serializers.CharField()
    presence = serializers.CharField()
    risk = serializers.CharField()
    risk_points = serializers.IntegerField()
    blocking_signs = serializers.IntegerField()
    clock_due_on = serializers.DateField(allow_null=True)
    owner = serializers.CharField()
    office_name = serializers.CharField()
    as_of = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()


@extend_schema_serializer(many=False)
class QueuePageSerializer(serializers.Serializer[object]):
    """One page of the queue; `next` is the address of the page after it."""

    next = serializers.CharField(allow_null=True)
    results = QueueRowSerializer(many=True)


class RebuttalSerializer(serializers.Serializer[object]):
    """Evidence in the person's favor."""

    sentence = serializers.CharField()
    effect = serializers.CharField()
    strength = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not the option of DRF


class VerdictSerializer(serializers.Serializer[object]):
    """What one rule says about one matter."""

    rule_id = serializers.CharField()
    rule_title = serializers.CharField()
    rule_version = serializers.CharField()
    outcome = serializers.CharField()
    sentence = serializers.CharField()
    as_of = serializers.DateField()
    holds_from = serializers.DateField(allow_null=True)
    next_change_on = serializers.DateField(allow_null=True)
    rebuttals = RebuttalSerializer(many=True)


class StopSignSerializer(serializers.Serializer[object]):
    """What must be looked at first."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    blocking = serializers.BooleanField()
    stops = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not the option of DRF
    checked_on = serializers.DateField(allow_null=True)
    age_days = serializers.IntegerField(allow_null=True)
    overridden_by = serializers.CharField()


class LineSerializer(serializers.Serializer[object]):
    """One named reason of a judgement."""

    sentence = serializers.CharField()
    points = serializers.IntegerField()


class JudgementSerializer(serializers.Serializer[object]):
    """Presence or risk with its parts."""

    band = serializers.CharField()
    points = serializers.IntegerField()
    lines = LineSerializer(many=True)
    would_change = serializers.ListField(child=serializers.CharField())
    measured = serializers.CharField()


class FreshnessSerializer(serializers.Serializer[object]):
    """How old a source's word is."""

    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not the option of DRF
    as_of = serializers.DateField(allow_null=True)
    stale = serializers.BooleanField()


class PictureSerializer(serializers.Serializer[object]):
    """The judgement that the lead's page shows."""

    headline = serializers.CharField()
    as_of = serializers.DateField(allow_null=True)
    verdicts = VerdictSerializer(many=True)
    stop_signs = StopSignSerializer(many=True)
    presence = JudgementSerializer()
    risk = JudgementSerializer()
    sources = FreshnessSerializer(many=True)
    identity_strength = serializers.CharField()
    us_person = serializers.BooleanField(allow_null=True)
    evaluation_digest = serializers.CharField()


class MaskedIdentifierSerializer(serializers.Serializer[object]):
    """An identifier, masked to its last four."""

    kind = serializers.CharField()
    last4 = serializers.CharField()


class PersonSerializer(serializers.Serializer[object]):
    """The subject as the lead's page names them."""

    family_name = serializers.CharField()
    given_name = serializers.CharField()
    full_name_source_script = serializers.CharField()
    date_of_birth = serializers.DateField(allow_null=True)
    citizenship = serializers.CharField()


class LeadFieldsSerializer(serializers.ModelSerializer[Lead]):
    """The lead's own columns."""

    office = serializers.CharField(source="office.code", allow_null=True, default=None)

    class Meta:
        model = Lead
        fields = (
            "number",
            "state",
            "state_since",
            "close_reason",
            "hold_until",
            "office",
            "why",
            "rule_id",
            "over_since",
            "clock_due_on",
            "record_created_on",
            "version",
        )


class LeadDetailSerializer(serializers.Serializer[object]):
    """A lead with its judgement."""

    lead = LeadFieldsSerializer()
    person = PersonSerializer(source="subject", allow_null=True)
    identifiers = MaskedIdentifierSerializer(many=True)
    picture = PictureSerializer()
    referrals = serializers.ListField(child=serializers.UUIDField())


class ReferralRowSerializer(serializers.Serializer[object]):
    """A referral as the lists show it."""

    uuid = serializers.UUIDField(source="referral.uuid")
    lead_number = serializers.CharField(source="referral.lead_number")
    state = serializers.CharField(source="referral.state")
    office = serializers.CharField(source="referral.office.code")
    name = serializers.CharField()
    date_of_birth = serializers.DateField(source="referral.date_of_birth", allow_null=True)
    why = serializers.CharField(source="referral.why")
    risk = serializers.CharField(source="referral.risk")
    sent_at = serializers.DateTimeField(source="referral.sent_at")
    accept_due_on = serializers.DateField(source="referral.accept_due_on")
    overdue = serializers.BooleanField()
    out_of_date = serializers.BooleanField()
    packet = serializers.UUIDField(source="packet_uuid", allow_null=True)


@extend_schema_serializer(many=False)
class ReferralPageSerializer(serializers.Serializer[object]):
    """One page of referrals; `next` is the address of the page after it."""

    next = serializers.CharField(allow_null=True)
    results = ReferralRowSerializer(many=True)


class ReferralDetailSerializer(serializers.Serializer[object]):
    """A referral with what its packet is worth today. The packet itself is a file: its download is an act of its own."""

    uuid = serializers.UUIDField(source="referral.uuid")
    lead_number = serializers.CharField(source="referral.lead_number")
    state = serializers.CharField(source="referral.state")
    office = serializers.CharField(source="referral.office.code")
    family_name = serializers.CharField(source="referral.family_name")
    given_name = serializers.CharField(source="referral.given_name")
    date_of_birth = serializers.DateField(source="referral.date_of_birth", allow_null=True)
    why = serializers.CharField(source="referral.why")
    risk = serializers.CharField(source="referral.risk")
    sent_at = serializers.DateTimeField(source="referral.sent_at")
    accept_due_on = serializers.DateField(source="referral.accept_due_on")
    return_reason = serializers.CharField(source="referral.return_reason")
    version = serializers.IntegerField(source="referral.version")
    packet = serializers.UUIDField(source="packet.uuid")
    packet_sha256 = serializers.CharField(source="packet.json_sha256")
    do_not_rely_after = serializers.DateField(source="packet.do_not_rely_after")
    status = serializers.CharField()
    status_words = serializers.CharField()
    deconfliction = serializers.CharField()
    outcome = serializers.CharField(source="outcome.code", allow_null=True, default=None)


class FileSerializer(serializers.Serializer[object]):
    """A file of a lead or a referral; the content is at `address`, for the same session, and each download is on record."""

    uuid = serializers.UUIDField(source="file.uuid")
    name = serializers.CharField(source="file.name")
    about = serializers.CharField(source="file.about")
    kind = serializers.CharField(source="file.kind")
    size_bytes = serializers.IntegerField(source="file.size_bytes")
    sha256 = serializers.CharField(source="file.sha256")
    scan = serializers.CharField(source="file.scan")
    added_by = serializers.CharField(source="file.author")
    added_at = serializers.DateTimeField(source="file.added_at")
    office = serializers.CharField(source="file.office", help_text="The office that sent it, by name; empty: headquarters.")
    readers = serializers.CharField(source="file.readers")
    in_packet = serializers.BooleanField(source="file.in_packet", help_text="Whether the packet of the referral names it.")
    address = serializers.CharField()


class FilesSerializer(serializers.Serializer[object]):
    """The files that the reader may open, the newest first."""

    results = FileSerializer(many=True)


class SafetySerializer(serializers.Serializer[object]):
    """Whether to act now: yes, no or changed; when it was asked, up to which day the facts reach."""

    answer = serializers.CharField()
    words = serializers.CharField()
    asked_at = serializers.DateTimeField()
    as_of = serializers.DateField(allow_null=True)
