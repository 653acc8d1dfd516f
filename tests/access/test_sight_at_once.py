"""Two transactions that touch the sight of one person: what the later one finds is what stands."""

from __future__ import annotations

import threading

import pytest

from access.context import acting_as
from access.models import Compartment, UserSight
from access.selectors import class_for, service_actor
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
