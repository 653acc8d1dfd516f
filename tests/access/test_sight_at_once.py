"""Two transactions that touch the sight of one person: what the later one finds is what stands."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from access.context import acting_as
from access.models import Compartment, User, UserSight
from access.selectors import class_for, service_actor
from access.tasks import close_inactive
from tests.databases import owner_connection
from tests.factories.people import person

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


@pytest.mark.check(37)
def test_a_revocation_holds_though_a_new_class_was_being_made_beside_it(world: str) -> None:
    analyst = person("ana", "analyst", cleared_for="protected-person")
    mark = Compartment.objects.get(code="protected-person").pk
    with acting_as(service_actor("leads")):
        closed = class_for(audience="hq", compartments=[mark])
    assert closed in UserSight.objects.get(user=analyst).classes

    with owner_connection(world) as revoking, owner_connection(world) as making, owner_connection(world) as watching:
        revoking.execute("BEGIN")
        revoking.execute("UPDATE access_clearance SET revoked_at = now() WHERE user_id = %s", [analyst.pk])
        beside = threading.Thread(target=making.execute, args=["SELECT access_intern_class('records', NULL, ARRAY[%s::int])", [mark]])
        beside.start()
        while watching.execute(WAITING, [world]).fetchone() == (0,):
            assert beside.is_alive(), "it must wait for the revocation"
        revoking.execute("COMMIT")
        beside.join(timeout=30)

    assert not beside.is_alive()
    assert closed not in UserSight.objects.get(user=analyst).classes


@pytest.mark.check(37)
def test_what_has_ended_by_its_date_is_kept_anew_within_the_hour_and_not_resolved_for_good(world: str) -> None:
    auditor = person("uma", "auditor")
    with owner_connection(world) as owner:
        owner.execute("ALTER TABLE access_rolegrant DISABLE TRIGGER USER")  # the day comes: nobody writes anything
        owner.execute("UPDATE access_rolegrant SET until = now() - interval '1 second' WHERE user_id = %s", [auditor.pk])
        owner.execute("ALTER TABLE access_rolegrant ENABLE TRIGGER USER")
        owner.execute("UPDATE access_usersight SET valid_until = now() - interval '1 second' WHERE user_id = %s", [auditor.pk])
    assert UserSight.objects.get(user=auditor).reads_audit, "kept as it was"
    assert not reads_audit(auditor), "but no longer believed"

    close_inactive(actor="audit")

    kept = UserSight.objects.get(user=auditor)
    assert (kept.reads_audit, kept.classes, kept.valid_until) == (False, [], None)


def test_who_reads_the_log_is_kept_like_what_they_see(world: str) -> None:
    analyst = person("ana", "analyst")
    assert not reads_audit(analyst)
    with owner_connection(world) as owner:
        owner.execute("UPDATE access_usersight SET reads_audit = true WHERE user_id = %s", [analyst.pk])
    assert reads_audit(analyst), "looked up, not resolved"


def reads_audit(user: User) -> bool:
    with acting_as(user), connection.cursor() as cursor:
        cursor.execute("SELECT access_reads_audit()")
        return bool(cursor.fetchone()[0])
