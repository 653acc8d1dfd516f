"""What a person closed for a reason of the day opens again when that is over (docs/adr/0012)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from access.context import acting_as
from leads.services.deciding import close_lead
from subjects.models import EncounterFact, FilingFact
from tests.factories.facts import NOW, departed, filed, lives, overstayer, told
from tests.leads.conftest import Desk


def test_a_lead_closed_for_a_pending_filing_opens_again_when_the_filing_is_refused(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with desk.facts():
        filing = filed(lead.subject, date(2026, 7, 1))
    desk.judge(lead.subject)
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=desk.fresh(lead), close_reason="pending_benefit", reason="It may take years.", now=NOW)
    still = desk.judge(lead.subject)
    with desk.facts():
        FilingFact.objects.filter(pk=filing.pk).update(superseded_at=timezone.now())
        filed(lead.subject, date(2026, 7, 1), status="denied", decided_on=date(2026, 7, 20))

    written = desk.judge(lead.subject)

    assert (still.reopened, written.reopened, desk.fresh(lead).state) == (0, 1, "reopened")


def test_a_lead_closed_for_want_of_an_address_opens_again_with_one_and_closes_again_on_that(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=lead, close_reason="no_viable_address", reason="Nothing anywhere.", now=NOW)
    still = desk.judge(lead.subject)
    with desk.facts():
        lives(lead.subject, "MA", confirmed=True)
    written = desk.judge(lead.subject)
    assert (still.reopened, written.reopened, desk.fresh(lead).state) == (0, 1, "reopened")

    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=desk.fresh(lead), close_reason="no_viable_address", reason="An empty lot.", now=NOW)

    assert desk.judge(lead.subject).reopened == 0  # this closing knew the address


@pytest.mark.parametrize(("place", "agency", "reopened"), [("MIA", "CBP", 1), ("BGT", "DOS", 0), ("DUB", "CBP", 0), ("NOWHERE", "CBP", 0)])
def test_prints_reopen_a_lead_of_somebody_who_left_only_when_they_were_taken_here(
    desk: Desk, place: str, agency: str, reopened: int
) -> None:
    lead = desk.opened(overstayer)
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9))
    closed = desk.judge(lead.subject)
    met: dict[str, Any] = {
        "event_number": "IDENT-1",
        "kind": "biometric",
        "occurred_on": date(2026, 8, 20),
        "place": place,
        "agency": agency,
    }
    with desk.facts():
        told(EncounterFact, lead.subject, "ident", **met)

    written = desk.judge(lead.subject)

    assert (closed.closed, written.reopened) == (1, reopened)
