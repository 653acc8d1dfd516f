"""What the house promises of every model, table and view, checked against all of them."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from access.middleware import SELF_SERVICE_PREFIXES, declared, declared_permission
from foundation.sensitivity import level_of
from leadtrac import settings as _settings

OURS = {"access", "audit", "ingest", "organizations", "subjects", "leads", "retention", "oversight"}

# Tables of ours without row-level security, and why nothing personal can leak from them.
UNPROTECTED = {
    "access_office": "our own offices, public",
    "access_user": "accounts; pages show colleagues' names, no case content",
    "access_user_groups": "unused by us",
    "access_user_user_permissions": "unused by us",
    "access_rolerecord": "roles",
    "access_rolegrant": "who holds which role: read by policy before a context exists",
    "access_membership": "who works where: read by policy before a context exists",
    "access_leaver": "who leaves: of colleagues, no case content",
    "access_compartment": "names of markings",
    "access_clearance": "who is cleared: read by the resolver",
    "access_accessclass": "combinations of offices and markings, no case content",
    "access_usersight": "what the resolver computed, ids only",
    "access_context_secret": "no privilege at all for the application",
    "audit_datakey": "wrapped keys, useless without the key-encryption key",
    "ingest_extract": "figures of a drop, no personal data",
    "ingest_extractpart": "line numbers and counts",
    "leads_measuredrate": "counts of outcomes by band",
    "leads_replay": "which version was judged beside which, and counts",
    "leads_rejudging": "that everybody is judged again, and how far that has come: ids only",
    "leads_underjudgement": "who is being judged at the moment, or could not be: ids only",
    "leads_promotion": "which version is in force, by whom: every evaluation reads it",
    "leads_rulestop": "which rule is stopped, by whom: every evaluation reads it",
    "retention_databasemark": "which database this is; no privilege at all for the application",
    "retention_schedule": "schedules are public",
    "subjects_nametoken": "words of names without their people; no privilege at all for the application",
}

# Functions that run as the owner, and what keeps each from showing or changing more than it should.
DEFINERS = {
    "access_mac": "no execute for the application",
    "access_open_context": "asks for the MAC",
    "access_giver_may_give": "trigger",
    "access_is_service": "a yes or no about the current user",
    "access_names_stay": "trigger",
    "access_current_user": "believes the setting only with its MAC",
    "access_resolve": "no execute for the application",
    "access_refresh_sight": "no execute for the application",
    "access_refresh_lapsed": "keeps what is true already",
    "access_sight_follows_user": "trigger",
    "access_sight_follows_class": "trigger",
    "access_classes": "the current user's own classes",
    "access_reads_audit": "a yes or no about the current user",
    "access_seals": "a yes or no about the current user",
    "access_intern_class": "makes a combination, shows none",
    "audit_change_told": "trigger",
    "audit_checkpoint_adds_up": "trigger",
    "audit_event_waits": "trigger",
    "audit_leaf_follows": "trigger",
    "audit_trip": "trigger",
    "leads_forget_drafts": "empties what is old, shows a number",
    "leads_drop_grants": "removes what has ended",
    "leads_forget_notices": "removes what has ended",
    "leads_granted": "the current user's own grants",
    "leads_glass_classes": "the current user's own open glass",
    "leads_glass_leads": "the current user's own open glass",
    "leads_glass_subjects": "the current user's own open glass",
    "leads_hand_over": "asks for a service actor and an open referral that was transferred",
    "leads_line_of": "internal numbers of the referrals that were transferred until this one",
    "leads_mark": "no execute for the application",
    "leads_move": "asks whether the mover sees the lead and moves it in their own name, within its compartments",
    "leads_stray_files": "random names of files, and whether a row knows them",
    "leads_reclass": "no execute for the application",
    "leads_leave_compartments": "asks for a service actor",
    "leads_follow_subjects": "moves leads to the class of their own subject",
    "oversight_disclosure_follows": "trigger",
    "oversight_forget_disclosures": "asks for a service; removes what is past both its clocks, shows opaque ids",
    "oversight_forget_words": "asks for a service; removes keys of days that are a year past at least, shows opaque ids",
    "oversight_closed": "which of the ids asked for the current user is not cleared for",
    "oversight_opens": "a yes or no about the current user",
    "oversight_assigns": "a yes or no about the current user",
    "oversight_glass_is_kept": "a yes or no about an opening of the current user",
    "oversight_looks_at": "asks for a role that reads the record of acts, or supervisor",
    "retention_follows_lead": "trigger",
    "retention_follows_person": "trigger",
    "retention_check_run": "no execute for the application",
    "retention_archive": "asks for an approved run, its day, its holds",
    "retention_destroy": "asks for an approved run, its day, its holds",
    "retention_scopes_going": "asks for a service actor, shows opaque ids",
    "retention_open": "asks for a records officer, records the opening",
    "retention_held": "a yes or no",
    "retention_extension_takes": "trigger",
    "retention_hold_takes": "trigger",
    "retention_item_is_true": "trigger",
    "retention_keeps": "a yes or no about the current user",
    "retention_is_ready": "a yes or no about the database",
    "retention_list_touched": "trigger",
    "retention_log_size": "a number",
    "retention_not_answered": "a number",
    "retention_not_rewritten": "names of tables",
    "retention_forget_people": "asks for a service actor, and whether anybody needs one of the people; shows a number",
    "retention_gathering": "a yes or no",
    "retention_refuse_emptying": "trigger",
    "retention_refuse_held_children": "trigger",
    "retention_refuse_held_facts": "trigger",
    "retention_refuse_held_rows": "trigger",
    "retention_run_adds_up": "trigger",
    "retention_conditions": "no execute for the application",
    "retention_sealed_conditions": "no execute for the application",
    "retention_restate": "dates records as the approved schedules say, shows a number",
    "retention_restate_sealed": "dates records as the approved schedules say, shows a number",
    "retention_restates_lead": "trigger",
    "retention_restates_referred": "trigger",
    "retention_restates_held": "trigger",
    "retention_restates_case": "trigger",
    "retention_this_database": "which database this is",
    "subjects_alike": "no execute for the application",
    "subjects_find": "applies the reader's classes before a row leaves it",
    "subjects_forget_searches": "removes what has expired",
    "subjects_forget_tokens": "removes words that no name holds",
    "subjects_learn_tokens": "trigger",
    "subjects_let_go": "asks for a service actor; cuts what stands no more off its source row",
    "subjects_living": "applies the reader's classes before a row leaves it",
    "subjects_split": "no execute for the application",
    "subjects_written": "applies the reader's classes before a row leaves it",
}


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_field_is_sorted_by_its_sensitivity(model: type[Model]) -> None:
    for field in (*model._meta.get_fields(),):
        if (field.concrete and not field.auto_created) or field.name == "id":
            level_of(model, field.name)


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_relations_between_apps_do_not_cascade_and_cannot_be_climbed_back(model: type[Model]) -> None:
    for field in model._meta.get_fields():
        if not (field.many_to_one and field.concrete) or field.name == "permission":
            continue
        assert field.remote_field.on_delete.__name__ != "CASCADE" or model.__name__ == "LeadGrant", field


@pytest.mark.check(30)
@pytest.mark.django_db
def test_every_table_of_ours_is_protected_or_says_why_not() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
            "WHERE relkind IN ('r', 'p', 'm', 'f') AND relnamespace = 'public'::regnamespace"  # a stored view can have no policy at all
        )
        tables = {name: forced for name, forced in cursor.fetchall() if name.split("_")[0] in OURS}

    open_tables = {name for name, forced in tables.items() if not forced}

    assert open_tables == set(UNPROTECTED), "protect the table in a migration, or say here why it needs no protection"


@pytest.mark.django_db
def test_every_policy_wraps_its_functions_so_that_they_run_once_a_query() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, policyname, coalesce(qual, '') || ' ' || coalesce(with_check, '') FROM pg_policies")
        policies = cursor.fetchall()

    assert policies
    for table, name, expression in policies:
        for call in re.finditer(r"\b(access_\w+|leads_\w+)\(\)", expression):
            before = expression[: call.start()].rstrip()
            assert before.upper().endswith("SELECT"), f"{table}.{name} calls {call.group()} for every row"


@pytest.mark.django_db
def test_functions_that_run_as_the_owner_stand_on_the_list_and_fix_their_search_path() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, coalesce(array_to_string(proconfig, ','), '') FROM pg_proc "
            "WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
        found = dict(cursor.fetchall())

    assert set(found) == set(DEFINERS), "say in the list what keeps the function from showing or changing too much"
    assert all("search_path" in configuration for configuration in found.values())


@pytest.mark.django_db
def test_what_the_application_must_not_execute_it_cannot() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef "
            "AND NOT has_function_privilege(current_user, oid, 'execute')"
        )
        refused = {name for (name,) in cursor.fetchall()}

    assert refused == {name for name, why in DEFINERS.items() if why == "no execute for the application"}


@pytest.mark.check(30)
@pytest.mark.django_db
def test_views_see_what_their_reader_sees() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace "
            "AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}'"
        )
        assert cursor.fetchall() == []


@pytest.mark.check(29)
@pytest.mark.django_db
def test_the_application_role_is_bound_by_row_level_security() -> None:
    from access.checks import role_problems

    assert role_problems() == []


def every_pattern(resolver: URLResolver | None = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            found += every_pattern(entry, prefix + str(entry.pattern))
        else:
            found.append((prefix + str(entry.pattern), entry))
    return found


PUBLIC = {"notice", "health", "session_awake", "demo_sign_in", "gallery"}  # the gallery answers in the demonstration only


def test_every_view_declares_a_permission_or_why_it_is_public() -> None:
    undeclared, public = [], set()
    for route, pattern in every_pattern():
        name = pattern.name or ""
        if name.startswith(SELF_SERVICE_PREFIXES) or name in _settings.PUBLIC_VIEW_NAMES or route.startswith("accounts/"):
            continue
        if declared(pattern.callback, "public_because"):
            public.add(name)
        elif declared_permission(pattern.callback) is None:
            undeclared.append(route)

    assert undeclared == []
    assert public <= PUBLIC, "a new public view needs a line here"


@pytest.mark.django_db
def test_every_foreign_key_to_a_lead_or_subject_has_an_index() -> None:
    """Deleting a lead with its children took 79 s where one such index was missing (records-audit-privacy 2.3)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.conrelid::regclass::text, a.attname
            FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND c.confrelid IN ('leads_lead'::regclass, 'subjects_subject'::regclass)
              AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])
            """
        )
        assert cursor.fetchall() == []
