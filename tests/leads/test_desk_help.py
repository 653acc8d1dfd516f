"""What helps the desk: notices with need-to-know at reading, saved and standing views, capacity and absence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from access.context import acting_as
from access.models import Compartment, User
from access.selectors import class_for
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.models import Claim, Lead, Notice, SavedView
from leads.selectors.desk import loads_for, notices_for, unread_for, views_for
from leads.services.notices import forget_notices, mark_read, tell_each
from leads.services.saved_views import check_standing_views, remove_view, save_view
from leads.services.triage import assign_lead, claim_lead, close_lead, deal_next, hold_lead, reopen_lead
from leads.services.waiting import wake_waiting
from leads.services.workload import cancel_absence, enter_absence, release_absent, set_capacity
from subjects.models import Subject
from tests.factories.facts import NOW, a_subject, admitted, departed, lives, loaded
from tests.leads.conftest import Desk

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


def visitor() -> Subject:
    subject = a_subject("SAMPLE", "JOAN", born=date(1970, 3, 1))
    admitted(subject, date(2026, 7, 1), arrived=date(2026, 1, 1))
    lives(subject)
    return subject


@pytest.fixture
def lead(desk: Desk) -> Lead:
    return desk.opened(visitor)


def told(user: User) -> list[tuple[str, str]]:
    with acting_as(user):
        return [(notice.kind, notice.because) for notice in notices_for(user, now=NOW + timedelta(days=3))]


def test_an_assigned_lead_is_told_to_its_person_and_to_nobody_else(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.supervisor):
        assign_lead(actor=desk.supervisor, lead=lead, user=desk.analyst, reason="Knows the school.", now=NOW)
    assert told(desk.analyst) == [("assigned", "Assigned by Sue.")]
    assert told(desk.supervisor) == told(desk.colleague) == []
    with acting_as(desk.analyst):
        assert unread_for(desk.analyst) == 1
        mark_read(actor=desk.analyst, now=NOW)
        assert unread_for(desk.analyst) == 0


def test_a_notice_is_shown_only_while_its_lead_is_in_sight(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.supervisor):
        assign_lead(actor=desk.supervisor, lead=lead, user=desk.colleague, reason="x", now=NOW)
        close_lead(actor=desk.supervisor, lead=desk.fresh(lead), close_reason="departed", reason="x", now=NOW)
    with acting_as(desk.analyst):
        reopen_lead(actor=desk.analyst, lead=desk.fresh(lead), reason="x", now=NOW)
    assert told(desk.supervisor) == [("reopened", "Opened again by Ana.")]
    with acting_as(desk.service):
        protected = class_for(audience="hq", compartments=[Compartment.objects.get(code="protected-person").pk])
        Subject.objects.filter(pk=lead.subject_id).update(access_class_id=protected)
        subject = Subject.objects.get(pk=lead.subject_id)
    desk.judge(subject)
    assert told(desk.supervisor) == []


def test_what_closes_by_itself_is_told_to_whoever_works_on_it(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)
    with desk.facts():
        subject = Subject.objects.get(pk=lead.subject_id)
        departed(subject, date(2026, 6, 30), as_of=date(2026, 11, 23))
    desk.judge(subject, days=1)
    assert desk.fresh(lead).state == "auto_closed"
    assert told(desk.analyst) == [("closed", "Evidence closed it: the lead says which.")]


def test_who_put_a_lead_on_hold_is_told_when_it_wakes_without_the_evidence(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.analyst):
        hold_lead(actor=desk.analyst, lead=lead, reason="x", waits_for="refresh:claims3", now=NOW)
    with desk.facts():
        loaded("claims3", as_of=date(2026, 11, 24))
    with acting_as(desk.service):
        wake_waiting(actor=desk.service, now=NOW)
    assert told(desk.analyst) == [("woken", "CLAIMS 3 sent a newer extract.")]


def test_notices_are_deleted_after_ninety_days_and_nobody_but_the_service_does_it(desk: Desk, lead: Lead) -> None:
    real_now = timezone.now()  # the database keeps what is younger than ninety days by its own clock
    old, young = real_now - timedelta(days=91), real_now - timedelta(days=89)
    for when in (old, young):
        with desk.facts():
            tell_each({(lead.pk, desk.analyst.pk)}, Notice.Kind.ASSIGNED, now=when, because=f"{when:%d}")
    with acting_as(desk.analyst), pytest.raises(Forbidden):
        forget_notices(actor=desk.analyst, now=real_now)

    with acting_as(desk.service):
        assert forget_notices(actor=desk.service, now=real_now + timedelta(days=3_000)) == 1

    with acting_as(desk.analyst):
        assert list(Notice.objects.values_list("happened_at", flat=True)) == [young]


def saved(desk: Desk, user: User, **given: object) -> SavedView:
    plain = {"name": "Risky ones", "query": "tab=all&risk=high&name=EXAMPLE", "shared": False, "standing": False, "why": "", **given}
    with acting_as(user):
        return save_view(actor=user, now=NOW, **plain)  # type: ignore[arg-type]


def test_a_saved_view_keeps_filters_and_nothing_else(desk: Desk) -> None:
    view = saved(desk, desk.analyst)
    assert view.query == "tab=all&risk=high"
    with acting_as(desk.analyst), pytest.raises(Conflict, match="of that name"):
        save_view(actor=desk.analyst, name="Risky ones", query="", shared=False, standing=False, why="", now=NOW)


def test_a_shared_view_is_seen_by_the_desk_and_removed_by_its_owner_alone(desk: Desk) -> None:
    mine = saved(desk, desk.analyst)
    shared = saved(desk, desk.analyst, name="For all", shared=True)
    with acting_as(desk.colleague):
        assert [view.name for view in views_for(desk.colleague)] == ["For all"]
        with pytest.raises(Forbidden):
            remove_view(actor=desk.colleague, view=shared, now=NOW)
    with acting_as(desk.analyst):
        remove_view(actor=desk.analyst, view=mine, now=NOW)
        assert [view.name for view in views_for(desk.analyst)] == ["For all"]


def test_a_standing_view_remembers_why_and_tells_its_owner_once(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="why it exists"):
        saved(desk, desk.analyst, standing=True)
    saved(desk, desk.analyst, name="New", query="tab=unclaimed", standing=True, why="The school closes in May.")
    later = NOW + timedelta(hours=1)
    assert check_standing_views(service=desk.service, now=later) == 0
    with desk.facts():
        subject = visitor()
    desk.judge(subject, days=1)

    assert check_standing_views(service=desk.service, now=NOW + timedelta(days=2)) == 1
    assert check_standing_views(service=desk.service, now=NOW + timedelta(days=2, hours=1)) == 0

    assert told(desk.analyst) == [("standing", "The school closes in May.")]
    with acting_as(desk.analyst):
        assert [notice.count for notice in Notice.objects.filter(user=desk.analyst)] == [1]


def test_dealing_respects_capacity_and_says_so(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.supervisor):
        set_capacity(actor=desk.supervisor, user=desk.analyst, most=1, now=NOW)
    with acting_as(desk.analyst):
        assert deal_next(actor=desk.analyst, now=NOW) is not None
        with pytest.raises(Conflict, match="You have 1 of the 1 leads of your capacity"):
            deal_next(actor=desk.analyst, now=NOW)
    with acting_as(desk.analyst), pytest.raises(Forbidden):
        set_capacity(actor=desk.analyst, user=desk.analyst, most=99, now=NOW)


def test_who_is_away_gets_nothing_and_gives_back_what_is_claimed(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)
        enter_absence(actor=desk.analyst, user=desk.analyst, from_on=TODAY, until_on=TODAY + timedelta(days=7), now=NOW)
    with acting_as(desk.service):
        assert release_absent(actor=desk.service, now=NOW) == 1
    assert desk.fresh(lead).state == "queued"
    assert told(desk.analyst) == [("released", "You are entered as away.")]
    with acting_as(desk.analyst), pytest.raises(Conflict, match="away until 30 Nov 2026"):
        deal_next(actor=desk.analyst, now=NOW)
    with acting_as(desk.supervisor), pytest.raises(Conflict, match="Ana is away until 30 Nov 2026"):
        assign_lead(actor=desk.supervisor, lead=desk.fresh(lead), user=desk.analyst, reason="x", now=NOW)


def test_only_a_supervisor_enters_the_absence_of_others_and_it_can_be_taken_back(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.analyst), pytest.raises(Forbidden):
        enter_absence(actor=desk.analyst, user=desk.colleague, from_on=TODAY, until_on=TODAY, now=NOW)
    with acting_as(desk.supervisor):
        absence = enter_absence(actor=desk.supervisor, user=desk.colleague, from_on=TODAY, until_on=TODAY, now=NOW)
        cancel_absence(actor=desk.supervisor, absence=absence, now=NOW)
    with acting_as(desk.colleague):
        assert deal_next(actor=desk.colleague, now=NOW) is not None


def test_the_team_page_counts_what_each_has(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)
    with acting_as(desk.supervisor):
        set_capacity(actor=desk.supervisor, user=desk.analyst, most=1, now=NOW)
        loads = {load.user.pk: load for load in loads_for(desk.supervisor, now=NOW + timedelta(days=60))}
    mine = loads[desk.analyst.pk]
    assert (mine.held, mine.overdue, mine.most, mine.full) == (1, 1, 1, True)
    assert loads[desk.colleague.pk].held == 0
    with desk.facts():
        assert Claim.objects.filter(released_at=None).count() == 1
