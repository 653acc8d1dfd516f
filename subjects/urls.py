"""Addresses of people: random ids, never a name or a number."""

from django.urls import path

from subjects.views.acts import associate_add, identifier_reveal
from subjects.views.associates import associate_correct, associate_detail, associate_link, associate_remove, associate_reveal
from subjects.views.identity import record_detach, subject_compare, subject_identity
from subjects.views.judging import judging_list, judging_pair, judging_undo
from subjects.views.links import subject_links
from subjects.views.records import judging_record, judging_record_undo, judging_records
from subjects.views.search import person_search, search_export, search_results
from subjects.views.subject import fact_source, subject_detail, subject_facts

urlpatterns = [
    path("search/", person_search, name="person_search"),
    path("search/<uuid:search_uuid>/", search_results, name="search_results"),
    path("search/<uuid:search_uuid>/export/<slug:form>/", search_export, name="search_export"),
    path("subjects/<uuid:subject_uuid>/", subject_detail, name="subject_detail"),
    path("subjects/<uuid:subject_uuid>/facts/", subject_facts, name="subject_facts"),
    path("subjects/<uuid:subject_uuid>/identity/", subject_identity, name="subject_identity"),
    path("subjects/<uuid:subject_uuid>/identity/wrong-person/", record_detach, name="record_detach"),
    path("subjects/<uuid:subject_uuid>/identity/compare/", subject_compare, name="subject_compare"),
    path("subjects/<uuid:subject_uuid>/links/", subject_links, name="subject_links"),
    path("subjects/<uuid:subject_uuid>/associates/add/", associate_add, name="associate_add"),
    path("associates/<uuid:associate_uuid>/", associate_detail, name="associate_detail"),
    path("associates/<uuid:associate_uuid>/reveal/", associate_reveal, name="associate_reveal"),
    path("associates/<uuid:associate_uuid>/correct/", associate_correct, name="associate_correct"),
    path("associates/<uuid:associate_uuid>/remove/", associate_remove, name="associate_remove"),
    path("associates/<uuid:associate_uuid>/link/", associate_link, name="associate_link"),
    path("judging/", judging_list, name="judging_list"),
    path("judging/records/", judging_records, name="judging_records"),
    path("judging/records/<uuid:question_uuid>/", judging_record, name="judging_record"),
    path("judging/records/<uuid:question_uuid>/undo/", judging_record_undo, name="judging_record_undo"),
    path("judging/<uuid:judgement_uuid>/", judging_pair, name="judging_pair"),
    path("judging/<uuid:judgement_uuid>/undo/", judging_undo, name="judging_undo"),
    path("facts/<slug:kind>/<uuid:fact_uuid>/", fact_source, name="fact_source"),
    path("identifiers/<uuid:identifier_uuid>/reveal/", identifier_reveal, name="identifier_reveal"),
]
