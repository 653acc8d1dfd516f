"""Trap 8, what SQL under the application's role cannot do: become more, speak for others, open or move what is not its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from access.context import acting_as
from access.models import Compartment, User
from access.permissions import Permission
from access.roles import ROLES
from access.selectors import class_for, service_actor
from leads.models import Decision, Lead
from oversight.services.glass import OPEN_FOR
from oversight.sight_sql import ASSIGNING, BREAKING, GLASS_HOURS
from tests.factories.leads import make_lead, make_subject
from tests.factories.people import person


@pytest.fixture
def lead(world: str) -> Lead:
    with acting_as(service_actor("leads")):
        return make_lead()


@pytest.fixture
def hidden(lead: Lead) -> Lead:
    with acting_as(service_actor("leads")):
        marks = [Compartment.objects.get(code="protected-person").pk]
        return make_lead(subject=make_subject(access_class_id=class_for(audience="hq", compartments=marks)))


def refused(actor: User | None, statement: str, values: Sequence[Any] = ()) -> bool:
    """Whether the database refuses the statement to the application while `actor`, or nobody, is at work."""
    with acting_as(actor) if actor else nullcontext(), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(statement, values)
        except DatabaseError as error:
            return getattr(error.__cause__, "sqlstate", "") == "42501"
    return False


def test_trap_8_nobody_becomes_more_by_sql_alone(lead: Lead) -> None:
    admin, other = person("ada.min", "administrator"), person("olga", "field_officer")
    mark = Compartment.objects.get(code="protected-person").pk
    given = "INSERT INTO access_clearance (user_id, compartment_id, reason) VALUES (%s, %s, 'x')"
    role = "INSERT INTO access_rolegrant (user_id, role_id, reason) VALUES (%s, %s, 'x')"

    assert refused(None, given, [other.pk, mark])
    assert refused(other, given, [other.pk, mark])
    assert refused(other, role, [other.pk, "analyst"])
    assert refused(admin, role, [admin.pk, "analyst"]), "nobody to themselves"
    assert refused(admin, role, [other.pk, "service"])
    assert not refused(admin, given, [other.pk, mark])
    assert not refused(admin, "UPDATE access_clearance SET revoked_at = now() WHERE user_id = %s", [other.pk])
    assert refused(admin, "UPDATE access_clearance SET revoked_at = NULL WHERE user_id = %s", [other.pk])
    assert refused(admin, "UPDATE access_rolegrant SET role_id = 'auditor' WHERE user_id = %s", [other.pk])
    assert refused(admin, "DELETE FROM access_rolegrant WHERE user_id = %s", [other.pk]), "who held what stays known"
    assert refused(admin, "UPDATE access_user SET kind = 'service' WHERE id = %s", [other.pk])
    assert refused(admin, "UPDATE access_user SET username = 'somebody' WHERE id = %s", [other.pk])


def test_trap_8_nobody_writes_an_event_in_anothers_name_nor_ends_the_words_of_the_log(lead: Lead) -> None:
    analyst, other, service = person("ana", "analyst"), person("ben", "analyst"), service_actor("leads")
    event = (
        "INSERT INTO audit_event (uuid, occurred_at, act, allowed, object_kind, object_uuid, result_uuids, field_names, actor_id, view, "
        "purpose_kind, session_ref, origin) VALUES (gen_random_uuid(), now(), 'view', true, 'lead', %s, '{}', '{}', %s, '', '', '', '')"
    )

    assert refused(analyst, event, [lead.uuid, other.pk])
    assert refused(None, event, [lead.uuid, other.pk])
    assert not refused(analyst, event, [lead.uuid, analyst.pk])
    assert not refused(service, event, [lead.uuid, other.pk]), "a service writes for the person for whom it works"
    for function in ("oversight_forget_words(current_date, 365)", "oversight_forget_disclosures(current_date)"):
        assert refused(analyst, f"SELECT {function}")  # our own names
        assert refused(None, f"SELECT {function}")  # our own names
        assert not refused(service, f"SELECT {function}")  # our own names


def test_trap_8_nobody_opens_a_lead_for_themselves_by_sql_alone(lead: Lead) -> None:
    analyst, other, supervisor = person("ana", "analyst"), person("olga", "field_officer"), person("sue", "supervisor")
    grant = (
        "INSERT INTO leads_leadgrant (user_id, permission_id, content_object_id, kind, granted_by_id, reason, until) SELECT %s, "
        "(SELECT p.id FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id "
        "WHERE t.app_label = 'leads' AND p.codename = 'view_lead'), %s, %s, %s, 'x', %s"
    )
    until = timezone.now() + timedelta(hours=2)

    assert refused(other, grant, [other.pk, lead.pk, "assignment", other.pk, None])
    assert refused(analyst, grant, [other.pk, lead.pk, "assignment", analyst.pk, None])
    assert refused(analyst, grant, [analyst.pk, lead.pk, "break_glass", analyst.pk, until])
    assert refused(supervisor, grant, [analyst.pk, lead.pk, "break_glass", supervisor.pk, until])
    assert not refused(supervisor, grant, [analyst.pk, lead.pk, "assignment", supervisor.pk, until])
    longer = "UPDATE leads_leadgrant SET kind = 'break_glass', granted_by_id = %s, until = '2099-01-01' WHERE user_id = %s"
    assert refused(analyst, longer, [analyst.pk, analyst.pk])

    kept = (
        "INSERT INTO oversight_breakglass (uuid, user_id, lead_uuid, lead_number, reason_sealed, opened_at, until, review_due_on, verdict) "
        "VALUES (gen_random_uuid(), %s, %s, 'x', '', now(), %s, current_date, '')"
    )
    assert not refused(other, kept, [other.pk, lead.uuid, until])
    assert refused(other, grant, [other.pk, lead.pk, "break_glass", other.pk, until]), "no role of those who break glass"
    late = timezone.now() + timedelta(hours=3)
    assert not refused(analyst, kept, [analyst.pk, lead.uuid, late])
    assert refused(analyst, grant, [analyst.pk, lead.pk, "break_glass", analyst.pk, late]), "two hours and no more"


def test_trap_8_the_database_knows_the_roles_that_assign_and_break_glass() -> None:
    def holders(permission: Permission) -> set[str]:
        return {code for code, role in ROLES.items() if permission in role.permissions}

    assert holders(Permission.ASSIGN_LEAD) == set(ASSIGNING)
    assert holders(Permission.USE_BREAK_GLASS) - {"service"} == set(BREAKING)
    assert timedelta(hours=GLASS_HOURS) == OPEN_FOR


def test_trap_8_nobody_moves_a_lead_in_anothers_name_nor_out_of_its_compartments(lead: Lead, hidden: Lead) -> None:
    analyst, other, service = person("ana", "analyst"), person("ben", "analyst"), service_actor("leads")
    mark = Compartment.objects.get(code="protected-person").pk
    with acting_as(service):
        marked = class_for(audience="hq", compartments=[mark])
        decision = Decision.objects.create(lead=hidden, access_class=hidden.access_class, digest="0" * 64, sealed=b"").pk
    move = "SELECT leads_move(%s, %s, 'hold', %s, 'on_hold', '', NULL, NULL, %s, NULL, NULL, %s, %s, now())"

    def moved_by(actor: User, name: User, class_id: int, decision: int | None = None) -> bool:
        with acting_as(service):
            lead.refresh_from_db()
        return not refused(actor, move, [lead.pk, lead.version, lead.state, class_id, decision, name.pk])

    assert not moved_by(analyst, other, lead.access_class_id)
    assert not moved_by(service, service, marked), "a lead is marked with all that hangs on it, by another function"
    assert not moved_by(analyst, analyst, lead.access_class_id, decision), "the decision is of another lead"
    assert moved_by(analyst, analyst, lead.access_class_id)
    assert moved_by(service, other, lead.access_class_id)


def test_trap_8_only_a_service_lets_go_of_rows(lead: Lead) -> None:
    assert refused(person("ana", "analyst"), "SELECT subjects_let_go('{}')")
    assert refused(None, "SELECT subjects_let_go('{}')")
    assert not refused(service_actor("leads"), "SELECT subjects_let_go('{}')")
