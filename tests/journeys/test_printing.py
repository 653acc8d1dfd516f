"""What goes to paper from a browser is on record."""

from __future__ import annotations

import pytest

from access.context import acting_as
from access.selectors import service_actor
from audit.acts import Act
from audit.models import Event
from tests.journeys.conftest import Visit
from tests.journeys.worlds import a_desk

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def test_printing_a_lead_is_an_event_about_the_lead(visit_as: Visit) -> None:
    desk = a_desk(1)
    page = visit_as(desk.analyst)
    page.goto(f"/leads/{desk.leads[0].number}/", wait_until="networkidle")

    with page.expect_response("**/printed/**") as told:
        page.pdf()

    assert told.value.status == 204
    with acting_as(service_actor("audit")):
        event = Event.objects.get(act=Act.PRINT)
    assert (event.actor_id, event.object_uuid) == (desk.analyst.pk, desk.leads[0].uuid)
