"""Referrals through the API: what came to an office, and its answers; headquarters recalls."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from access.api import ACT_REFUSALS, CURSOR, READ_REFUSALS, UUID_PATTERN, DeskViewSet, cursor_of, given, next_page, uuid_of, who
from access.permissions import Permission
from access.policy import can
from audit.acts import Act
from audit.services import record
from leads.api.answers import FilesSerializer, ReferralDetailSerializer, ReferralPageSerializer, SafetySerializer
from leads.api.bodies import OutcomeBody, ReasonBody, ReturnBody, TransferBody, VersionBody
from leads.models import Referral
from leads.selectors.attachments import files_of_referral
from leads.selectors.referral import inbox_for, referral_detail_for, referral_for, referrals_for
from leads.services import answer
from leads.services.office import transfer_referral
from leads.services.referral import recall_referral
from leads.views.inbox import TABS

ID = OpenApiParameter("uuid", OpenApiTypes.UUID, OpenApiParameter.PATH)
STATE = OpenApiParameter("state", str, description="open, sent, accepted, out_of_date or done; open unless said.")
DONE = {200: ReferralDetailSerializer, **ACT_REFUSALS}


class ReferralViewSet(DeskViewSet):
    """Referrals: to the person's own office, or all of them for headquarters. An act answers with the referral as it then stands."""

    required_permission = Permission.VIEW_REFERRAL
    act_permissions = {
        "accept": Permission.ANSWER_REFERRAL,
        "take": Permission.ANSWER_REFERRAL,
        "acknowledge": Permission.ANSWER_REFERRAL,
        "safe": Permission.ANSWER_REFERRAL,
        "send_back": Permission.ANSWER_REFERRAL,
        "transfer": Permission.ANSWER_REFERRAL,
        "outcome": Permission.REPORT_OUTCOME,
        "recall": Permission.RECALL_REFERRAL,
    }
    queryset = Referral.objects.none()  # for the schema only; rows come from the selectors
    serializer_class = ReferralDetailSerializer
    lookup_field = "uuid"
    lookup_value_regex = UUID_PATTERN

    @extend_schema(parameters=[CURSOR, STATE], responses={200: ReferralPageSerializer, **READ_REFUSALS})
    def list(self, request: Request) -> Response:
        """One page of referrals, by key."""
        user = who(request)
        asked = request.query_params.get("state", "")
        source = referrals_for if can(user, Permission.RECALL_REFERRAL) else inbox_for
        page = source(user, now=timezone.now(), state=asked if asked in TABS else "open", cursor=cursor_of(request))
        record(Act.API_READ, object_kind="referral", results=[row.referral.uuid for row in page.rows])
        return Response(ReferralPageSerializer({"next": next_page(request, page.next_cursor), "results": page.rows}).data)

    @extend_schema(parameters=[ID], responses={200: ReferralDetailSerializer, **READ_REFUSALS})
    def retrieve(self, request: Request, uuid: str) -> Response:
        """One referral."""
        return self._as_it_stands(request, uuid_of(uuid))

    @extend_schema(parameters=[ID], responses={200: FilesSerializer, **READ_REFUSALS})
    @action(detail=True, methods=["get"], url_path="files")
    def attached(self, request: Request, uuid: str) -> Response:
        """The files of the referral: named by its packet, given by headquarters, added by the office."""
        referral = referral_for(who(request), uuid_of(uuid))
        files = files_of_referral(referral)
        record(
            Act.API_READ, object_kind="referral", object_uuid=referral.uuid, results=[referral.lead_uuid, *(each.uuid for each in files)]
        )
        shown = [{"file": each, "address": reverse("referral_file", args=[referral.uuid, each.uuid])} for each in files]
        return Response(FilesSerializer({"results": shown}).data)

    @extend_schema(parameters=[ID], request=VersionBody, responses=DONE)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, uuid: str) -> Response:
        """Accept the referral for the office."""
        return self._done(request, uuid, answer.accept_referral, VersionBody)

    @extend_schema(parameters=[ID], request=None, responses=DONE)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, uuid: str) -> Response:
        """Take it as one's own inside the office."""
        return self._done(request, uuid, answer.take_referral)

    @extend_schema(parameters=[ID], request=None, responses=DONE)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, uuid: str) -> Response:
        """Confirm to have read that the packet is out of date or recalled."""
        return self._done(request, uuid, answer.acknowledge_out_of_date)

    @extend_schema(parameters=[ID], request=ReturnBody, responses=DONE)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, uuid: str) -> Response:
        """Send the referral back to the desk."""
        return self._done(request, uuid, answer.return_referral, ReturnBody)

    @extend_schema(parameters=[ID], request=TransferBody, responses=DONE)
    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, uuid: str) -> Response:
        """Hand the referral to another office; answers with the referral that was handed on."""
        return self._done(request, uuid, transfer_referral, TransferBody)

    @extend_schema(parameters=[ID], request=OutcomeBody, responses=DONE)
    @action(detail=True, methods=["post"])
    def outcome(self, request: Request, uuid: str) -> Response:
        """Report what the office found; the same body sent twice makes one outcome."""
        return self._done(request, uuid, answer.report_outcome, OutcomeBody)

    @extend_schema(parameters=[ID], request=ReasonBody, responses=DONE)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, uuid: str) -> Response:
        """Take the referral back from the office."""
        return self._done(request, uuid, recall_referral, ReasonBody)

    @extend_schema(parameters=[ID], request=None, responses={200: SafetySerializer, **ACT_REFUSALS})
    @action(detail=True, methods=["post"])
    def safe(self, request: Request, uuid: str) -> Response:
        """Judge again on the newest facts: safe to act now? The answer has no content."""
        referral = referral_for(who(request), uuid_of(uuid))
        return Response(SafetySerializer(answer.safe_to_act(actor=who(request), referral=referral, now=timezone.now())).data)

    def _done(self, request: Request, uuid: str, act: Any, body: type[serializers.Serializer[Any]] | None = None) -> Response:
        referral = referral_for(who(request), uuid_of(uuid))
        words = given(body, request) if body else {}
        act(actor=who(request), referral=referral, now=timezone.now(), **words)
        return self._as_it_stands(request, referral.uuid)

    def _as_it_stands(self, request: Request, uuid: UUID) -> Response:
        detail = referral_detail_for(who(request), uuid, now=timezone.now())
        record(Act.API_READ, object_kind="referral", object_uuid=detail.referral.uuid, results=[detail.referral.lead_uuid])
        return Response(ReferralDetailSerializer(detail).data)
