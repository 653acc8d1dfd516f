"""A replay shows how people had decided the leads that it would move."""

from __future__ import annotations

from datetime import timedelta

from access.context import acting_as
from access.models import Office
from leads.models import Referral
from leads.selectors.book import replay_view
from leads.services.answer import return_referral
from leads.services.deciding import close_lead, reopen_lead
from leads.services.referral import refer_lead
from tests.factories.facts import NOW
from tests.leads.conftest import Desk
from tests.leads.test_replay import ask, seen_lately, worked


def test_how_people_had_decided_stands_beside_the_effect(desk: Desk) -> None:
    lead = desk.opened(lambda: seen_lately(desk))
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=lead, close_reason="no_viable_address", reason="Nobody there.", now=NOW - timedelta(hours=1))

    replay = worked(desk, ask(desk, known_at=NOW - timedelta(hours=20)))

    assert [(line.would, line.decided) for line in replay_view(replay).decided] == [("vanish", "All leads exhausted, no viable address")]


def decided(desk: Desk) -> list[tuple[str, str]]:
    """The replay as the form proposes it: on all that is known today."""
    return [(line.would, line.decided) for line in replay_view(worked(desk, ask(desk))).decided]


def test_what_a_person_settled_hides_nothing_of_how_people_had_decided(desk: Desk) -> None:
    lead = desk.opened(lambda: seen_lately(desk))
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=lead, close_reason="no_viable_address", reason="Nobody there.", now=NOW - timedelta(hours=1))

    replay = worked(desk, ask(desk))

    assert [(line.would, line.decided) for line in replay_view(replay).decided] == [("vanish", "All leads exhausted, no viable address")]
    assert replay_view(replay).vanishes == 0  # the lead is closed by both versions: nothing would move


def test_a_referral_and_what_the_office_answered_are_decisions_of_people(desk: Desk) -> None:
    lead = desk.opened(lambda: seen_lately(desk))
    with acting_as(desk.analyst):
        office = Office.objects.get(code="HSI-BOS")
        referral = refer_lead(actor=desk.analyst, lead=lead, office=office, reason="Good address.", now=NOW)
    assert decided(desk) == [("vanish", "Referred to an office")]
    with acting_as(desk.boston):
        return_referral(
            actor=desk.boston, referral=Referral.objects.get(pk=referral.pk), return_reason="better_address", words="Moved.", now=NOW
        )
    assert decided(desk) == [("vanish", "Returned by the office")]

    back = desk.fresh(lead)
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=back, close_reason="no_viable_address", reason="Nobody there.", now=NOW)
        reopen_lead(actor=desk.analyst, lead=desk.fresh(lead), reason="Somebody is.", now=NOW)
    assert decided(desk) == [("vanish", "Closed, and opened again since")]
