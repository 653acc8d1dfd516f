"""The gate: what the database shows to whom. Real commits, the application role, row-level security."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from access.context import acting_as, open_context, through_service
from access.models import AccessClass, Compartment, RoleGrant, User
from access.selectors import class_for, service_actor
from access.tasks import ActorTask
from audit.models import Event
from foundation.errors import NoActor
from leadtrac.celery import app
from subjects.models import Subject
from tests.databases import owner_connection
from tests.factories.people import OfficeFactory, person


def make_subject(actor: User, class_id: int) -> Subject:
    with acting_as(actor):
        return Subject.objects.create(access_class_id=class_id, family_name="EXAMPLE", given_name="Ana")


@pytest.fixture
def headquarters_class(world: str) -> int:
    with acting_as(service_actor("subjects")):
        return class_for(audience="hq")


@pytest.mark.check(28)
def test_without_context_the_application_role_sees_no_row_where_the_owner_counts_more(world: str, headquarters_class: int) -> None:
    make_subject(service_actor("subjects"), headquarters_class)

    with owner_connection(world) as owner:
        assert owner.execute("SELECT count(*) FROM subjects_subject").fetchone() == (1,)
    assert Subject.objects.count() == 0


def test_each_role_sees_its_known_number_of_subjects(world: str, headquarters_class: int) -> None:
    make_subject(service_actor("subjects"), headquarters_class)
    office = OfficeFactory.create(code="HSI-BOS")

    seen = {}
    for role in (
        "analyst",
        "supervisor",
        "privacy_officer",
        "field_officer",
        "field_supervisor",
        "records_officer",
        "auditor",
        "data_operator",
        "administrator",
    ):
        with acting_as(person(f"one.{role}", role, office=office)):
            seen[role] = Subject.objects.count()

    assert seen == {
        "analyst": 1,
        "supervisor": 1,
        "privacy_officer": 1,
        "field_officer": 0,
        "field_supervisor": 0,
        "records_officer": 0,
        "auditor": 0,
        "data_operator": 0,
        "administrator": 0,
    }


@pytest.mark.check(31)
def test_two_users_on_one_connection_see_only_their_own_after_real_commits(world: str, headquarters_class: int) -> None:
    make_subject(service_actor("subjects"), headquarters_class)
    analyst, administrator = person("ana", "analyst"), person("adam", "administrator")

    with acting_as(analyst):
        pid = connection.connection.info.backend_pid
        assert Subject.objects.count() == 1
    with acting_as(administrator):
        assert connection.connection.info.backend_pid == pid, "the two must share a connection for this test to mean anything"
        assert Subject.objects.count() == 0
    assert Subject.objects.count() == 0, "after the transaction the context is gone"


def test_a_forged_context_shows_nothing(world: str, headquarters_class: int) -> None:
    make_subject(service_actor("subjects"), headquarters_class)
    analyst = person("ana", "analyst")

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadtrac.context', %s, true)", [f"{analyst.pk}:nonce:{'0' * 64}"])
        assert Subject.objects.count() == 0
        cursor.execute("SELECT set_config('leadtrac.context', %s, true)", ["nonsense"])
        assert Subject.objects.count() == 0


def test_a_context_with_a_wrong_mac_is_refused_and_the_secret_cannot_be_read(world: str) -> None:
    analyst = person("ana", "analyst")

    for statement in (
        f"SELECT access_open_context({analyst.pk}, 'nonce', 'wrong')",
        f"SELECT access_mac({analyst.pk}, 'nonce')",
        "SELECT * FROM access_context_secret",
        "SELECT * FROM access_resolve(1, now())",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.check(32)
def test_one_missing_compartment_hides_a_row_and_all_of_them_show_it(world: str) -> None:
    with owner_connection(world) as owner:
        owner.execute("INSERT INTO access_compartment (code, name, authority) VALUES ('second', 'Second', '')")
    first, second = Compartment.objects.get(code="protected-person"), Compartment.objects.get(code="second")
    with acting_as(service_actor("subjects")):
        class_id = class_for(audience="hq", compartments=[second.pk, first.pk])
    make_subject(service_actor("subjects"), class_id)
    analyst = person("ana", "analyst", cleared_for="protected-person")

    with acting_as(analyst):
        assert Subject.objects.count() == 0
    person("ana", "analyst", cleared_for="second")
    with acting_as(analyst):
        assert Subject.objects.count() == 1


@pytest.mark.check(37)
def test_revoking_a_role_holds_at_the_next_request(world: str, headquarters_class: int) -> None:
    make_subject(service_actor("subjects"), headquarters_class)
    analyst = person("ana", "analyst")
    with acting_as(analyst):
        assert Subject.objects.count() == 1

    RoleGrant.objects.filter(user=analyst).update(revoked_at=timezone.now())

    with acting_as(analyst):
        assert Subject.objects.count() == 0


@pytest.mark.check(37)
def test_an_expired_grant_shows_nothing_although_nobody_refreshed_the_sight(world: str, headquarters_class: int) -> None:
    make_subject(service_actor("subjects"), headquarters_class)
    analyst = person("ana", "analyst")

    with owner_connection(world) as owner:
        owner.execute("ALTER TABLE access_rolegrant DISABLE TRIGGER USER")
        owner.execute("UPDATE access_rolegrant SET until = now() - interval '1 minute' WHERE user_id = %s", [analyst.pk])
        owner.execute("UPDATE access_usersight SET valid_until = now() - interval '1 minute' WHERE user_id = %s", [analyst.pk])

    with acting_as(analyst):
        assert Subject.objects.count() == 0


def test_a_closed_account_sees_nothing(world: str, headquarters_class: int) -> None:
    make_subject(service_actor("subjects"), headquarters_class)
    analyst = person("ana", "analyst")
    User.objects.filter(pk=analyst.pk).update(is_active=False)

    with acting_as(analyst):
        assert Subject.objects.count() == 0


def test_a_row_cannot_be_written_into_a_class_that_its_writer_does_not_see(world: str, headquarters_class: int) -> None:
    with pytest.raises(DatabaseError):
        make_subject(person("adam", "administrator"), headquarters_class)


def test_through_a_service_more_is_seen_and_afterwards_less_again(world: str, headquarters_class: int) -> None:
    make_subject(service_actor("subjects"), headquarters_class)

    with acting_as(person("fay", "field_officer", office=OfficeFactory.create(code="HSI-BOS"))):
        assert Subject.objects.count() == 0
        with through_service(service_actor("leads")):
            assert Subject.objects.count() == 1
        assert Subject.objects.count() == 0


def test_a_context_outside_a_transaction_is_refused(world: str) -> None:
    with pytest.raises(NoActor):
        open_context(service_actor("subjects").pk)


def test_a_task_without_an_actor_is_refused() -> None:
    @app.task(base=ActorTask, name="tests.needs_actor")
    def needs_actor(actor: str) -> str:
        return actor

    with pytest.raises(NoActor):
        needs_actor(actor="")
    assert needs_actor(actor="svc-ingest") == "svc-ingest"


def test_a_class_is_interned_once_whatever_the_order_of_its_compartments(world: str) -> None:
    with acting_as(service_actor("subjects")):
        first = class_for(audience="hq", compartments=[2, 1])
        second = class_for(audience="hq", compartments=[1, 2])

    assert first == second
    assert AccessClass.objects.get(pk=first).compartments == [1, 2]


@pytest.mark.check(50)
def test_events_are_seen_by_auditors_and_by_their_own_actor_only(world: str) -> None:
    from audit.acts import Act
    from audit.services import record

    analyst, colleague, auditor = person("ana", "analyst"), person("ben", "analyst"), person("uma", "auditor")
    subject_uuid = uuid.uuid4()
    with acting_as(analyst):
        record(Act.VIEW, object_kind="subject", object_uuid=subject_uuid)

    def seen_by(user: User) -> int:
        with acting_as(user):
            return Event.objects.filter(object_uuid=subject_uuid).count()

    assert (seen_by(analyst), seen_by(colleague), seen_by(auditor)) == (1, 0, 1)


@pytest.mark.check(44, 49)
def test_the_log_cannot_be_changed_by_the_application_nor_by_the_owner(world: str) -> None:
    from audit.acts import Act
    from audit.services import record

    with acting_as(person("ana", "analyst")):
        record(Act.PAGE)

    for statement in ("UPDATE audit_event SET allowed = false", "DELETE FROM audit_event", "TRUNCATE audit_event"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        with owner_connection(world) as owner, pytest.raises(psycopg.Error):
            owner.execute(statement)
