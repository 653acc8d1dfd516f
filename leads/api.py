"""The read-only API: the pages' own selectors and permissions, one event a request, fields listed by name."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from access.models import User
from access.permissions import Permission
from access.policy import can
from audit.acts import Act
from audit.services import record
from foundation.errors import NotFound
from leads.models import Lead, Referral
from leads.selectors.lead import lead_detail_for
from leads.selectors.queue import QueueFilter, queue_for
from leads.selectors.referral import inbox_for, referral_detail_for, referrals_for
from leads.serializers import (
    LeadDetailSerializer,
    QueuePageSerializer,
    ReferralDetailSerializer,
    ReferralPageSerializer,
)
from leads.views.identifiers import masked_identifiers
from leads.views.inbox import TABS as REFERRAL_STATES

CURSOR_LENGTH = 300
CURSOR = OpenApiParameter("cursor", str, description="Opaque: take it from `next` of the page before.")


def _text(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=description)


class LeadViewSet(GenericViewSet[Lead]):
    """Leads that the signed-in person may see."""

    required_permission = Permission.VIEW_LEAD
    queryset = Lead.objects.none()  # for the schema only; rows come from the selectors
    serializer_class = LeadDetailSerializer  # type: ignore[assignment]  # it writes a detail, not the model
    lookup_field = "number"
    lookup_value_regex = r"[A-Za-z0-9-]+"

    @extend_schema(
        parameters=[
            CURSOR,
            _text("state", "A state of a lead, `cleared` or `closed`; empty: every open state."),
            _text("rule", "The id of a rule."),
            _text("risk", "high, medium or low."),
            _text("presence", "likely, possible or unlikely."),
            _text("clock", "overdue, today or week."),
            _text("office", "The code of an office."),
            _text("sort", "clock, risk or age."),
        ],
        responses=QueuePageSerializer,
    )
    def list(self, request: Request) -> Response:
        """One page of leads, by key."""
        page = queue_for(_who(request), QueueFilter.from_query(request.query_params), now=timezone.now(), cursor=_cursor(request))
        record(Act.API_READ, object_kind="lead", results=[row.uuid for row in page.rows])
        return Response(QueuePageSerializer({"next": _next(request, page.next_cursor), "results": page.rows}).data)

    @extend_schema(parameters=[OpenApiParameter("number", str, OpenApiParameter.PATH)], responses=LeadDetailSerializer)
    def retrieve(self, request: Request, number: str) -> Response:
        """One lead with its judgement."""
        user = _who(request)
        detail = lead_detail_for(user, number, now=timezone.now())
        record(Act.API_READ, object_kind="lead", object_uuid=detail.lead.uuid)
        given = {
            "lead": detail.lead,
            "subject": detail.subject,
            "identifiers": masked_identifiers(user, detail.subject),
            "picture": detail.picture,
            "referrals": [referral.uuid for referral in detail.referrals],
        }
        return Response(LeadDetailSerializer(given).data)


class ReferralViewSet(GenericViewSet[Referral]):
    """Referrals: to the person's own office, or all of them for headquarters."""

    required_permission = Permission.VIEW_REFERRAL
    queryset = Referral.objects.none()
    serializer_class = ReferralDetailSerializer  # type: ignore[assignment]  # it writes a detail, not the model
    lookup_field = "uuid"
    lookup_value_regex = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

    @extend_schema(
        parameters=[CURSOR, _text("state", "open, sent, accepted, out_of_date or done; open unless said.")],
        responses=ReferralPageSerializer,
    )
    def list(self, request: Request) -> Response:
        """One page of referrals, by key."""
        user = _who(request)
        given = request.query_params.get("state", "")
        state = given if given in REFERRAL_STATES else "open"
        source = referrals_for if can(user, Permission.RECALL_REFERRAL) else inbox_for
        page = source(user, now=timezone.now(), state=state, cursor=_cursor(request))
        record(Act.API_READ, object_kind="referral", results=[row.referral.uuid for row in page.rows])
        return Response(ReferralPageSerializer({"next": _next(request, page.next_cursor), "results": page.rows}).data)

    @extend_schema(parameters=[OpenApiParameter("uuid", OpenApiTypes.UUID, OpenApiParameter.PATH)], responses=ReferralDetailSerializer)
    def retrieve(self, request: Request, uuid: str) -> Response:
        """One referral."""
        detail = referral_detail_for(_who(request), _uuid(uuid), now=timezone.now())
        record(Act.API_READ, object_kind="referral", object_uuid=detail.referral.uuid)
        return Response(ReferralDetailSerializer(detail).data)


class SchemaView(SpectacularAPIView):
    """The OpenAPI document; it says nothing about any record."""

    required_permission = Permission.SIGNED_IN

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The document, and the event that it was read."""
        record(Act.PAGE, object_kind="schema")
        return cast(Response, super().get(request, *args, **kwargs))  # type: ignore[no-untyped-call]  # drf-spectacular's own


def _who(request: Request) -> User:
    return cast(User, request.user)


def _cursor(request: Request) -> str:
    return request.query_params.get("cursor", "")[:CURSOR_LENGTH]


def _next(request: Request, cursor: str) -> str | None:
    """The address of the next page: the same question with the new cursor."""
    if not cursor:
        return None
    asked = {name: value for name, value in request.query_params.items() if name != "cursor"}
    return f"{request.path}?{urlencode({**asked, 'cursor': cursor})}"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
