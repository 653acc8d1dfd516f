"""Triage: claim, deal, assign, note, hold, close, reopen, check; every decision can be shown again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from access.context import acting_as
from access.models import User
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from leads.looking import look_at
from leads.models import Claim, Lead, LeadGrant, Note
from leads.selectors.lead import decision_for, history_for, lead_detail_for, notes_for
from leads.services.referral import ask_review, decline_review
from leads.services.triage import (
    assign_lead,
    claim_lead,
    close_lead,
    deal_next,
    end_expired_holds,
    enter_check,
    hold_lead,
    open_lead,
    release_expired_claims,
    release_lead,
    reopen_lead,
    unhold_lead,
    write_note,
)
from leads.services.workload import enter_absence
from subjects.models import Subject
from tests.factories.facts import AS_OF, NOW, a_subject, departed, lives, loaded, met, overstayer
from tests.leads.conftest import Desk


def test_a_claim_takes_the_lead_into_research_for_a_day(desk: Desk) -> None:
    lead = desk.opened(overstayer)

    with acting_as(desk.analyst):
        claim = claim_lead(actor=desk.analyst, lead=lead, now=NOW)
        detail = lead_detail_for(desk.analyst, lead.number, now=NOW)

    assert claim.until == NOW + timedelta(hours=24)
    assert detail.mine
    assert desk.fresh(lead).state == "in_research"


def test_a_claimed_lead_is_refused_to_a_colleague_who_learns_who_has_it(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)

    with acting_as(desk.colleague), pytest.raises(Conflict, match="Ana has claimed this lead until 24 Nov 2026"):
        claim_lead(actor=desk.colleague, lead=desk.fresh(lead), now=NOW)


def test_an_expired_claim_stands_in_nobody_s_way(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)

    with acting_as(desk.colleague):
        claim = claim_lead(actor=desk.colleague, lead=desk.fresh(lead), now=NOW + timedelta(hours=25))

    assert claim.user == desk.colleague


def test_expired_leases_end_by_themselves_and_the_lead_is_back_in_the_queue(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)
    with acting_as(desk.service):
        assert release_expired_claims(actor=desk.service, now=NOW + timedelta(hours=23)) == 0
        assert release_expired_claims(actor=desk.service, now=NOW + timedelta(hours=25)) == 1

    assert desk.fresh(lead).state == "queued"


def test_a_hold_ends_by_itself_on_its_day(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        hold_lead(actor=desk.analyst, lead=lead, reason="Asked the consulate.", until=date(2026, 12, 1), now=NOW)
    with acting_as(desk.service):
        assert end_expired_holds(actor=desk.service, now=NOW + timedelta(days=7)) == 0
        assert end_expired_holds(actor=desk.service, now=NOW + timedelta(days=8)) == 1

    assert (desk.fresh(lead).state, desk.fresh(lead).hold_until) == ("queued", None)


def test_a_lead_that_wakes_is_back_with_whoever_held_it_but_not_with_who_gave_it_up_or_is_away(desk: Desk) -> None:
    lead = desk.opened(overstayer)

    def held_until_december_and_woken(*, gives_up: bool = False) -> tuple[str, str]:
        with acting_as(desk.analyst):
            claim_lead(actor=desk.analyst, lead=desk.fresh(lead), now=NOW)
            hold_lead(actor=desk.analyst, lead=desk.fresh(lead), reason="Asked.", until=date(2026, 12, 1), now=NOW)
            if gives_up:
                release_lead(actor=desk.analyst, lead=desk.fresh(lead), now=NOW + timedelta(hours=1))
        with acting_as(desk.service):
            release_expired_claims(actor=desk.service, now=NOW + timedelta(hours=25))
            end_expired_holds(actor=desk.service, now=NOW + timedelta(days=8))
            claim = Claim.objects.filter(lead=lead, released_at=None).first()
            Claim.objects.filter(lead=lead, released_at=None).update(released_at=NOW)
        return desk.fresh(lead).state, f"{claim.user.label}: {claim.why}" if claim else ""

    assert held_until_december_and_woken() == ("in_research", "Ana: Off hold: it was yours before.")
    assert held_until_december_and_woken(gives_up=True) == ("queued", "")
    with acting_as(desk.supervisor):
        days = {"from_on": date(2026, 11, 30), "until_on": date(2026, 12, 4)}
        enter_absence(actor=desk.supervisor, user=desk.analyst, now=NOW, **days)
    assert held_until_december_and_woken() == ("queued", "")


def test_taken_off_hold_by_hand_a_lead_is_back_with_its_holder_too(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)
        hold_lead(actor=desk.analyst, lead=desk.fresh(lead), reason="Asked.", until=date(2026, 12, 1), now=NOW)
    later = NOW + timedelta(days=2)
    with acting_as(desk.supervisor):
        back = unhold_lead(actor=desk.supervisor, lead=desk.fresh(lead), now=later)

    assert (back.state, back.version) == ("in_research", desk.fresh(lead).version)
    with acting_as(desk.service):
        claim = Claim.objects.get(lead=lead, released_at=None)
    assert (claim.user, claim.until > later) == (desk.analyst, True)


def test_a_lead_with_a_supervisor_stays_with_who_asked_and_offers_a_referral_to_nobody_but_a_second_person(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    later = NOW + timedelta(days=3)
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)
        ask_review(actor=desk.analyst, lead=desk.fresh(lead), reason="Please look.", now=NOW)
    with acting_as(desk.service):
        assert release_expired_claims(actor=desk.service, now=later) == 0

    def refers(user: User) -> tuple[bool, str]:
        with acting_as(user):
            detail = lead_detail_for(user, lead.number, now=later)
        assert detail.claim is not None
        assert detail.claim.user == desk.analyst
        return next((each.allowed, each.reason) for each in detail.actions if each.action == "refer")

    with acting_as(desk.colleague), pytest.raises(Conflict, match="Ana has asked a supervisor about this lead"):
        claim_lead(actor=desk.colleague, lead=desk.fresh(lead), now=later)
    assert refers(desk.analyst) == (False, "It waits for a supervisor.")
    assert refers(desk.supervisor) == (True, "")
    with acting_as(desk.supervisor):
        decline_review(actor=desk.supervisor, lead=desk.fresh(lead), reason="Which address?", finding_is_wrong=False, now=later)
    with acting_as(desk.service):
        assert release_expired_claims(actor=desk.service, now=later + timedelta(hours=23)) == 0


def test_only_the_holder_or_a_supervisor_releases(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)
    with acting_as(desk.colleague), pytest.raises(Forbidden):
        release_lead(actor=desk.colleague, lead=desk.fresh(lead), now=NOW)

    with acting_as(desk.supervisor):
        release_lead(actor=desk.supervisor, lead=desk.fresh(lead), now=NOW)

    assert desk.fresh(lead).state == "queued"


def test_the_next_lead_is_dealt_with_the_reason(desk: Desk) -> None:
    def watched() -> Subject:
        subject = overstayer()
        met(subject, date(2026, 5, 1), kind="lookout", watchlist=True)
        return subject

    plain, urgent = desk.opened(overstayer), desk.opened(watched)

    with acting_as(desk.analyst):
        first = deal_next(actor=desk.analyst, now=NOW)
        second = deal_next(actor=desk.analyst, now=NOW)
        third = deal_next(actor=desk.analyst, now=NOW)

    assert first is not None
    assert second is not None
    assert (first.lead.pk, second.lead.pk, third) == (urgent.pk, plain.pk, None)
    assert first.why.startswith("Dealt to you because it has the highest risk")


def test_an_overdue_lead_is_dealt_before_a_riskier_one(desk: Desk) -> None:
    lead = desk.opened(overstayer)

    with acting_as(desk.analyst):
        dealt = deal_next(actor=desk.analyst, now=NOW + timedelta(days=60))

    assert dealt is not None
    assert (dealt.lead.pk, "beyond its date" in dealt.why) == (lead.pk, True)


def test_a_supervisor_assigns_and_the_grant_says_why(desk: Desk) -> None:
    lead = desk.opened(overstayer)

    with acting_as(desk.supervisor):
        assign_lead(actor=desk.supervisor, lead=lead, user=desk.analyst, reason="Knows the school.", now=NOW)
        grant = LeadGrant.objects.get(content_object=lead)

    assert (grant.user, grant.kind, grant.reason) == (desk.analyst, "assignment", "Knows the school.")
    with desk.facts():
        assert Claim.objects.get(lead=lead, released_at=None).user == desk.analyst
    with acting_as(desk.analyst), pytest.raises(Forbidden):
        assign_lead(actor=desk.analyst, lead=desk.fresh(lead), user=desk.colleague, reason="x", now=NOW)


def test_a_note_is_sealed_and_its_correction_keeps_the_first_version(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        first = write_note(actor=desk.analyst, lead=lead, text="Called the hotel.", audience="hq", now=NOW)
        write_note(actor=desk.analyst, lead=lead, text="Called the hotel twice.", audience="hq", now=NOW, replaces=first.uuid)
        with pytest.raises(Conflict):
            write_note(actor=desk.analyst, lead=lead, text="Thrice.", audience="hq", now=NOW, replaces=first.uuid)
        notes = notes_for(desk.analyst, lead)

    assert {(note.text, note.replaced) for note in notes} == {("Called the hotel.", True), ("Called the hotel twice.", False)}
    with desk.facts():
        assert b"hotel" not in bytes(Note.objects.get(pk=first.pk).sealed)


def test_a_note_for_the_office_needs_an_office(desk: Desk) -> None:
    lead = desk.opened(overstayer)

    with acting_as(desk.analyst), pytest.raises(InvalidInput, match="No office has this lead"):
        write_note(actor=desk.analyst, lead=lead, text="For you.", audience="office", now=NOW)


def test_a_decision_shows_later_exactly_what_was_seen(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        seen = look_at(lead, NOW).picture
        close_lead(actor=desk.analyst, lead=lead, close_reason="no_viable_address", reason="Nothing left to try.", now=NOW)
        decision = next(event.decision_uuid for event in history_for(desk.analyst, lead) if event.decision_uuid)
    with desk.facts():
        departed(lead.subject, date(2026, 7, 9))
        lives(lead.subject, "GA")
    desk.judge(lead.subject)

    with acting_as(desk.supervisor):
        frozen = decision_for(desk.supervisor, decision)

    assert frozen.picture == seen
    assert (frozen.who, frozen.words, frozen.label) == ("Ana", "Nothing left to try.", "Close")
    with acting_as(desk.boston), pytest.raises(NotFound):
        decision_for(desk.boston, decision)


def test_closing_needs_a_listed_reason_and_words(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        with pytest.raises(InvalidInput) as unlisted:
            close_lead(actor=desk.analyst, lead=lead, close_reason="joined", reason="x", now=NOW)
        with pytest.raises(InvalidInput) as silent:
            close_lead(actor=desk.analyst, lead=lead, close_reason="departed", reason=" ", now=NOW)

    assert (unlisted.value.field, silent.value.field) == ("close_reason", "reason")
    assert desk.fresh(lead).state == "queued"


def test_a_stale_page_decides_nothing(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.colleague):
        hold_lead(actor=desk.colleague, lead=desk.fresh(lead), reason="Waits.", now=NOW)

    with acting_as(desk.analyst):
        with pytest.raises(Conflict):
            close_lead(actor=desk.analyst, lead=lead, close_reason="departed", reason="Left.", now=NOW)
        with pytest.raises(Conflict):
            close_lead(actor=desk.analyst, lead=desk.fresh(lead), close_reason="departed", reason="Left.", now=NOW, version=lead.version)


def test_a_lead_out_of_sight_cannot_be_moved(desk: Desk) -> None:
    lead = desk.opened(overstayer)

    with acting_as(desk.operator), pytest.raises(Forbidden):
        hold_lead(actor=desk.operator, lead=lead, reason="x", now=NOW)
    with acting_as(desk.boston), pytest.raises(NotFound):
        lead_detail_for(desk.boston, lead.number, now=NOW)


def test_a_closed_lead_is_reopened_by_hand_with_a_reason(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        close_lead(actor=desk.analyst, lead=lead, close_reason="departed", reason="He left.", now=NOW)
        reopen_lead(actor=desk.analyst, lead=desk.fresh(lead), reason="He did not.", now=NOW)

    assert desk.fresh(lead).state == "reopened"
    assert desk.judge(lead.subject).closed == 0


def test_a_lead_opened_by_hand_is_one_lead(desk: Desk) -> None:
    with desk.facts():
        subject = a_subject()

    with acting_as(desk.analyst):
        lead = open_lead(actor=desk.analyst, subject=subject, reason="A tip.", now=NOW)
        with pytest.raises(Conflict):
            open_lead(actor=desk.analyst, subject=subject, reason="Another tip.", now=NOW)

    assert desk.fresh(lead).state == "queued"


def test_asking_a_system_by_hand_makes_its_word_fresh_again(desk: Desk) -> None:
    with desk.facts():
        loaded("adis", "eid", as_of=AS_OF + timedelta(days=20))
    lead = desk.opened(overstayer)
    late = NOW + timedelta(days=20)
    with acting_as(desk.analyst):
        before = {sign.key for sign in look_at(lead, late).picture.stop_signs}
        enter_check(actor=desk.analyst, lead=lead, source="claims3", checked_on=late.date(), now=late)
        after = {sign.key for sign in look_at(desk.fresh(lead), late).picture.stop_signs}

    assert "source_stale:claims3" in before
    assert "source_stale:claims3" not in after
    assert Lead.objects.count() == 0
