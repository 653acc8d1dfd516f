"""Addresses of the API, version 1."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from leads.api import LeadViewSet, ReferralViewSet, SchemaView

router = SimpleRouter()
router.register("leads", LeadViewSet, basename="api_lead")
router.register("referrals", ReferralViewSet, basename="api_referral")

urlpatterns = [path("schema/", SchemaView.as_view(), name="api_schema"), *router.urls]
