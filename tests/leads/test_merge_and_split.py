"""Two people taken for one and taken apart again: each has the own lead again, with all that hung on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F

from access.context import acting_as
from access.models import Office
from leads.models import Attachment, Claim, Correction, Finding, Lead, LeadGrant, Note, Notice, RecallNotice, Referral, Transition, Wait
from leads.services.answer import accept_referral, acknowledge_out_of_date
from leads.services.deciding import close_lead, hold_lead
from leads.services.referral import propose_referral, refer_lead
from leads.services.triage import assign_lead, claim_lead, write_note
from retention.models import HoldLead
from retention.services.holds import place_hold
from subjects.models import Judgement, Subject
from subjects.services.judge import judge, undo
from subjects.services.protect import protect
from subjects.services.write_subjects import refresh
from tests.factories.facts import NOW, a_subject, departed, lives, numbered, overstayer, terminated
from tests.factories.people import person
from tests.factories.records import attached
from tests.leads.conftest import Desk

LATER = NOW + timedelta(days=2)


def claimed(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.analyst):
        claim_lead(actor=desk.analyst, lead=lead, now=NOW)
        write_note(actor=desk.analyst, lead=lead, text="Called the landlord.", audience="hq", now=NOW)
        attached(lead, lead.access_class_id, "What the landlord wrote.")


def assigned(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.supervisor):
        assign_lead(actor=desk.supervisor, lead=lead, user=desk.colleague, reason="Knows the case.", now=NOW)


def held(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.analyst):
        hold_lead(
            actor=desk.analyst, lead=lead, reason="Ask again.", now=NOW, until=NOW.date() + timedelta(days=20), waits_for="refresh:eid"
        )


def under_a_records_hold(desk: Desk, lead: Lead) -> None:
    rita = person("rita", "records_officer")
    with acting_as(rita):
        place_hold(actor=rita, kind="litigation", issuer="A court", authority="Order 1", reason="Evidence.", now=NOW, numbers=[lead.number])


def referred(desk: Desk, lead: Lead) -> None:
    with acting_as(desk.analyst):
        proposal = propose_referral(user=desk.analyst, lead=lead, now=NOW)
        boston = Office.objects.get(code="HSI-BOS")
        refer_lead(actor=desk.analyst, lead=lead, office=boston, reason="Good address.", now=NOW, digest=proposal.digest)


def accepted(desk: Desk, lead: Lead) -> None:
    referred(desk, lead)
    with acting_as(desk.boston):
        accept_referral(actor=desk.boston, referral=Referral.objects.get(), now=NOW)


def untouched(desk: Desk, lead: Lead) -> None:
    """Nobody has looked at it."""


def resident(family: str) -> Subject:
    return known(overstayer(family=family))


def student(family: str) -> Subject:
    subject = a_subject(family)
    terminated(subject, date(2026, 9, 1))
    return known(subject)


def known(subject: Subject) -> Subject:
    """With an address and a passport of their own, and best values as the intake leaves them."""
    lives(subject, "MA")
    numbered(subject, "passport", f"ZZ{subject.pk:07d}", country="UTO")
    refresh([subject.pk], NOW)
    return subject


def two_with_leads(desk: Desk) -> tuple[Subject, Subject]:
    """Two people with a lead each, the first one's the older."""
    with desk.facts():
        first, second = resident("EXAMPLE"), resident("SAMPLE")
    desk.judge(first)
    desk.judge(second, days=1)
    return first, second


def lead_of(desk: Desk, subject: Subject) -> Lead:
    with desk.facts():
        return Lead.objects.get(subject=subject)


def as_it_stands(desk: Desk) -> dict[str, Any]:
    """Leads, and all that hangs on them, in words that do not count how often they were written."""
    with desk.facts():
        newest = Finding.objects.order_by("subject", "rule_id", "matter_key", "-pk").distinct("subject", "rule_id", "matter_key")
        return {
            "leads": sorted(Lead.objects.values_list("number", "subject", "state", "close_reason", "hold_until", "office", "access_class")),
            "findings": sorted(
                (row.subject_id, row.rule_id, row.matter_key, row.outcome, row.lead_id, row.access_class_id)
                for row in newest
                if row.outcome != "clear"
            ),
            "claims": sorted(Claim.objects.filter(released_at=None).values_list("lead", "user", "until")),
            "waits": sorted(Wait.objects.filter(ended_at=None).values_list("lead", "kind", "source")),
            "referrals": sorted(Referral.objects.values_list("lead", "state", "answered_at")),
            "grants": sorted(LeadGrant.objects.values_list("content_object", "user", "kind")),
            "notes": sorted(Note.objects.values_list("lead", "author", "access_class")),
            "files": sorted(Attachment.objects.values_list("lead", "sha256", "access_class")),
            "holds": sorted(HoldLead.objects.values_list("lead_number", "hold")),
        }


def one(desk: Desk, first: Subject, second: Subject) -> Judgement:
    """A supervisor calls the two one person."""
    left, right = sorted((first, second), key=lambda each: each.pk)
    with desk.facts():
        pair = Judgement.objects.create(access_class_id=left.access_class_id, left=left, right=right)
    with acting_as(desk.analyst):
        judge(actor=desk.analyst, judgement=pair, verdict="same", reason="The same photograph.", now=LATER)
    return pair


def apart(desk: Desk, pair: Judgement, *subjects: Subject) -> None:
    with acting_as(desk.analyst):
        undo(actor=desk.analyst, judgement=pair, now=LATER + timedelta(days=1))
    desk.judge(*subjects, days=4)


@pytest.mark.parametrize(
    ("work", "joined"),
    [
        (untouched, "first"),
        (claimed, "second"),
        (assigned, "first"),
        (held, "second"),
        (under_a_records_hold, "first"),
        (referred, "second"),
        (accepted, "first"),
    ],
)
def test_merged_and_split_each_has_the_own_lead_as_before(desk: Desk, work: Callable[[Desk, Lead], None], joined: str) -> None:
    with desk.facts():
        first, second = resident("EXAMPLE"), resident("SAMPLE")
    older, younger = (second, first) if joined == "first" else (first, second)
    desk.judge(older)
    desk.judge(younger, days=1)
    with desk.facts():
        lead = Lead.objects.get(subject=younger)
    work(desk, lead)
    lead = desk.fresh(lead)
    before = as_it_stands(desk)

    pair = one(desk, first, second)
    desk.judge(first, days=3)
    with desk.facts():
        assert Lead.objects.get(pk=lead.pk).close_reason == "joined"
        assert set(Lead.objects.values_list("subject", flat=True)) == {first.pk}
    apart(desk, pair, first, second)

    assert as_it_stands(desk) == before
    with desk.facts():
        moves = list(Transition.objects.filter(lead=lead).order_by("pk").values_list("action", flat=True))
    assert moves[-2:] == ["join", f"part_{lead.state}"]


def test_whoever_worked_on_the_joined_lead_is_told_both_times(desk: Desk) -> None:
    first, second = two_with_leads(desk)
    lead = lead_of(desk, second)
    claimed(desk, lead)

    apart(desk, one(desk, first, second), first, second)

    with acting_as(desk.analyst):
        assert list(Notice.objects.filter(lead=lead).order_by("pk").values_list("kind", flat=True)) == ["closed", "apart"]


def test_what_was_settled_while_they_were_one_stays_settled_for_each(desk: Desk) -> None:
    with desk.facts():
        first, second = resident("EXAMPLE"), student("SAMPLE")
    desk.judge(first)
    desk.judge(second, days=1)
    pair = one(desk, first, second)
    desk.judge(first, days=3)
    with acting_as(desk.analyst):
        kept = Lead.objects.get(subject=first, close_reason="")
        close_lead(actor=desk.analyst, lead=kept, close_reason="wrong_person", reason="Neither is the one.", now=LATER)

    apart(desk, pair, first, second)

    with desk.facts():
        assert set(Lead.objects.values_list("subject", "state")) == {(first.pk, "closed"), (second.pk, "auto_closed")}
        assert set(Correction.objects.values_list("subject", flat=True)) == {first.pk, second.pk}
        assert not Finding.objects.filter(lead__isnull=False).exclude(lead__subject=F("subject")).exists()


def test_evidence_about_one_closes_only_that_ones_lead_after_the_split(desk: Desk) -> None:
    first, second = two_with_leads(desk)
    pair = one(desk, first, second)
    desk.judge(first, days=3)
    apart(desk, pair, first, second)
    with desk.facts():
        departed(second, date(2026, 11, 10), of=second.admissionfacts.get())
    desk.judge(first, second, days=5)

    with desk.facts():
        assert set(Lead.objects.values_list("subject", "state")) == {(first.pk, "queued"), (second.pk, "auto_closed")}


def test_a_split_gives_no_office_a_referral_of_somebody_who_has_become_protected(desk: Desk) -> None:
    first, second = two_with_leads(desk)
    lead = lead_of(desk, second)
    accepted(desk, lead)
    pair = one(desk, first, second)
    with desk.facts():
        protect([first.pk])
    desk.judge(first, days=3)
    cleared = person("cleo", "analyst", cleared_for="protected-person")
    with acting_as(cleared):
        undo(actor=cleared, judgement=pair, now=LATER + timedelta(days=1))

    with desk.facts():
        assert (Lead.objects.get(pk=lead.pk).state, Referral.objects.get().state) == ("queued", "recalled")
    with acting_as(desk.boston):
        assert not Referral.objects.exists()
        assert RecallNotice.objects.get().lead_number == lead.number


def test_an_office_that_confirmed_the_withdrawal_is_told_anew_that_the_referral_stands(desk: Desk) -> None:
    first, second = two_with_leads(desk)
    lead = lead_of(desk, second)
    referred(desk, lead)
    pair = one(desk, first, second)
    with acting_as(desk.boston):
        acknowledge_out_of_date(actor=desk.boston, referral=Referral.objects.get(), now=LATER)

    apart(desk, pair, first, second)

    with acting_as(desk.boston):
        again = Referral.objects.get()
    assert (again.state, again.acknowledged_at) == ("sent", None)
    assert "stands again" in again.out_of_date_because
