"""Addresses of organizations."""

from django.urls import path

from organizations.views import official_reveal, organization_detail, organization_export, organization_list

urlpatterns = [
    path("organizations/", organization_list, name="organization_list"),
    path("organizations/export/<str:form>/", organization_export, name="organization_export"),
    path("organizations/<uuid:organization_uuid>/", organization_detail, name="organization_detail"),
    path("organizations/<uuid:organization_uuid>/officials/<uuid:official_uuid>/reveal/", official_reveal, name="official_reveal"),
]
