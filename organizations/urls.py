"""Addresses of organizations."""

from django.urls import path

from organizations.views import organization_detail, organization_list

urlpatterns = [
    path("organizations/", organization_list, name="organization_list"),
    path("organizations/<uuid:organization_uuid>/", organization_detail, name="organization_detail"),
]
