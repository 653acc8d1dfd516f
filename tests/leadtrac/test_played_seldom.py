"""The demonstration shows what happens seldom: each desk has something to do."""

from __future__ import annotations

import pytest
from django.utils import timezone

from access.context import acting_as
from access.models import Compartment, Leaver, User
from access.selectors import leavers_for, service_actor
from leads.models import Lead
from leads.states import LeadState
from leadtrac.demo import seldom
from leadtrac.demo.people import make_people
from leadtrac.demo.seldom import play_seldom
from oversight.selectors.disclosures import disclosures_for
from oversight.selectors.glass import openings_for
from tests.factories.leads import make_lead


@pytest.mark.django_db
def test_what_happens_seldom_is_played_once() -> None:
    make_people()
    with acting_as(service_actor("leads")):
        hidden = make_lead()
        make_lead(state=LeadState.CLOSED, close_reason="departed")
    now = timezone.now()

    played = play_seldom(now=now)

    assert played == 9
    assert play_seldom(now=now) == 0
    burke, haddad, osei = (User.objects.get(username=name) for name in ("burke", "haddad", "osei"))
    with acting_as(burke):
        assert [line.leaver.user.username for line in leavers_for(burke, now=now)] == ["mfano"]
    with acting_as(haddad):
        (line,) = openings_for(haddad, now=now).lines
        assert (line.who, line.open_now, line.glass.verdict) == ("R. Osei", False, "")
        assert [each.disclosure.unconfirmed for each in disclosures_for(haddad).lines] == [True, False]
    with acting_as(osei):
        assert not Lead.objects.filter(pk=hidden.pk).exists(), "the two hours are over"


@pytest.mark.django_db
def test_the_newest_leads_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seldom, "RECENT", 1)
    make_people()
    with acting_as(service_actor("leads")):
        older, _newest = make_lead(), make_lead()
    now = timezone.now()

    play_seldom(now=now)

    haddad = User.objects.get(username="haddad")
    with acting_as(haddad):
        assert [line.glass.lead_number for line in openings_for(haddad, now=now).lines] == [older.number]


@pytest.mark.django_db
@pytest.mark.parametrize("killed_at", ["make_compartment", "move_in", "open_glass", "record_disclosure"])
def test_a_start_that_was_killed_is_played_to_its_end(monkeypatch: pytest.MonkeyPatch, killed_at: str) -> None:
    make_people()
    with acting_as(service_actor("leads")):
        make_lead()
        make_lead(state=LeadState.CLOSED, close_reason="departed")
    now = timezone.now()

    def kill(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(seldom, killed_at, kill)
        with pytest.raises(KeyboardInterrupt):
            play_seldom(now=now)
    play_seldom(now=now)

    haddad = User.objects.get(username="haddad")
    with acting_as(haddad):
        assert len(openings_for(haddad, now=now).lines) == 1
        assert len(disclosures_for(haddad).lines) == 2
    assert (Leaver.objects.count(), Compartment.objects.filter(name=seldom.SENSITIVE).count()) == (1, 1)
    assert play_seldom(now=now) == 0


@pytest.mark.django_db
def test_in_a_world_without_leads_the_rest_is_played() -> None:
    make_people()

    assert play_seldom(now=timezone.now()) == 5
