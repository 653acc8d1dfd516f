from __future__ import annotations

from django.urls import path, re_path

from retention import views

urlpatterns = [
    path("records/", views.desk, name="retention_desk"),
    re_path(r"^records/due/(?P<what>archive|destroy)/$", views.due, name="retention_due"),
    path("records/schedules/", views.schedules, name="retention_schedules"),
    path("records/schedules/<uuid:schedule_uuid>/approve/", views.approve, name="retention_approve"),
]
