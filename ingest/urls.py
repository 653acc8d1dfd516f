"""Addresses of extracts and of the rows that wait in quarantine."""

from django.urls import path

from ingest import views

urlpatterns = [
    path("extracts/", views.extract_list, name="extract_list"),
    path("extracts/receive/", views.extract_receive, name="extract_receive"),
    path("extracts/<uuid:extract_uuid>/", views.extract_detail, name="extract_detail"),
    path("extracts/<uuid:extract_uuid>/progress/", views.extract_progress, name="extract_progress"),
    path("extracts/<uuid:extract_uuid>/apply/", views.extract_apply, name="extract_apply"),
    path("extracts/<uuid:extract_uuid>/preview/", views.extract_preview, name="extract_preview"),
    path("extracts/<uuid:extract_uuid>/discard/", views.extract_discard, name="extract_discard"),
    path("extracts/<uuid:extract_uuid>/un-import/", views.extract_unimport, name="extract_unimport"),
    path("quarantine/<uuid:row_uuid>/", views.quarantined_row, name="quarantined_row"),
]
