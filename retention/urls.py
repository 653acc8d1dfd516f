"""Addresses of the records desk: random ids only, and at a lead's own address its tombstone."""

from __future__ import annotations

from django.urls import path, re_path

from retention.views import archive, desk, holds, people, register, runs

urlpatterns = [
    path("records/", desk.desk, name="retention_desk"),
    re_path(r"^records/due/(?P<what>archive|destroy)/$", desk.due, name="retention_due"),
    path("records/schedules/", desk.schedules, name="retention_schedules"),
    path("records/schedules/compare/", desk.compare, name="retention_compare"),
    path("records/schedules/<uuid:schedule_uuid>/approve/", desk.approve, name="retention_approve"),
    path("records/runs/", runs.runs, name="retention_runs"),
    path("records/runs/<uuid:run_uuid>/", runs.run_page, name="retention_run"),
    path("records/runs/<uuid:run_uuid>/progress/", runs.run_progress, name="retention_run_progress"),
    path("records/runs/<uuid:run_uuid>/reject/", runs.run_reject, name="retention_run_reject"),
    path("records/runs/<uuid:run_uuid>/review/", runs.run_review, name="retention_run_review"),
    path("records/runs/<uuid:run_uuid>/sign/", runs.run_sign, name="retention_run_sign"),
    path("records/runs/<uuid:run_uuid>/start/", runs.run_start, name="retention_run_start"),
    path("records/runs/<uuid:run_uuid>/cancel/", runs.run_cancel, name="retention_run_cancel"),
    path("records/certificates/", runs.certificates, name="retention_certificates"),
    re_path(
        r"^records/certificates/(?P<certificate_uuid>[0-9a-f-]{36})\.(?P<form>json|pdf|proof)$",
        runs.certificate_file,
        name="retention_certificate",
    ),
    path("records/holds/", holds.holds, name="retention_holds"),
    path("records/holds/<uuid:hold_uuid>/", holds.hold_page, name="retention_hold"),
    path("records/holds/<uuid:hold_uuid>/progress/", holds.hold_progress, name="retention_hold_progress"),
    path("records/extensions/", holds.extensions, name="retention_extensions"),
    path("records/archive/", archive.archive, name="retention_archive"),
    path("records/archive/<uuid:package_uuid>/", archive.archive_open, name="retention_package"),
    path("records/archive/<uuid:package_uuid>/sample/", archive.archive_open, {"kind": "sample"}, name="retention_sample"),
    path("records/archive/<uuid:package_uuid>/retrieve/", archive.archive_retrieve, name="retention_retrieve"),
    path("records/people/", people.people, name="retention_people"),
    path("records/register/", register.register, name="retention_register"),
    path("records/reviews/", register.reviews, name="retention_reviews"),
    path("records/reviews/<int:year>/", register.review, name="retention_review"),
    path("records/reports/<uuid:report_uuid>/", register.report, name="retention_report"),
    path("leads/<str:number>/", archive.lead_or_stone, name="lead_page"),  # stands before the leads' own pattern
]
