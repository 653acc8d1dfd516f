"""The second look: a share of what closed by itself is drawn, and a disagreement opens the lead again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from access.context import acting_as
from foundation.errors import Conflict, Forbidden, InvalidInput
from leads.models import Lead, QualitySample, Transition
from leads.services.quality import draw_samples, is_drawn, review_sample
from leads.states import LeadState
from leadtrac.bench.client import signed_in
from tests.factories.facts import NOW, departed, overstayer
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
    assert "Overstay of a dated admission 1 1 1 21 to 100 %" in page
    assert "Nothing waits for a second look." in page


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
