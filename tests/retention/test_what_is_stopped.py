"""What something stops is on no list, and keeps nothing else waiting."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from access.context import acting_as
from access.selectors import service_actor
from foundation.errors import Conflict
from foundation.registries import Blocker, blockers
from leadtrac.bench.client import signed_in
from retention.models import Disposition
from retention.services.holds import place_hold
from retention.services.opening import extend_record
from retention.services.runs import propose_run
from retention.tasks import propose_due
from tests.factories.records import NOW, old_lead, outcomes, twenty_five_years
from tests.pages import words

pytestmark = pytest.mark.usefixtures("world")


def test_what_is_stopped_keeps_no_other_record_waiting_and_is_counted_on_the_run() -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        held, kept, still_open = (
            old_lead(date(2001, 1, 1)),
            old_lead(date(2001, 1, 2)),
            old_lead(date(2001, 1, 3), state="queued", close_reason=""),
        )
        free = old_lead(date(2001, 6, 1))
    with acting_as(team.rita):
        place_hold(actor=team.rita, kind="foia", issuer="FOIA office", authority="F-1", reason="asked", now=NOW, numbers=[held.number])
        extend_record(
            actor=team.rita, lead_uuid=kept.uuid, lead_number=kept.number, authority_kind="court_order", authority="1:26",
            ends_on=date(2030, 1, 1), review_on=date(2029, 1, 1), now=NOW,
        )  # fmt: skip
        run = propose_run(actor=team.rita, kind="archive", as_of=NOW.date(), now=NOW, most=1)

    assert outcomes(team, run) == {free.number: "pending"}
    page = words(signed_in(team.rita).get(reverse("retention_run", args=[run.uuid])))
    assert "3 more are due and stopped by a hold, an authority or open work" in page
    assert still_open.number not in page


def test_no_run_is_made_of_records_that_something_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    team = twenty_five_years()
    with acting_as(service_actor("leads")):
        held, asked_for = old_lead(), old_lead()
    with acting_as(team.rita):
        place_hold(actor=team.rita, kind="foia", issuer="FOIA office", authority="F-1", reason="asked", now=NOW, numbers=[held.number])
    entries = {"test": Blocker(among=lambda leads: {each: "An open request." for each in leads if each == asked_for.uuid})}
    monkeypatch.setattr(blockers, "_entries", entries)

    propose_due(actor="svc-retention")

    with acting_as(team.rita):
        with pytest.raises(Conflict, match="2 records are due, and something stops each of them"):
            propose_run(actor=team.rita, kind="archive", as_of=NOW.date(), now=NOW)
        assert not Disposition.objects.exists()
