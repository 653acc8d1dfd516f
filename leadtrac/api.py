"""The API, version 1: every app brings its own viewsets, this page puts them at their addresses."""

from __future__ import annotations

from typing import Any, cast

from django.urls import path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from ingest.api import ExtractViewSet
from leads.api.leads import LeadViewSet
from leads.api.referrals import ReferralViewSet
from organizations.api import OrganizationViewSet
from subjects.api import SubjectViewSet


class SchemaView(SpectacularAPIView):
    """The OpenAPI document; it says nothing about any record."""

    required_permission = Permission.SIGNED_IN

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The document, and the event that it was read."""
        record(Act.PAGE, object_kind="schema")
        return cast(Response, super().get(request, *args, **kwargs))  # type: ignore[no-untyped-call]  # drf-spectacular's own


router = SimpleRouter()
router.register("leads", LeadViewSet, basename="api_lead")
router.register("referrals", ReferralViewSet, basename="api_referral")
router.register("subjects", SubjectViewSet, basename="api_subject")
router.register("organizations", OrganizationViewSet, basename="api_organization")
router.register("extracts", ExtractViewSet, basename="api_extract")

urlpatterns = [path("schema/", SchemaView.as_view(), name="api_schema"), *router.urls]
