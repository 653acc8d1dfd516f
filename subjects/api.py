"""People through the API: a search for a stated purpose, one person, all that the sources state. Numbers show their last four."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from access.api import ACT_REFUSALS, READ_REFUSALS, UUID_PATTERN, DeskViewSet, given, uuid_of, who
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from foundation.errors import InvalidInput
from subjects.errands import name_errand
from subjects.forms import SearchForm
from subjects.models import Subject
from subjects.search.purposes import Purpose
from subjects.search.selectors import find
from subjects.search.services import start_search, state_purpose
from subjects.selectors.facts import standing_facts
from subjects.selectors.page import fact_lines, picture_of
from subjects.selectors.subjects import subject_for

ID = OpenApiParameter("uuid", OpenApiTypes.UUID, OpenApiParameter.PATH)


class PersonNamesSerializer(serializers.ModelSerializer[Subject]):
    """Who: the best values by the stated rule."""

    class Meta:
        model = Subject
        fields = ("uuid", "family_name", "given_name", "full_name_source_script", "date_of_birth", "sex", "citizenship")


class NumberSerializer(serializers.Serializer[object]):
    """A number, masked to its last four."""

    kind = serializers.CharField()
    last_four = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not the option of DRF


class AliasSerializer(serializers.Serializer[object]):
    """Another name."""

    family_name = serializers.CharField()
    given_name = serializers.CharField()
    full_name_source_script = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not the option of DRF


class SourceAgeSerializer(serializers.Serializer[object]):
    """How fresh a source that speaks of the person is."""

    name = serializers.CharField()
    as_of = serializers.DateField(source="date")
    state = serializers.CharField()


class AssociateSerializer(serializers.Serializer[object]):
    """A family member, sponsor or employer."""

    uuid = serializers.UUIDField()
    relation = serializers.CharField()
    family_name = serializers.CharField()
    given_name = serializers.CharField()
    organization_name = serializers.CharField()


class TieSerializer(serializers.Serializer[object]):
    """A school, program or employer, and what ties the person to it."""

    uuid = serializers.UUIDField()
    name = serializers.CharField()
    words = serializers.CharField()


class SubjectSerializer(serializers.Serializer[object]):
    """One person as the page shows them."""

    person = PersonNamesSerializer(source="subject")
    us_person = serializers.BooleanField(source="subject.us_person", allow_null=True)
    identity_strength = serializers.CharField(source="subject.identity_strength")
    as_of = serializers.DateField(allow_null=True)
    identifiers = NumberSerializer(many=True)
    aliases = AliasSerializer(many=True)
    sources = SourceAgeSerializer(many=True)
    associates = AssociateSerializer(many=True)
    organizations = serializers.SerializerMethodField()
    fact_count = serializers.IntegerField()

    @extend_schema_field(TieSerializer(many=True))
    def get_organizations(self, picture: Any) -> Any:
        """The organizations with what ties the person to them."""
        ties = [{"uuid": each.uuid, "name": each.name, "words": words} for each, words in picture.organizations]
        return TieSerializer(ties, many=True).data


class FactSerializer(serializers.Serializer[object]):
    """One standing statement of one source, in words."""

    kind = serializers.CharField()
    uuid = serializers.UUIDField(source="fact.uuid")
    title = serializers.CharField()
    text = serializers.CharField()
    source = serializers.CharField(source="fact.source")  # type: ignore[assignment]  # a field of that name, not the option of DRF
    as_of = serializers.DateField(source="fact.as_of")


class FactsSerializer(serializers.Serializer[object]):
    """All that stands, the newest statement first."""

    results = FactSerializer(many=True)


class SearchBody(serializers.Serializer[object]):
    """Whom to look for, as on the page: a name, a date of birth, a number, an address or an employer, and what it is for."""

    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    birth = serializers.CharField(max_length=30, required=False, allow_blank=True, default="", help_text="3 Mar 1991, 1991-03-03 or 1991.")
    number = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    citizenship = serializers.CharField(max_length=3, required=False, allow_blank=True, default="", help_text="ISO alpha-3.")
    address = serializers.CharField(
        max_length=120, required=False, allow_blank=True, default="", help_text="As the line begins; after a comma the city."
    )
    workplace = serializers.CharField(max_length=120, required=False, allow_blank=True, default="", help_text="An employer or a school.")
    purpose = serializers.ChoiceField(choices=Purpose.choices)


class HitSerializer(serializers.Serializer[object]):
    """Somebody who fits, and why."""

    person = PersonNamesSerializer(source="subject")
    reasons = serializers.ListField(child=serializers.CharField(), source="fit.reasons")
    against = serializers.ListField(child=serializers.CharField(), source="fit.against")


class HitsSerializer(serializers.Serializer[object]):
    """The best fits first; `more` when others fit less well."""

    results = HitSerializer(many=True, source="hits")
    more = serializers.BooleanField()


class SubjectViewSet(DeskViewSet):
    """People whom the signed-in person may see; to everybody else no such address exists."""

    required_permission = Permission.VIEW_SUBJECT
    hidden_from_others = True
    act_permissions = {"search": Permission.SEARCH_PERSON}
    queryset = Subject.objects.none()  # for the schema only; people come from the selectors
    serializer_class = SubjectSerializer
    lookup_field = "uuid"
    lookup_value_regex = UUID_PATTERN

    @extend_schema(parameters=[ID], responses={200: SubjectSerializer, **READ_REFUSALS})
    def retrieve(self, request: Request, uuid: str) -> Response:
        """One person; an id that was merged answers with the person it was merged into."""
        subject = subject_for(who(request), uuid_of(uuid))
        name_errand(who(request), subject)
        picture = picture_of(who(request), subject, timezone.now().date())
        shown = [*(each.uuid for each in picture.associates), *(each.uuid for each, _ in picture.organizations)]
        record(Act.API_READ, object_kind="subject", object_uuid=subject.uuid, results=shown)
        return Response(SubjectSerializer(picture).data)

    @extend_schema(parameters=[ID], responses={200: FactsSerializer, **READ_REFUSALS})
    @action(detail=True, methods=["get"])
    def facts(self, request: Request, uuid: str) -> Response:
        """All that the sources state about one person."""
        subject = subject_for(who(request), uuid_of(uuid))
        name_errand(who(request), subject)
        lines = fact_lines(standing_facts(who(request), subject))
        record(Act.API_READ, object_kind="subject", object_uuid=subject.uuid, fields=["all facts"])
        return Response(FactsSerializer({"results": lines}).data)

    @extend_schema(request=SearchBody, responses={200: HitsSerializer, **ACT_REFUSALS})
    @action(detail=False, methods=["post"])
    def search(self, request: Request) -> Response:
        """Find people; the terms are kept sealed, with the purpose."""
        asked = given(SearchBody, request)
        form = SearchForm(asked)
        if not form.is_valid():
            field, problems = next(iter(form.errors.items()))
            raise InvalidInput(f"{field}: {problems[0]}", field=str(field))
        search = start_search(actor=who(request), terms=form.terms(), purpose=asked["purpose"], now=timezone.now())
        results = find(form.terms())
        state_purpose(search)
        record(
            Act.SEARCH,
            object_kind="search",
            object_uuid=search.uuid,
            results=[hit.subject.uuid for hit in results.hits],
            payload=form.terms().as_payload(),
        )
        return Response(HitsSerializer(results).data)
