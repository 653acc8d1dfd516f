"""Schools, programs and employers through the API, with the people who run them."""

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
from ingest.codes.states import STATES
from organizations.models import Official, Organization
from organizations.selectors import officials_of, organization_for, organizations_for

ID = OpenApiParameter("uuid", OpenApiTypes.UUID, OpenApiParameter.PATH)
KIND = OpenApiParameter("kind", str, description="school, program or employer.")
STATE = OpenApiParameter("state", str, description="The two letters of a State.")


class OrganizationRowSerializer(serializers.ModelSerializer[Organization]):
    """An organization as the list shows it."""

    class Meta:
        model = Organization
        fields = ("uuid", "kind", "code", "name", "city", "state", "certified_on", "withdrawn_on", "as_of")


@extend_schema_serializer(many=False)
class OrganizationPageSerializer(serializers.Serializer[object]):
    """One page by name; `next` is the address of the page after it."""

    next = serializers.CharField(allow_null=True)
    results = OrganizationRowSerializer(many=True)


class OfficialSerializer(serializers.ModelSerializer[Official]):
    """An official, with only the elements that the notice lists."""

    class Meta:
        model = Official
        fields = ("uuid", "role", "family_name", "given_name", "aliases", "date_of_birth", "contact", "as_of")


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    """One organization with its officials."""

    officials = OfficialSerializer(many=True)

    class Meta:
        model = Organization
        fields = (
            *OrganizationRowSerializer.Meta.fields,
            "school_type",
            "address",
            "postal_code",
            "phone",
            "accreditation",
            "operating_authority",
            "student_capacity",
            "students_enrolled",
            "officials",
        )


class OrganizationViewSet(DeskViewSet):
    """Organizations that the signed-in person may see; to everybody else no such address exists."""

    required_permission = Permission.VIEW_ORGANIZATION
    hidden_from_others = True
    queryset = Organization.objects.none()  # for the schema only; rows come from the selectors
    serializer_class = OrganizationSerializer
    lookup_field = "uuid"
    lookup_value_regex = UUID_PATTERN

    @extend_schema(parameters=[CURSOR, KIND, STATE], responses={200: OrganizationPageSerializer, **READ_REFUSALS})
    def list(self, request: Request) -> Response:
        """One page of organizations, by name."""
        asked = request.query_params
        kind, state = asked.get("kind", ""), asked.get("state", "")
        page = organizations_for(who(request), kind=kind, state=state if state in STATES else "", after=uuid_cursor(request))
        record(Act.API_READ, object_kind="organization", results=[row.uuid for row in page.rows])
        onward = next_page(request, str(page.next_after) if page.next_after else "")
        return Response(OrganizationPageSerializer({"next": onward, "results": page.rows}).data)

    @extend_schema(parameters=[ID], responses={200: OrganizationSerializer, **READ_REFUSALS})
    def retrieve(self, request: Request, uuid: str) -> Response:
        """One organization and who runs it."""
        organization = organization_for(who(request), uuid_of(uuid))
        people = officials_of(organization)
        record(Act.API_READ, object_kind="organization", object_uuid=organization.uuid, results=[each.uuid for each in people])
        return Response(OrganizationSerializer(organization).data)
