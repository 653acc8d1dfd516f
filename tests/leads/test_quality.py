"""The second look: a share of what closed by itself is drawn, and a disagreement opens the lead again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from access.context import acting_as
from audit.acts import Act
from audit.models import Event
from audit.selectors import words_of
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.models import Lead, QualitySample, Transition
from leads.selectors.quality import disagreement_by_rule, waiting_samples_for
from leads.services.deciding import close_lead
from leads.services.quality import draw_samples, is_drawn, review_sample, sample_closings
from leads.services.referral import ask_review
from leads.services.stops import lift_stop, stop_disputed_rules, stop_rule
from leads.states import LeadState
from leadtrac.bench.client import signed_in
from tests.factories.facts import NOW, departed, overstayer
from tests.factories.people import person
from tests.leads.conftest import Desk
from tests.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample(desk: Desk, settings: LazySettings) -> QualitySample:
    """An overstay that a biometric exit answered, drawn."""
    settings.QUALITY_SAMPLE_PERMILLE = 1_000
    lead = desk.opened(overstayer)
    assert lead.subject is not None
    with desk.facts():
        departed(lead.subject, date(2026, 7, 2))
    desk.judge(lead.subject)
    with acting_as(desk.service):
        assert draw_samples(actor=desk.service, now=NOW + timedelta(hours=1)) == 1
        return QualitySample.objects.select_related("lead", "lead__subject").get()


def test_a_closing_is_drawn_once_with_the_rule_that_closed_it(desk: Desk, sample: QualitySample) -> None:
    assert (sample.rule_id, sample.rule_version, sample.lead.state) == ("overstay-dated", "1", LeadState.AUTO_CLOSED)
    with acting_as(desk.service):
        assert draw_samples(actor=desk.service, now=NOW + timedelta(hours=2)) == 0


def test_the_draw_takes_the_share_and_gives_the_same_answer_again() -> None:
    closings = [Transition(pk=number, lead_id=number * 7) for number in range(4_000)]
    drawn = [each.pk for each in closings if is_drawn(each, 50)]

    assert 150 < len(drawn) < 250
    assert drawn == [each.pk for each in closings if is_drawn(each, 50)]
    assert not any(is_drawn(each, 0) for each in closings)


def test_a_disagreement_opens_the_lead_again_and_counts_against_the_rule_version(desk: Desk, sample: QualitySample) -> None:
    client = signed_in(desk.supervisor)
    address = reverse("quality_review", args=[sample.uuid])

    assert "overstay" in words(client.get(address)).lower()
    assert client.post(address, {"verdict": "disagree", "words": ""}).status_code == 422
    assert client.post(address, {"verdict": "disagree", "words": "Another person left."}).status_code == 302

    assert desk.fresh(sample.lead).state == LeadState.REOPENED
    page = words(client.get(reverse("quality_list")))
    assert "Overstay of a dated admission 1 closings by the system 1 1 21 to 100 %" in page
    assert "Nothing waits for a second look." in page


def test_whoever_reviews_sees_what_speaks_against_the_lead_and_what_each_source_says(desk: Desk, sample: QualitySample) -> None:
    page = words(signed_in(desk.supervisor).get(reverse("quality_review", args=[sample.uuid])))

    against = page.partition("What speaks against the lead")[2].partition("What the sources say")[0]
    facts = page.partition("What the sources say")[2]
    assert "left" in against.lower()
    assert "ADIS" in facts
    assert "2 Jul 2026" in facts


def test_an_agreement_leaves_the_lead_closed(desk: Desk, sample: QualitySample) -> None:
    with acting_as(desk.supervisor):
        review_sample(actor=desk.supervisor, sample=sample, verdict="agree", words="", now=NOW)

    assert desk.fresh(sample.lead).state == LeadState.AUTO_CLOSED


def test_a_closing_is_reviewed_once(desk: Desk, sample: QualitySample) -> None:
    with acting_as(desk.supervisor):
        review_sample(actor=desk.supervisor, sample=sample, verdict="agree", words="", now=NOW)
        with pytest.raises(Conflict):
            review_sample(actor=desk.supervisor, sample=sample, verdict="disagree", words="No.", now=NOW)
        with pytest.raises(InvalidInput):
            review_sample(actor=desk.supervisor, sample=sample, verdict="perhaps", words="", now=NOW)


def test_the_database_refuses_a_review_by_whoever_decided(desk: Desk, sample: QualitySample) -> None:
    with acting_as(desk.supervisor), pytest.raises(IntegrityError), transaction.atomic():
        QualitySample.objects.filter(pk=sample.pk).update(verdict="agree", reviewed_by=sample.decided_by, reviewed_at=NOW)


def test_an_analyst_reviews_nothing_and_an_office_sees_no_sample(desk: Desk, sample: QualitySample) -> None:
    with acting_as(desk.analyst), pytest.raises(Forbidden):
        review_sample(actor=desk.analyst, sample=sample, verdict="agree", words="", now=NOW)
    with acting_as(desk.boston):
        assert not QualitySample.objects.exists()
        assert not Lead.objects.exists()


def test_the_words_of_a_review_lie_sealed(desk: Desk, sample: QualitySample) -> None:
    with acting_as(desk.supervisor):
        review_sample(actor=desk.supervisor, sample=sample, verdict="agree", words="Clear exit.", now=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT words_sealed FROM leads_qualitysample")
            assert b"Clear exit" not in bytes(cursor.fetchone()[0])


def leaves(desk: Desk, lead: Lead) -> Lead:
    """A biometric exit answers the overstay, and the lead is judged."""
    assert lead.subject is not None
    with desk.facts():
        departed(lead.subject, date(2026, 7, 2))
    desk.judge(lead.subject)
    return desk.fresh(lead)


def disagreed_with(desk: Desk) -> None:
    """Somebody else finds each drawn closing wrong."""
    with acting_as(desk.supervisor):
        for each in QualitySample.objects.filter(verdict=""):
            review_sample(actor=desk.supervisor, sample=each, verdict="disagree", words="Another person left.", now=NOW)


def test_a_rule_that_closes_wrongly_closes_nothing_until_the_stop_is_lifted(desk: Desk, settings: LazySettings) -> None:
    settings.QUALITY_SAMPLE_PERMILLE, settings.DISAGREEMENT_STOP_PERCENT = 1_000, 20
    later = desk.opened(overstayer)
    for _ in range(6):
        leaves(desk, desk.opened(overstayer))
    with acting_as(desk.service):
        draw_samples(actor=desk.service, now=NOW + timedelta(hours=1))
    disagreed_with(desk)
    with acting_as(desk.service):
        (stop,) = stop_disputed_rules(actor=desk.service, now=NOW)
    assert (stop.rule_id, stop.closings) == ("overstay-dated", True)
    assert "6 of 6 closings by the system" in stop.because

    waits = leaves(desk, later)
    assert later.subject is not None
    again = desk.judge(later.subject, days=1)
    with acting_as(desk.supervisor):
        lift_stop(actor=desk.supervisor, stop=stop, reason="The feed is mended.", now=NOW)
    desk.judge(later.subject, days=2)

    assert waits.state == "on_hold"
    assert again.changes == 0
    assert desk.fresh(later).state == "auto_closed"


def test_a_rule_that_was_stopped_for_its_referrals_still_closes(desk: Desk) -> None:
    lead = desk.opened(overstayer)
    with acting_as(desk.supervisor):
        stop_rule(actor=desk.supervisor, rule_id="overstay-dated", because="Its referrals are wrong.", now=NOW)

    assert leaves(desk, lead).state == "auto_closed"


def test_that_a_stopped_rule_closes_nothing_either_is_on_record(desk: Desk, settings: LazySettings) -> None:
    """From then on people whom evidence clears keep an open lead: somebody must be able to find out since when and why."""
    settings.QUALITY_SAMPLE_PERMILLE, settings.DISAGREEMENT_STOP_PERCENT = 1_000, 20
    opened = [desk.opened(overstayer) for _ in range(6)]
    with acting_as(desk.supervisor):
        stop = stop_rule(actor=desk.supervisor, rule_id="overstay-dated", because="Its referrals are wrong.", now=NOW)
    for lead in opened:
        leaves(desk, lead)
    with acting_as(desk.service):
        draw_samples(actor=desk.service, now=NOW + timedelta(hours=1))
    disagreed_with(desk)
    with acting_as(desk.service):
        assert stop_disputed_rules(actor=desk.service, now=NOW) == []

    stop.refresh_from_db()
    assert stop.closings
    with acting_as(person("ada", "auditor")):
        first, second = Event.objects.filter(act=Act.RULE_PROMOTED, object_uuid=stop.uuid).order_by("id")
        assert words_of(first)["closings"] == "go on"
        assert words_of(second)["changed"] == {"closings": ["go on", "stopped"]}
        assert "6 of 6 closings by the system" in words_of(second)["because"]


def test_a_mistake_of_a_person_counts_against_no_rule(desk: Desk, settings: LazySettings) -> None:
    settings.DISAGREEMENT_STOP_PERCENT = 20
    leads = [desk.opened(overstayer) for _ in range(6)]
    with acting_as(desk.analyst):
        for lead in leads:
            close_lead(actor=desk.analyst, lead=lead, close_reason="departed", reason="She left.", now=NOW)
    desk.judge(*[lead.subject for lead in leads if lead.subject])  # what the person settled answers the rule now
    with acting_as(desk.service):
        ids = [lead.pk for lead in leads]
        assert sample_closings(actor=desk.service, lead_ids=ids, salt="a", count=6, decided_by=desk.analyst, now=NOW) == 6
    disagreed_with(desk)

    with acting_as(desk.service):
        assert stop_disputed_rules(actor=desk.service, now=NOW) == []
        (rate,) = disagreement_by_rule(desk.service)
    assert (rate.what, rate.rule_id, rate.disagreed) == ("closings by people", "", 6)


def test_a_drawn_referral_whose_lead_closes_first_waits_for_nobody(desk: Desk, settings: LazySettings) -> None:
    settings.REFERRAL_SAMPLE_PERMILLE = 1_000
    lead = desk.opened(overstayer)
    with acting_as(desk.analyst):
        lead = ask_review(actor=desk.analyst, lead=lead, reason="Boston.", now=NOW)

    leaves(desk, lead)

    with acting_as(desk.supervisor):
        assert waiting_samples_for(desk.supervisor, QualitySample.Kind.REFERRAL) == []
        assert QualitySample.objects.get().verdict == "moot"
        assert disagreement_by_rule(desk.supervisor) == []
