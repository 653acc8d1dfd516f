"""Addresses of the records desk: random ids only, and the lead numbers of tombstones."""

from __future__ import annotations

from django.urls import path, re_path

from retention.views import desk

urlpatterns = [
    path("records/", desk.desk, name="retention_desk"),
    re_path(r"^records/due/(?P<what>archive|destroy)/$", desk.due, name="retention_due"),
    path("records/schedules/", desk.schedules, name="retention_schedules"),
    path("records/schedules/<uuid:schedule_uuid>/approve/", desk.approve, name="retention_approve"),
]
