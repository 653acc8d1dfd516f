"""Addresses of oversight: random ids and lead numbers only."""

from django.urls import path

from oversight.views.audit import audit_actor, audit_desk, audit_event, audit_find, audit_object, audit_person
from oversight.views.compartments import compartment_decide, compartment_move, compartment_moves
from oversight.views.disclosures import disclosure_confirm, disclosure_file, disclosure_list, disclosure_new, disclosure_person
from oversight.views.glass import break_glass, break_glass_list, break_glass_review
from oversight.views.log import audit_export, audit_log, audit_verify
from oversight.views.prints import page_printed
from oversight.views.readings import audit_reading, audit_readings, audit_untold

urlpatterns = [
    path("printed/<uuid:event_uuid>/", page_printed, name="page_printed"),
    path("break-glass/", break_glass, name="break_glass"),
    path("break-glass/reviews/", break_glass_list, name="break_glass_list"),
    path("break-glass/reviews/<uuid:glass_uuid>/", break_glass_review, name="break_glass_review"),
    path("compartments/", compartment_moves, name="compartment_moves"),
    path("compartments/<uuid:move_uuid>/", compartment_decide, name="compartment_decide"),
    path("compartments/people/<uuid:subject_uuid>/", compartment_move, name="compartment_move"),
    path("disclosures/", disclosure_list, name="disclosure_list"),
    path("disclosures/<uuid:disclosure_uuid>/confirm/", disclosure_confirm, name="disclosure_confirm"),
    path("disclosures/people/<uuid:subject_uuid>/", disclosure_person, name="disclosure_person"),
    path("disclosures/people/<uuid:subject_uuid>/new/", disclosure_new, name="disclosure_new"),
    path("disclosures/people/<uuid:subject_uuid>/accounting.csv", disclosure_file, name="disclosure_file"),
    path("audit/", audit_desk, name="audit_desk"),
    path("audit/log/", audit_log, name="audit_log"),
    path("audit/log/verify/", audit_verify, name="audit_verify"),
    path("audit/log/export/", audit_export, name="audit_export"),
    path("audit/readings/", audit_readings, name="audit_readings"),
    path("audit/readings/<uuid:reading_uuid>/", audit_reading, name="audit_reading"),
    path("audit/untold/", audit_untold, name="audit_untold"),
    path("audit/find/", audit_find, name="audit_find"),
    path("audit/events/<uuid:event_uuid>/", audit_event, name="audit_event"),
    path("audit/people/<uuid:subject_uuid>/", audit_person, name="audit_person"),
    path("audit/records/<uuid:object_uuid>/", audit_object, name="audit_object"),
    path("audit/accounts/<uuid:account_uuid>/", audit_actor, name="audit_actor"),
]
