"""Extracts through the API: what came, from whom, as of when, and what became of its rows. Counts only, no row of anybody."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from access.api import CURSOR, READ_REFUSALS, UUID_PATTERN, DeskViewSet, next_page, uuid_cursor, uuid_of, who
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from ingest.models import Extract
from ingest.selectors.pages import extract_for, extracts_for

ID = OpenApiParameter("uuid", OpenApiTypes.UUID, OpenApiParameter.PATH)
SOURCE = OpenApiParameter("source", str, description="The code of a source, such as adis.")
STATE = OpenApiParameter("state", str, description="received, staged, checked, applying, applied, refused or unimported.")


class ExtractSerializer(serializers.ModelSerializer[Extract]):
    """An extract; once applied, its four counts add up to `row_count`."""

    class Meta:
        model = Extract
        fields = (
            "uuid",
            "source",
            "layout",
            "extract_id",
            "as_of",
            "kind",
            "state",
            "refused_because",
            "received_at",
            "applied_at",
            "row_count",
            "rows_applied",
            "rows_unchanged",
            "rows_buffered",
            "rows_quarantined",
        )


@extend_schema_serializer(many=False)
class ExtractPageSerializer(serializers.Serializer[object]):
    """One page, the newest first; `next` is the address of the page after it."""

    next = serializers.CharField(allow_null=True)
    results = ExtractSerializer(many=True)


class ExtractViewSet(DeskViewSet):
    """Extracts, for the intake and the desk."""

    required_permission = Permission.VIEW_EXTRACT
    queryset = Extract.objects.none()  # for the schema only; rows come from the selectors
    serializer_class = ExtractSerializer
    lookup_field = "uuid"
    lookup_value_regex = UUID_PATTERN

    @extend_schema(parameters=[CURSOR, SOURCE, STATE], responses={200: ExtractPageSerializer, **READ_REFUSALS})
    def list(self, request: Request) -> Response:
        """One page of extracts, the newest first."""
        asked = request.query_params
        page = extracts_for(who(request), source=asked.get("source", ""), state=asked.get("state", ""), after=uuid_cursor(request))
        record(Act.API_READ, object_kind="extract", results=[row.uuid for row in page.rows])
        onward = next_page(request, str(page.next_after) if page.next_after else "")
        return Response(ExtractPageSerializer({"next": onward, "results": page.rows}).data)

    @extend_schema(parameters=[ID], responses={200: ExtractSerializer, **READ_REFUSALS})
    def retrieve(self, request: Request, uuid: str) -> Response:
        """One extract."""
        extract = extract_for(who(request), uuid_of(uuid))
        record(Act.API_READ, object_kind="extract", object_uuid=extract.uuid)
        return Response(ExtractSerializer(extract).data)
